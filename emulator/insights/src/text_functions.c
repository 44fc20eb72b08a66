/* text_functions.c - functions over texts. Characters are counted, not bytes. */
#include "budget.h"
#include "functions.h"

static Bytes text_of(Context *context, const Node *node, int i)
{
    Cell cell = context_argument(context, node, i);
    Bytes text = cell_shown(context->arena, &cell);
    budget_work(context->arena, 1 + text.len / 32);
    return text;
}

static bool is_space(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

/* aws: "Returns true if the field is missing or is an empty string" */
Cell call_isempty(Context *context, const Node *node)
{
    return cell_truth(!text_of(context, node, 0).len);
}

Cell call_isblank(Context *context, const Node *node)
{
    Bytes text = text_of(context, node, 0);
    size_t i = 0;
    while (i < text.len && is_space(text.ptr[i]))
        i++;
    return cell_truth(i == text.len);
}

Cell call_concat(Context *context, const Node *node)
{
    size_t len = 0, count = 0;
    for (const Node *one = node->first; one; one = one->next)
        count++;
    Bytes *parts = arena_new_array(context->arena, Bytes, count);
    for (size_t i = 0; i < count; i++) {
        parts[i] = text_of(context, node, (int)i);
        len += parts[i].len;
    }
    char *out = arena_take_raw(context->arena, len + 1), *at = out;
    for (size_t i = 0; i < count; i++)
        if (parts[i].len)
            at = (char *)memcpy(at, parts[i].ptr, parts[i].len) + parts[i].len;
    return cell_text((Bytes){out, len});
}

/* characters: absent: spaces. One character of the text is one of them. */
static size_t trims(Bytes text, Bytes characters, bool is_at_end)
{
    size_t len = 1;
    if (is_at_end)
        while (len < text.len && len < 4 && (text.ptr[text.len - len] & 0xC0) == 0x80)
            len++;
    else
        len = bytes_utf8_character(text) ? bytes_utf8_character(text) : 1;
    const char *one = is_at_end ? text.ptr + text.len - len : text.ptr;
    if (!present(characters))
        return is_space(*one) ? 1 : 0;
    return memmem(characters.ptr, characters.len, one, len) ? len : 0;
}

static Cell trimmed(Context *context, const Node *node, bool left, bool right)
{
    Bytes text = text_of(context, node, 0), characters = text_of(context, node, 1);
    if (!present(text))
        return (Cell){0};
    for (size_t len; left && text.len && (len = trims(text, characters, false));)
        text = bytes_slice(text, len, text.len - len);
    for (size_t len; right && text.len && (len = trims(text, characters, true));)
        text.len -= len;
    return cell_text(text);
}

Cell call_ltrim(Context *context, const Node *node)
{
    return trimmed(context, node, true, false);
}

Cell call_rtrim(Context *context, const Node *node)
{
    return trimmed(context, node, false, true);
}

Cell call_trim(Context *context, const Node *node)
{
    return trimmed(context, node, true, true);
}

Cell call_strlen(Context *context, const Node *node)
{
    Bytes text = text_of(context, node, 0);
    budget_work(context->arena, text.len / 16);
    return present(text) ? cell_number((double)bytes_utf8_length(text)) : (Cell){0};
}

static Cell in_case(Context *context, const Node *node, char first, char last)
{
    Bytes text = text_of(context, node, 0);
    if (!present(text))
        return (Cell){0};
    char *out = arena_take_raw(context->arena, text.len + 1);
    for (size_t i = 0; i < text.len; i++)
        out[i] = text.ptr[i] >= first && text.ptr[i] <= last ? (char)(text.ptr[i] ^ 0x20) : text.ptr[i];
    return cell_text((Bytes){out, text.len});
}

Cell call_toupper(Context *context, const Node *node)
{
    return in_case(context, node, 'a', 'z');
}

Cell call_tolower(Context *context, const Node *node)
{
    return in_case(context, node, 'A', 'Z');
}

static size_t bytes_of_characters(Bytes text, double characters)
{
    size_t at = 0;
    for (; characters >= 1 && at < text.len; characters--) {
        size_t len = bytes_utf8_character(bytes_slice(text, at, text.len - at));
        at += len ? len : 1;
    }
    return at;
}

/* aws: "substr("xyZfooxyZ",3) returns fooxyZ; substr("xyZfooxyZ",3, 4) returns foox" */
Cell call_substr(Context *context, const Node *node)
{
    Bytes text = text_of(context, node, 0);
    Cell start_cell = context_argument(context, node, 1), length_cell = context_argument(context, node, 2);
    double start, length = (double)text.len;
    bool has_length = node->first->next != node->last;
    if (!present(text) || !cell_as_number(&start_cell, &start) || start < 0 ||
        (has_length && (!cell_as_number(&length_cell, &length) || length < 0)))
        return (Cell){0};
    size_t from = bytes_of_characters(text, start);
    Bytes rest = bytes_slice(text, from, text.len - from);
    return cell_text(bytes_slice(rest, 0, bytes_of_characters(rest, length)));
}

Cell call_replace(Context *context, const Node *node)
{
    Bytes text = text_of(context, node, 0), sought = text_of(context, node, 1), with = text_of(context, node, 2);
    size_t count = 0;
    if (!present(text) || !present(sought) || !present(with))
        return (Cell){0};
    const char *end = text.ptr + text.len, *found;
    for (const char *at = text.ptr; sought.len && (found = memmem(at, (size_t)(end - at), sought.ptr, sought.len));
         count++)
        at = found + sought.len;
    budget_work(context->arena, count);
    char *out = arena_take_raw(context->arena, text.len - count * sought.len + count * with.len + 1), *to = out;
    const char *at = text.ptr;
    for (; count; count--, at = found + sought.len) {
        found = memmem(at, (size_t)(end - at), sought.ptr, sought.len);
        to = (char *)memcpy(to, at, (size_t)(found - at)) + (found - at);
        to = (char *)memcpy(to, with.ptr, with.len) + with.len;
    }
    memcpy(to, at, (size_t)(end - at));
    return cell_text((Bytes){out, (size_t)(to - out) + (size_t)(end - at)});
}

Cell call_strcontains(Context *context, const Node *node)
{
    Bytes text = text_of(context, node, 0), part = text_of(context, node, 1);
    if (!present(text) || !present(part))
        return (Cell){0};
    return cell_truth(memmem(text.ptr, text.len, part.ptr, part.len) != NULL);
}
