/* encoding.c */
#include "encoding.h"
#include "hex.h"

static bool stays(unsigned char c)
{
    return ((c | 0x20) >= 'a' && (c | 0x20) <= 'z') || (c >= '0' && c <= '9') || (c && strchr("-._~", c));
}

/* The character at *at, which goes on behind it. */
static unsigned char next(Bytes text, size_t *at, bool plus_is_space)
{
    size_t i = (*at)++;
    char c = text.ptr[i];
    if (c == '+' && plus_is_space)
        return ' ';
    if (c != '%' || i + 2 >= text.len || hex_digit(text.ptr[i + 1]) < 0 || hex_digit(text.ptr[i + 2]) < 0)
        return (unsigned char)c;
    *at = i + 3;
    return (unsigned char)(hex_digit(text.ptr[i + 1]) << 4 | hex_digit(text.ptr[i + 2]));
}

static void append_encoded(Buffer *out, unsigned char c)
{
    static const char digits[] = "0123456789ABCDEF";
    const char encoded[] = {'%', digits[c >> 4], digits[c & 15]};
    if (stays(c))
        buffer_append_char(out, (char)c);
    else
        buffer_append(out, (Bytes){encoded, sizeof encoded});
}

void encoding_append(Buffer *out, Bytes text, EncodingForm form)
{
    for (size_t at = 0; at < text.len;) {
        unsigned char c = next(text, &at, form == ENCODING_OF_PARAMETER);
        if (c == '/' && form == ENCODING_OF_PATH)
            buffer_append_char(out, '/');
        else
            append_encoded(out, c);
    }
}

void encoding_append_raw(Buffer *out, Bytes text)
{
    for (size_t i = 0; i < text.len; i++)
        append_encoded(out, (unsigned char)text.ptr[i]);
}

Bytes encoding_decoded(Arena *arena, Bytes text)
{
    char *out = arena_take_raw(arena, text.len ? text.len : 1);
    size_t len = 0;
    for (size_t at = 0; at < text.len;)
        out[len++] = (char)next(text, &at, true);
    return (Bytes){out, len};
}

Bytes encoding_parameter(Arena *arena, Bytes query, Bytes name)
{
    Bytes rest = query;
    while (present(rest)) {
        Bytes value = bytes_cut(&rest, '&'), key = bytes_cut(&value, '=');
        if (bytes_equal(key, name))
            return encoding_decoded(arena, present(value) ? value : TEXT(""));
    }
    return (Bytes){0};
}

int encoding_compare(const void *a, const void *b)
{
    const EncodingPair *one = a, *other = b;
    int order = bytes_compare(one->name, other->name);
    return order ? order : bytes_compare(one->value, other->value);
}

size_t encoding_count(Bytes text, char mark)
{
    size_t count = 1;
    for (size_t i = 0; i < text.len; i++)
        count += text.ptr[i] == mark;
    return count;
}

Bytes encoding_taken(Arena *arena, Buffer *buffer)
{
    Bytes copy = buffer->len ? arena_copy(arena, buffer_bytes(buffer)) : TEXT("");
    buffer_done(buffer);
    return copy;
}
