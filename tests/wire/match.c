#include "match.h"

#define ANY  "<any>"
#define MORE "..." /* a member of this name: others may be there */

static ptrdiff_t find(Bytes in, const char *what)
{
    const char *at = memmem(in.ptr, in.len, what, strlen(what));
    return at ? at - in.ptr : -1;
}

/* The first {{name}} of a text, and what stands before and behind it. */
static bool cut_name(Bytes text, Bytes *ret_before, Bytes *ret_name, Bytes *ret_rest)
{
    ptrdiff_t open = find(text, "{{");
    Bytes inside = open < 0 ? TEXT("") : bytes_slice(text, (size_t)open + 2, text.len - (size_t)open - 2);
    ptrdiff_t close = find(inside, "}}");
    if (open < 0 || close < 0)
        return false;
    *ret_before = bytes_slice(text, 0, (size_t)open);
    *ret_name = bytes_slice(inside, 0, (size_t)close);
    *ret_rest = bytes_slice(inside, (size_t)close + 2, inside.len - (size_t)close - 2);
    return true;
}

static void append_value(Buffer *out, const json_t *value)
{
    char *text = json_is_string(value) ? NULL : json_dumps(value, JSON_ENCODE_ANY | JSON_COMPACT);
    buffer_append(out, text ? bytes_of(text) : (Bytes){json_string_value(value), json_string_length(value)});
    free(text);
}

void fill_text(const json_t *names, Bytes text, Buffer *ret_text)
{
    Bytes before, name, rest;
    while (cut_name(text, &before, &name, &rest)) {
        const json_t *value = json_object_getn(names, name.ptr, name.len);
        buffer_append(ret_text, before);
        if (value)
            append_value(ret_text, value);
        else
            buffer_append_format(ret_text, "{{" BYTES_FMT "}}", BYTES_ARG(name));
        text = rest;
    }
    buffer_append(ret_text, text);
}

static json_t *fill_string(const json_t *names, Bytes text)
{
    Bytes before, name, rest;
    Buffer filled = {0};
    bool is_name = cut_name(text, &before, &name, &rest) && !before.len && !rest.len;
    const json_t *value = is_name ? json_object_getn(names, name.ptr, name.len) : NULL;
    if (value)
        return json_deep_copy(value);
    fill_text(names, text, &filled);
    json_t *string = json_stringn(buffer_bytes(&filled).ptr, filled.len);
    buffer_done(&filled);
    return string;
}

json_t *fill_json(const json_t *names, const json_t *value)
{
    json_t *copy = json_is_array(value) ? json_array() : json_object();
    const char *key;
    json_t *item;
    size_t i;
    if (json_is_object(value)) {
        json_object_foreach((json_t *)(uintptr_t)value, key, item)
        {
            Buffer filled = {0};
            fill_text(names, bytes_of(key), &filled);
            json_object_setn_new(copy, buffer_bytes(&filled).ptr, filled.len, fill_json(names, item));
            buffer_done(&filled);
        }
        return copy;
    }
    if (json_is_array(value)) {
        json_array_foreach(value, i, item) json_array_append_new(copy, fill_json(names, item));
        return copy;
    }
    json_decref(copy);
    if (json_is_string(value))
        return fill_string(names, (Bytes){json_string_value(value), json_string_length(value)});
    return json_deep_copy(value);
}

/* What stands for anything: <any>, or a name that has no value yet (then *ret_name is that). */
static bool cut_wild(Bytes text, Bytes *ret_before, Bytes *ret_name, Bytes *ret_rest)
{
    Bytes before, name, rest;
    ptrdiff_t any = find(text, ANY);
    bool has_name = cut_name(text, &before, &name, &rest);
    if (any >= 0 && (!has_name || (size_t)any < before.len)) {
        size_t behind = (size_t)any + strlen(ANY);
        *ret_before = bytes_slice(text, 0, (size_t)any);
        *ret_name = (Bytes){0};
        *ret_rest = bytes_slice(text, behind, text.len - behind);
        return true;
    }
    *ret_before = before, *ret_name = name, *ret_rest = rest;
    return has_name;
}

/* Each wild place takes as little as what follows it allows; the last one all that is left before the end. */
static bool match_filled(json_t *names, Bytes expected, Bytes got)
{
    Bytes before, name, rest, next, next_name, next_rest;
    if (!cut_wild(expected, &before, &name, &rest))
        return bytes_equal(expected, got);
    if (!bytes_starts_with(got, before))
        return false;
    got = bytes_slice(got, before.len, got.len - before.len);
    bool is_last = !cut_wild(rest, &next, &next_name, &next_rest);
    Bytes fixed = is_last ? rest : next;
    if (got.len < fixed.len)
        return false;
    const char *found = is_last ? got.ptr + got.len - fixed.len : memmem(got.ptr, got.len, fixed.ptr, fixed.len);
    if (!found)
        return false;
    size_t taken = (size_t)(found - got.ptr);
    if (present(name))
        json_object_setn_new(names, name.ptr, name.len, json_stringn(got.ptr, taken));
    return match_filled(names, rest, bytes_slice(got, taken, got.len - taken));
}

bool match_text(json_t *names, Bytes expected, Bytes got)
{
    Buffer filled = {0};
    fill_text(names, expected, &filled);
    bool is_match = match_filled(names, buffer_bytes(&filled), got);
    buffer_done(&filled);
    return is_match;
}

static bool differs(const json_t *expected, const json_t *got, Buffer *why)
{
    char *wanted = json_dumps(expected, JSON_ENCODE_ANY), *came = got ? json_dumps(got, JSON_ENCODE_ANY) : NULL;
    buffer_append_format(why, ": expected %s, came %s", wanted, came ? came : "nothing");
    free(wanted);
    free(came);
    return false;
}

static bool match_object(json_t *names, const json_t *expected, const json_t *got, Buffer *why)
{
    const char *key;
    json_t *item;
    size_t wanted = 0, len = why->len;
    if (!json_is_object(got))
        return differs(expected, got, why);
    json_object_foreach((json_t *)(uintptr_t)expected, key, item)
    {
        if (!strcmp(key, MORE))
            continue;
        wanted++;
        buffer_append_format(why, ".%s", key);
        if (!match_json(names, item, json_object_get(got, key), why))
            return false;
        why->len = len;
    }
    bool is_whole = json_object_get(expected, MORE) || wanted == json_object_size(got);
    return is_whole || differs(expected, got, why);
}

static bool match_array(json_t *names, const json_t *expected, const json_t *got, Buffer *why)
{
    size_t i, len = why->len;
    json_t *item;
    if (!json_is_array(got) || json_array_size(got) != json_array_size(expected))
        return differs(expected, got, why);
    json_array_foreach(expected, i, item)
    {
        buffer_append_format(why, "[%zu]", i);
        if (!match_json(names, item, json_array_get(got, i), why))
            return false;
        why->len = len;
    }
    return true;
}

static bool match_string(json_t *names, const json_t *expected, const json_t *got)
{
    Bytes text = {json_string_value(expected), json_string_length(expected)}, before, name, rest;
    if (bytes_is(text, ANY))
        return got != NULL;
    bool is_name = cut_name(text, &before, &name, &rest) && !before.len && !rest.len;
    const json_t *value = is_name ? json_object_getn(names, name.ptr, name.len) : NULL;
    if (value)
        return got && json_equal(value, got);
    if (is_name && got)
        return !json_object_setn_new(names, name.ptr, name.len, json_deep_copy(got));
    return json_is_string(got) && match_text(names, text, (Bytes){json_string_value(got), json_string_length(got)});
}

bool match_json(json_t *names, const json_t *expected, const json_t *got, Buffer *why)
{
    if (json_is_object(expected))
        return match_object(names, expected, got, why);
    if (json_is_array(expected))
        return match_array(names, expected, got, why);
    if (json_is_string(expected))
        return match_string(names, expected, got) || differs(expected, got, why);
    if (json_is_number(expected) && json_is_number(got))
        return json_number_value(expected) == json_number_value(got) || differs(expected, got, why);
    return (got && json_equal(expected, got)) || differs(expected, got, why);
}
