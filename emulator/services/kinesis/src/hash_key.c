/* hash_key.c - MD5, decimal and bytes of hash keys. */
#include "hash_key.h"
#include <nettle/md5.h>

HashKey hash_key_read(Bytes bytes)
{
    HashKey key = 0;
    for (size_t i = 0; i < bytes.len; i++)
        key = key << 8 | (unsigned char)bytes.ptr[i];
    return key;
}

void hash_key_write(char out[static HASH_KEY_BYTES], HashKey key)
{
    for (size_t i = HASH_KEY_BYTES; i--; key >>= 8)
        out[i] = (char)(unsigned char)key;
}

HashKey hash_key_of(Bytes partition_key)
{
    struct md5_ctx md5;
    uint8_t digest[MD5_DIGEST_SIZE];
    md5_init(&md5);
    md5_update(&md5, partition_key.len, (const uint8_t *)partition_key.ptr);
    md5_digest(&md5, sizeof digest, digest);
    return hash_key_read((Bytes){(const char *)digest, sizeof digest});
}

bool hash_key_parse(Bytes text, HashKey *ret)
{
    HashKey key = 0;
    if (!text.len || text.len > HASH_KEY_DIGITS)
        return false;
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] < '0' || text.ptr[i] > '9')
            return false;
        unsigned digit = (unsigned)(text.ptr[i] - '0');
        if (key > (HASH_KEY_MAX - digit) / 10)
            return false;
        key = key * 10 + digit;
    }
    *ret = key;
    return true;
}

Bytes hash_key_text(Arena *arena, HashKey key)
{
    char digits[HASH_KEY_DIGITS];
    size_t at = sizeof digits;
    do
        digits[--at] = (char)('0' + (int)(key % 10));
    while (key /= 10);
    return arena_copy(arena, (Bytes){digits + at, sizeof digits - at});
}

HashKey hash_key_part(uint32_t at, uint32_t parts)
{
    /* floor(2^128 / parts), where 2^128 itself doesn't fit. */
    HashKey width = HASH_KEY_MAX / parts + (HASH_KEY_MAX % parts == parts - 1);
    return at ? width * at : 0;
}
