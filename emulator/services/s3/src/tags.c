/* tags.c */
#include "tags.h"
#include "escape.h"

#define KEY_MAX   128
#define VALUE_MAX 256

/* aws: letters, digits, spaces and "+ - = . _ : / @". */
static bool is_allowed(Bytes text, size_t max)
{
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.ptr[i];
        bool is_letter = c >= 0x80 || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z') || (c >= '0' && c <= '9');
        if (!is_letter && (!c || !strchr(" +-=._:/@\t", c)))
            return false;
    }
    return bytes_is_utf8(text) && bytes_utf8_length(text) <= max;
}

Bytes tag_set_twin(Tags tags)
{
    for (size_t i = 0; i < tags.len; i++)
        for (size_t other = 0; other < i; other++)
            if (bytes_equal(tags.pairs[2 * other], tags.pairs[2 * i]))
                return tags.pairs[2 * i];
    return (Bytes){0};
}

Status tag_set_check(Call *call, Tags tags, size_t max)
{
    if (tags.len > max)
        return fail(call, &BAD_TAGS, "%s tags cannot be greater than %zu", max == OBJECT_TAGS_MAX ? "Object" : "Bucket",
                    max);
    Bytes twin = tag_set_twin(tags);
    if (present(twin))
        return deny_saying(call, &INVALID_TAG, "Cannot provide multiple Tags with the same key", .tag_key = twin);
    for (size_t i = 0; i < tags.len; i++) {
        Bytes key = tags.pairs[2 * i], value = tags.pairs[2 * i + 1];
        if (!key.len || !is_allowed(key, KEY_MAX))
            return deny_telling(call, &INVALID_TAG, .tag_key = key);
        if (!is_allowed(value, VALUE_MAX))
            return deny_saying(call, &INVALID_TAG, "The TagValue you have provided is invalid", .tag_key = key,
                               .tag_value = value);
        if (bytes_starts_with(key, TEXT("aws:")))
            return deny_saying(call, &INVALID_TAG,
                               max == OBJECT_TAGS_MAX ? "Your TagKey cannot be prefixed with aws:"
                                                      : "System tags cannot be added/updated by requester",
                               .tag_key = key);
    }
    return OK;
}

Status tag_header_is_bad(Call *call, Bytes header)
{
    return deny_saying(call, &INVALID_ARGUMENT,
                       "The header 'x-amz-tagging' shall be encoded as UTF-8 then URLEncoded URL query parameters "
                       "without tag name duplicates.",
                       .argument_name = TEXT("x-amz-tagging"), .argument_value = header);
}

Status tag_set_read(Call *call, Bytes text, Tags *ret_tags)
{
    size_t count = 1;
    Bytes whole = text;
    for (size_t i = 0; i < text.len; i++)
        count += text.ptr[i] == '&';
    Bytes *pairs = arena_new_array(call->arena, Bytes, 2 * count);
    *ret_tags = (Tags){pairs, 0};
    while (present(text) && text.len) {
        Bytes value = bytes_cut(&text, '&'), key = bytes_cut(&value, '=');
        if (!unescape(call->arena, key, &pairs[0]) ||
            !unescape(call->arena, present(value) ? value : TEXT(""), &pairs[1]))
            return tag_header_is_bad(call, whole);
        pairs += 2;
        ret_tags->len++;
    }
    return OK;
}

Bytes tag_set_text(Call *call, Tags tags)
{
    Buffer text = {0};
    for (size_t i = 0; i < tags.len; i++) {
        if (i)
            buffer_append_char(&text, '&');
        escape_append(&text, tags.pairs[2 * i]);
        buffer_append_char(&text, '=');
        escape_append(&text, tags.pairs[2 * i + 1]);
    }
    Bytes copy = arena_copy(call->arena, buffer_bytes(&text));
    buffer_done(&text);
    return copy;
}
