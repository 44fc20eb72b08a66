/* pattern.c - wildcards and variables. aws: IAM User Guide, "IAM policy elements: Variables and tags": a variable's
 * value is taken as it is, its "*" are no wildcards. */
#include "pattern.h"
#include "budget.h"

static Bytes trimmed(Bytes text)
{
    while (text.len && *text.ptr == ' ')
        text = bytes_slice(text, 1, text.len - 1);
    while (text.len && text.ptr[text.len - 1] == ' ')
        text.len--;
    return text;
}

bool policy_pattern_variable(Bytes text, Bytes *ret_key, Bytes *ret_default, size_t *ret_len)
{
    ptrdiff_t close = bytes_find(text, '}');
    if (close < 3 || text.ptr[0] != '$' || text.ptr[1] != '{')
        return false;
    Bytes rest = bytes_slice(text, 2, (size_t)close - 2);
    *ret_len = (size_t)close + 1;
    *ret_key = trimmed(bytes_cut(&rest, ','));
    *ret_default = (Bytes){0};
    if (present(rest)) {
        rest = trimmed(rest);
        if (rest.len < 2 || *rest.ptr != '\'' || rest.ptr[rest.len - 1] != '\'')
            return false;
        *ret_default = bytes_slice(rest, 1, rest.len - 2);
    }
    return true;
}

/* "${*}", "${?}" and "${$}" are the characters themselves. */
static bool value_of(const PolicyRequest *request, Bytes key, Bytes fallback, Bytes *ret_value)
{
    if (key.len == 1 && strchr("*?$", *key.ptr)) {
        *ret_value = key;
        return true;
    }
    const PolicyContextEntry *entry = policy_context_find(request, key);
    if (entry && entry->values.len == 1)
        *ret_value = entry->values.items[0];
    else
        *ret_value = entry ? (Bytes){0} : fallback;
    return present(*ret_value);
}

bool policy_pattern_read(Arena *arena, Bytes text, const PolicyRequest *request, bool has_wildcards,
                         Pattern *ret_pattern)
{
    size_t room = text.len + 1, len = 0;
    uint16_t *items = arena_new_array(arena, uint16_t, room);
    for (size_t i = 0; i < text.len;) {
        Bytes key, fallback, value = bytes_slice(text, i, 1);
        size_t taken = 1;
        bool is_variable = request && text.ptr[i] == '$' &&
                           policy_pattern_variable(bytes_slice(text, i, text.len - i), &key, &fallback, &taken);
        if (is_variable && !value_of(request, key, fallback, &value))
            return false;
        if (len + value.len + text.len > room) {
            items = arena_grown(arena, items, len * sizeof *items, (len + value.len + text.len) * 2 * sizeof *items);
            room = (len + value.len + text.len) * 2;
        }
        budget_work(arena, value.len);
        for (size_t at = 0; at < value.len; at++)
            items[len++] = (unsigned char)value.ptr[at];
        if (!is_variable && has_wildcards && (text.ptr[i] == '*' || text.ptr[i] == '?'))
            items[len - 1] = text.ptr[i] == '*' ? PATTERN_ANY : PATTERN_ONE;
        i += is_variable ? taken : 1;
    }
    *ret_pattern = (Pattern){items, len};
    return true;
}

static unsigned lower(unsigned c)
{
    return c >= 'A' && c <= 'Z' ? c + 32 : c;
}

static bool is_same(uint16_t item, unsigned char c, bool ignoring_case)
{
    return item == PATTERN_ONE || item == c || (ignoring_case && item < 256 && lower(item) == lower(c));
}

/* From the last "*" on it is tried again one further: at most the product of both lengths. */
bool policy_pattern_matches(Arena *arena, Pattern pattern, Bytes text, bool ignoring_case)
{
    size_t p = 0, t = 0, star = SIZE_MAX, from = 0, steps = 0;
    while (t < text.len) {
        if (++steps % 1024 == 0)
            budget_work(arena, 1024);
        if (p < pattern.len && pattern.items[p] == PATTERN_ANY) {
            star = p++;
            from = t;
        } else if (p < pattern.len && is_same(pattern.items[p], (unsigned char)text.ptr[t], ignoring_case)) {
            p++;
            t++;
        } else if (star != SIZE_MAX) {
            p = star + 1;
            t = ++from;
        } else {
            break;
        }
    }
    budget_work(arena, steps % 1024 / 4 + 1);
    if (t < text.len)
        return false;
    while (p < pattern.len && pattern.items[p] == PATTERN_ANY)
        p++;
    return p == pattern.len;
}
