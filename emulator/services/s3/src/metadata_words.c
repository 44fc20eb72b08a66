/* metadata_words.c - metadata beyond ASCII, as RFC 2047's words: read where they come, and told as AWS tells them,
 * which is how javax.mail writes them (recorded: the letters; not recorded: where a long text is parted). */
#include "metadata_words.h"
#include "base64.h"
#include "buffer.h"
#include "hex.h"
#include <string.h>

#define WORD_TEXT_MAX 63 /* 75, of which "=?UTF-8?Q??=" are 12 */

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static bool is_plain(char c)
{
    return (c >= ' ' && c <= '~') || c == '\t';
}

static bool read_q(Call *call, Bytes text, Bytes *ret)
{
    char *out = arena_take_raw(call->arena, text.len + 1);
    size_t len = 0;
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        if (c == '=') {
            int high = i + 2 < text.len ? hex_digit(text.ptr[i + 1]) : -1;
            int low = i + 2 < text.len ? hex_digit(text.ptr[i + 2]) : -1;
            if (high < 0 || low < 0)
                return false;
            c = (char)(high << 4 | low);
            i += 2;
        }
        out[len++] = text.ptr[i] == '_' ? ' ' : c;
    }
    *ret = (Bytes){out, len};
    return true;
}

static bool read_b(Call *call, Bytes text, Bytes *ret)
{
    char *out = arena_take_raw(call->arena, base64_decoded_max(text.len) + 1);
    ptrdiff_t len = base64_decode(out, text);
    *ret = (Bytes){out, len < 0 ? 0 : (size_t)len};
    return len >= 0;
}

/* =?UTF-8?Q?text?= */
static bool read_word(Call *call, Bytes word, Bytes *ret)
{
    if (word.len < 8 || !bytes_starts_with(word, TEXT("=?")) || memcmp(word.ptr + word.len - 2, "?=", 2) != 0)
        return false;
    Bytes rest = bytes_slice(word, 2, word.len - 4);
    Bytes charset = bytes_cut(&rest, '?');
    if (!present(rest))
        return false;
    Bytes encoding = bytes_cut(&rest, '?');
    bool is_known =
        bytes_equal_ignoring_case(charset, TEXT("UTF-8")) || bytes_equal_ignoring_case(charset, TEXT("US-ASCII"));
    if (!is_known || !present(rest) || bytes_find(rest, '?') >= 0)
        return false;
    if (bytes_equal_ignoring_case(encoding, TEXT("Q")))
        return read_q(call, rest, ret);
    return bytes_equal_ignoring_case(encoding, TEXT("B")) && read_b(call, rest, ret);
}

static size_t run_of(Bytes text, size_t at, bool spaces)
{
    size_t end = at;
    while (end < text.len && is_space(text.ptr[end]) == spaces)
        end++;
    return end - at;
}

static bool is_all_plain(Bytes text)
{
    for (size_t i = 0; i < text.len; i++)
        if (!is_plain(text.ptr[i]))
            return false;
    return true;
}

Bytes words_read(Call *call, Bytes value)
{
    Buffer out = {0};
    bool was_word = false;
    if (is_all_plain(value) && !memmem(value.ptr, value.len, "=?", 2))
        return value;
    for (size_t at = 0; at < value.len;) {
        Bytes gap = bytes_slice(value, at, run_of(value, at, true));
        at += gap.len;
        Bytes token = bytes_slice(value, at, run_of(value, at, false)), word;
        at += token.len;
        bool is_word = read_word(call, token, &word);
        if (!is_word || !was_word)
            buffer_append(&out, gap); /* what is between two words only parts them */
        buffer_append_utf8(&out, is_word ? word : token);
        was_word = is_word;
    }
    Bytes text = arena_copy(call->arena, buffer_bytes(&out));
    buffer_done(&out);
    return text;
}

static bool is_letter_of_q(char c)
{
    return c > ' ' && c <= '~' && c != '=' && c != '_' && c != '?';
}

static size_t written_len(Bytes text, bool as_q)
{
    size_t len = 0;
    if (!as_q)
        return base64_encoded_len(text.len);
    for (size_t i = 0; i < text.len; i++)
        len += is_letter_of_q(text.ptr[i]) || text.ptr[i] == ' ' ? 1 : 3;
    return len;
}

/* In UTF-16, as Java counts; text is valid. */
static size_t units_of(Bytes character)
{
    return character.len == 4 ? 2 : 1;
}

static Bytes first_character(Bytes text, size_t at)
{
    Bytes rest = bytes_slice(text, at, text.len - at);
    size_t len = bytes_utf8_character(rest);
    return bytes_slice(rest, 0, len ? len : 1);
}

static size_t count_units(Bytes text, size_t *ret_plain)
{
    size_t units = 0;
    *ret_plain = 0;
    for (size_t at = 0; at < text.len;) {
        Bytes one = first_character(text, at);
        units += units_of(one);
        *ret_plain += one.len == 1 && is_plain(one.ptr[0]);
        at += one.len;
    }
    return units;
}

static size_t half_of(Bytes text)
{
    size_t plain, half = count_units(text, &plain) / 2, at = 0;
    for (size_t units = 0; at < text.len;) {
        Bytes one = first_character(text, at);
        units += units_of(one);
        if (units > half)
            break;
        at += one.len;
    }
    return at;
}

static void write_word(Buffer *out, Bytes text, bool as_q)
{
    buffer_append_text(out, as_q ? "=?UTF-8?Q?" : "=?UTF-8?B?");
    if (!as_q)
        out->len += base64_encode(buffer_reserve(out, base64_encoded_len(text.len)), text);
    for (size_t i = 0; as_q && i < text.len; i++)
        if (text.ptr[i] == ' ')
            buffer_append_char(out, '_');
        else if (is_letter_of_q(text.ptr[i]))
            buffer_append_char(out, text.ptr[i]);
        else
            buffer_append_format(out, "=%02X", (unsigned char)text.ptr[i]);
    buffer_append_text(out, "?=");
}

static void write_words(Buffer *out, Bytes text, bool as_q)
{
    size_t half = written_len(text, as_q) > WORD_TEXT_MAX ? half_of(text) : 0;
    if (!half) {
        if (out->len)
            buffer_append_char(out, ' ');
        write_word(out, text, as_q);
        return;
    }
    write_words(out, bytes_slice(text, 0, half), as_q);
    write_words(out, bytes_slice(text, half, text.len - half), as_q);
}

static Bytes written(Call *call, Bytes text)
{
    Buffer out = {0};
    size_t plain, units = count_units(text, &plain);
    write_words(&out, text, plain > units - plain);
    Bytes words = arena_copy(call->arena, buffer_bytes(&out));
    buffer_done(&out);
    return words;
}

Bytes words_write(Call *call, Bytes text)
{
    return is_all_plain(text) ? text : written(call, text);
}

Bytes words_hide(Call *call, Bytes text)
{
    return memmem(text.ptr, text.len, "=?", 2) ? written(call, text) : text;
}
