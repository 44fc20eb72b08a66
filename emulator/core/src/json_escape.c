/* json_escape.c - escapes in strings of JSON, one character each. */
#include "json_escape.h"
#include "hex.h"

static bool take_hex4(const char **at, const char *end, uint32_t *ret)
{
    uint32_t value = 0;
    if (end - *at < 4)
        return false;
    for (int i = 0; i < 4; i++) {
        int digit = hex_digit((*at)[i]);
        if (digit < 0)
            return false;
        value = value << 4 | (uint32_t)digit;
    }
    *at += 4;
    *ret = value;
    return true;
}

static char *write_utf8(char *out, uint32_t c)
{
    if (c < 0x80) {
        *out++ = (char)c;
    } else if (c < 0x800) {
        *out++ = (char)(0xc0 | c >> 6);
        *out++ = (char)(0x80 | (c & 63));
    } else if (c < 0x10000) {
        *out++ = (char)(0xe0 | c >> 12);
        *out++ = (char)(0x80 | (c >> 6 & 63));
        *out++ = (char)(0x80 | (c & 63));
    } else {
        *out++ = (char)(0xf0 | c >> 18);
        *out++ = (char)(0x80 | (c >> 12 & 63));
        *out++ = (char)(0x80 | (c >> 6 & 63));
        *out++ = (char)(0x80 | (c & 63));
    }
    return out;
}

/* Behind "\u". A pair of surrogates is one character; a lone one is not a character at all. */
static bool take_unicode(const char **at, const char *end, uint32_t *ret)
{
    uint32_t high, low;
    if (!take_hex4(at, end, &high))
        return false;
    *ret = high;
    if (high < 0xd800 || high > 0xdfff)
        return true;
    if (high > 0xdbff || end - *at < 6 || (*at)[0] != '\\' || (*at)[1] != 'u')
        return false;
    *at += 2;
    if (!take_hex4(at, end, &low) || low < 0xdc00 || low > 0xdfff)
        return false;
    *ret = 0x10000 + ((high - 0xd800) << 10) + (low - 0xdc00);
    return true;
}

char *json_escape_read(const char **at, const char *end, char *out)
{
    static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
    uint32_t c;
    if (*at == end)
        return NULL;
    char kind = *(*at)++;
    if (kind == 'u')
        return take_unicode(at, end, &c) ? write_utf8(out, c) : NULL;
    const char *found = memchr(from, kind, sizeof from - 1);
    if (!found)
        return NULL;
    *out++ = to[found - from];
    return out;
}
