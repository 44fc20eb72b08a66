/* escape.c */
#include "escape.h"
#include "hex.h"

static bool stays(unsigned char c)
{
    return ((c | 0x20) >= 'a' && (c | 0x20) <= 'z') || (c >= '0' && c <= '9') || (c && strchr("-._*/", c));
}

void escape_append(Buffer *out, Bytes text)
{
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.ptr[i];
        if (stays(c))
            buffer_append_char(out, (char)c);
        else if (c == ' ')
            buffer_append_char(out, '+');
        else
            buffer_append_format(out, "%%%02X", c);
    }
}

Bytes escaped(Arena *arena, Bytes text)
{
    Buffer out = {0};
    if (!present(text))
        return text;
    escape_append(&out, text);
    Bytes copy = arena_copy(arena, buffer_bytes(&out));
    buffer_done(&out);
    return copy;
}

static bool decode(Arena *arena, Bytes text, bool plus_is_space, Bytes *ret)
{
    char *out = arena_take_raw(arena, text.len ? text.len : 1);
    size_t len = 0;
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        if (c == '%') {
            int high = i + 2 < text.len ? hex_digit(text.ptr[i + 1]) : -1;
            int low = i + 2 < text.len ? hex_digit(text.ptr[i + 2]) : -1;
            if (high < 0 || low < 0)
                return false;
            c = (char)(high << 4 | low);
            i += 2;
        } else if (c == '+' && plus_is_space) {
            c = ' ';
        }
        out[len++] = c;
    }
    *ret = (Bytes){out, len};
    return bytes_is_utf8(*ret);
}

bool unescape(Arena *arena, Bytes text, Bytes *ret)
{
    return decode(arena, text, true, ret);
}

bool unescape_path(Arena *arena, Bytes text, Bytes *ret)
{
    return decode(arena, text, false, ret);
}
