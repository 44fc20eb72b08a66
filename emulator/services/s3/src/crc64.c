/* crc64.c - by carry-less multiplication (crc64_fold.c) or by tables, sixteen bytes at a time: "A Systematic Approach
 * to Building High Performance Software-based CRC Generators", Kounavis and Berry. */
#include "crc64.h"
#include "crc64_fold.h"

#define POLYNOMIAL 0x9a6c9329ac4bc9b5u /* NVM Express, NVM Command Set 1.0, 5.2.1.3.4; its bits reversed */
#define TABLES     16

const CrcKind CRC_32 = {0xedb88320u, 32}, CRC_32C = {0x82f63b78u, 32}, CRC_64_NVME = {POLYNOMIAL, 64};

static const uint64_t (*tables(void))[256]
{
    static uint64_t made[TABLES][256];
    if (made[TABLES - 1][255])
        return (const uint64_t(*)[256])made;
    for (uint64_t byte = 0; byte < 256; byte++) {
        uint64_t crc = byte;
        for (int bit = 0; bit < 8; bit++)
            crc = crc >> 1 ^ (crc & 1 ? POLYNOMIAL : 0);
        made[0][byte] = crc;
    }
    for (int at = 1; at < TABLES; at++)
        for (int byte = 0; byte < 256; byte++)
            made[at][byte] = made[at - 1][byte] >> 8 ^ made[0][made[at - 1][byte] & 0xff];
    return (const uint64_t(*)[256])made;
}

static uint64_t by_tables(uint64_t crc, const unsigned char *at, size_t len)
{
    const uint64_t(*table)[256] = tables();
    for (; len >= TABLES; len -= TABLES, at += TABLES) {
        uint64_t next = 0;
        for (int i = 0; i < 8; i++)
            next ^= table[TABLES - 1 - i][at[i] ^ (crc >> 8 * i & 0xff)];
        for (int i = 8; i < TABLES; i++)
            next ^= table[TABLES - 1 - i][at[i]];
        crc = next;
    }
    for (; len; len--)
        crc = crc >> 8 ^ table[0][(crc ^ *at++) & 0xff];
    return crc;
}

uint64_t crc64nvme(uint64_t before, const void *bytes, size_t len)
{
    const unsigned char *at = bytes;
    uint64_t crc = ~before;
    if (len >= CRC64_FOLD_LEAST && crc64_folds()) {
        unsigned char rest[CRC64_REST];
        size_t taken = crc64_fold(crc, at, len, rest);
        crc = by_tables(0, rest, sizeof rest);
        at += taken;
        len -= taken;
    }
    return ~by_tables(crc, at, len);
}

/* a * b modulo the polynomial; bits reversed, so that x^0 is the highest. */
static uint64_t multiply(const CrcKind *kind, uint64_t a, uint64_t b)
{
    uint64_t product = 0;
    for (uint64_t bit = 1ull << (kind->bits - 1); bit && a; bit >>= 1) {
        if (a & bit)
            product ^= b;
        a &= ~bit;
        b = b >> 1 ^ (b & 1 ? kind->polynomial : 0);
    }
    return product;
}

/* The first times x to the power of the second's bits; the ones at both ends cancel out. */
uint64_t crc_joined(const CrcKind *kind, uint64_t first, uint64_t second, uint64_t second_len)
{
    uint64_t square = 1ull << (kind->bits - 9); /* x^8 */
    for (; second_len; second_len >>= 1, square = multiply(kind, square, square))
        if (second_len & 1)
            first = multiply(kind, square, first);
    return first ^ second;
}
