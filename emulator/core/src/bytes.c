/* bytes.c - comparing, cutting and reading views of bytes. */
#include "bytes.h"
#include <stdlib.h>

int bytes_compare(Bytes a, Bytes b)
{
    size_t shorter = a.len < b.len ? a.len : b.len;
    int order = shorter ? memcmp(a.ptr, b.ptr, shorter) : 0;
    return order ? order : (a.len > b.len) - (a.len < b.len);
}

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c + ('a' - 'A')) : c;
}

bool bytes_equal_ignoring_case(Bytes a, Bytes b)
{
    if (a.len != b.len)
        return false;
    for (size_t i = 0; i < a.len; i++)
        if (lower(a.ptr[i]) != lower(b.ptr[i]))
            return false;
    return true;
}

ptrdiff_t bytes_find(Bytes b, char c)
{
    const char *at = b.len ? memchr(b.ptr, c, b.len) : NULL;
    return at ? at - b.ptr : -1;
}

ptrdiff_t bytes_find_last(Bytes b, char c)
{
    const char *at = b.len ? memrchr(b.ptr, c, b.len) : NULL;
    return at ? at - b.ptr : -1;
}

Bytes bytes_cut(Bytes *rest, char c)
{
    ptrdiff_t at = bytes_find(*rest, c);
    Bytes head = *rest;
    if (at < 0) {
        *rest = (Bytes){0};
        return head;
    }
    head.len = (size_t)at;
    *rest = (Bytes){rest->ptr + at + 1, rest->len - (size_t)at - 1};
    return head;
}

bool words_have(const char *words, Bytes word)
{
    Bytes rest = bytes_of(words);
    while (present(rest))
        if (bytes_equal(bytes_cut(&rest, ' '), word))
            return true;
    return false;
}

bool bytes_to_uint64(Bytes b, uint64_t *ret)
{
    uint64_t value = 0;
    if (!b.len)
        return false;
    for (size_t i = 0; i < b.len; i++) {
        unsigned digit = (unsigned)(unsigned char)b.ptr[i] - '0';
        if (digit > 9 || __builtin_mul_overflow(value, 10, &value) || __builtin_add_overflow(value, digit, &value))
            return false;
    }
    *ret = value;
    return true;
}

bool bytes_to_int64(Bytes b, int64_t *ret)
{
    uint64_t magnitude;
    bool negative = b.len && b.ptr[0] == '-';
    if (negative)
        b = bytes_slice(b, 1, b.len - 1);
    if (!bytes_to_uint64(b, &magnitude) || magnitude > (uint64_t)INT64_MAX + negative)
        return false;
    *ret = negative ? (int64_t)(0 - magnitude) : (int64_t)magnitude;
    return true;
}

bool bytes_to_double(Bytes b, double *ret)
{
    char text[65], *end;
    if (!b.len || b.len >= sizeof text)
        return false;
    for (size_t i = 0; i < b.len; i++)
        if (!b.ptr[i] || !strchr("0123456789+-.eE", b.ptr[i]))
            return false;
    memcpy(text, b.ptr, b.len);
    text[b.len] = '\0';
    double number = strtod(text, &end);
    if (end != text + b.len || number - number != 0)
        return false;
    *ret = number;
    return true;
}

bool bytes_to_words(Bytes b, uint64_t ret[static 3])
{
    ret[0] = ret[1] = ret[2] = 0;
    for (size_t i = 0; i < b.len; i++) {
        if (b.ptr[i] < '0' || b.ptr[i] > '9')
            return false;
        unsigned __int128 carry = (unsigned)(b.ptr[i] - '0');
        for (int at = 0; at < 3; at++) {
            carry += (unsigned __int128)ret[at] * 10;
            ret[at] = (uint64_t)carry;
            carry >>= 64;
        }
        if (carry)
            return false;
    }
    return b.len > 0;
}

/* wyhash's mixing of 64-bit words: a product's halves folded. */
static uint64_t mix(uint64_t a, uint64_t b)
{
    unsigned __int128 product = (unsigned __int128)a * b;
    return (uint64_t)product ^ (uint64_t)(product >> 64);
}

/* Fewer than eight bytes as the lowest of a word, others 0. A memcpy of a length that isn't known is a call, and most
 * names are short. */
static uint64_t word_of_few(const char *at, size_t len)
{
    if (len >= 4) {
        uint32_t low, high;
        memcpy(&low, at, 4);
        memcpy(&high, at + len - 4, 4);
        return low | (uint64_t)high << (8 * (len - 4));
    }
    if (!len)
        return 0;
    const unsigned char *bytes = (const unsigned char *)at;
    return bytes[0] | (uint64_t)bytes[len / 2] << (8 * (len / 2)) | (uint64_t)bytes[len - 1] << (8 * (len - 1));
}

/* The seed is in both factors: whoever knew the state could choose a word that makes one of them 0, and with it all
 * that came before. */
uint64_t bytes_hash(Bytes b, uint64_t seed)
{
    uint64_t hash = mix(seed ^ 0x9e3779b97f4a7c15u, b.len ^ 0xa0761d6478bd642fu), secret = hash ^ 0xe7037ed1a0b428dbu;
    size_t at = 0;
    for (; at + 8 <= b.len; at += 8) {
        uint64_t word;
        memcpy(&word, b.ptr + at, 8);
        hash = mix(hash ^ word, secret);
    }
    return mix(hash ^ word_of_few(b.ptr + at, b.len - at), secret);
}

/* Unicode 15, table 3-7. */
size_t bytes_utf8_character(Bytes b)
{
    const unsigned char *s = (const unsigned char *)b.ptr;
    if (s[0] < 0x80)
        return 1;
    if (s[0] < 0xc2 || s[0] > 0xf4)
        return 0;
    size_t len = s[0] < 0xe0 ? 2 : s[0] < 0xf0 ? 3 : 4;
    if (b.len < len)
        return 0;
    for (size_t i = 1; i < len; i++)
        if ((s[i] & 0xc0) != 0x80)
            return 0;
    if ((s[0] == 0xe0 && s[1] < 0xa0) || (s[0] == 0xed && s[1] > 0x9f) || (s[0] == 0xf0 && s[1] < 0x90) ||
        (s[0] == 0xf4 && s[1] > 0x8f))
        return 0;
    return len;
}

bool bytes_is_utf8(Bytes b)
{
    size_t at = 0;
    while (at < b.len) {
        uint64_t word;
        if (at + 8 <= b.len && (memcpy(&word, b.ptr + at, 8), !(word & 0x8080808080808080u))) {
            at += 8;
            continue;
        }
        size_t len = bytes_utf8_character(bytes_slice(b, at, b.len - at));
        if (!len)
            return false;
        at += len;
    }
    return true;
}

size_t bytes_utf8_length(Bytes b)
{
    size_t count = 0;
    for (size_t i = 0; i < b.len; i++)
        count += ((unsigned char)b.ptr[i] & 0xc0) != 0x80;
    return count;
}

Bytes bytes_utf8_prefix(Bytes b, size_t most_bytes)
{
    size_t len = b.len < most_bytes ? b.len : most_bytes;
    while (len && len < b.len && ((unsigned char)b.ptr[len] & 0xc0) == 0x80)
        len--;
    return (Bytes){b.ptr, len};
}
