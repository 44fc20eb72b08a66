/* totp.c - RFC 4226, 5.3 for the number, RFC 6238, 4.2 for what is counted. */
#include "totp.h"
#include <gnutls/crypto.h>

#define STEP_MS        30000
#define SEED_BYTES_MAX 64

static int value_of(char c)
{
    if (c >= 'A' && c <= 'Z')
        return c - 'A';
    return c >= '2' && c <= '7' ? c - '2' + 26 : -1;
}

static bool base32_decode(Bytes text, unsigned char *out, size_t *ret_len)
{
    uint32_t bits = 0, count = 0;
    *ret_len = 0;
    if (text.len * 5 / 8 > SEED_BYTES_MAX)
        return false;
    for (size_t i = 0; i < text.len; i++) {
        int value = value_of(text.ptr[i]);
        if (value < 0)
            return false;
        bits = bits << 5 | (uint32_t)value;
        count += 5;
        if (count >= 8) {
            count -= 8;
            out[(*ret_len)++] = (unsigned char)(bits >> count);
        }
    }
    return true;
}

bool totp_code(Bytes seed, int64_t now_ms, uint32_t *ret_code)
{
    unsigned char key[SEED_BYTES_MAX], counter[8], digest[20];
    size_t key_len;
    uint64_t steps = (uint64_t)(now_ms / STEP_MS);
    if (!base32_decode(seed, key, &key_len))
        return false;
    for (int i = 0; i < 8; i++)
        counter[i] = (unsigned char)(steps >> (56 - 8 * i));
    if (gnutls_hmac_fast(GNUTLS_MAC_SHA1, key, key_len, counter, sizeof counter, digest) < 0)
        return false;
    const unsigned char *p = digest + (digest[19] & 15);
    uint32_t number = (uint32_t)(p[0] & 127) << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
    *ret_code = number % 1000000;
    return true;
}
