/* pattern_value.c - texts with wildcards, numbers and selectors of filter patterns. */
#include "budget.h"
#include "pattern_node.h"

Wildcard wildcard_read(Arena *arena, Bytes text, bool has_wildcards)
{
    size_t count = 1, len = 0;
    for (size_t i = 0; i < text.len; i++)
        count += text.ptr[i] == '*';
    Wildcard wildcard = {arena_new_array(arena, Bytes, has_wildcards ? count : 1), 1};
    if (!has_wildcards) {
        wildcard.parts[0] = text;
        return wildcard;
    }
    char *out = arena_take_raw(arena, text.len + 1);
    wildcard.parts[0] = (Bytes){out, 0};
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] == '*') {
            wildcard.parts[wildcard.count++] = (Bytes){out + len, 0};
            continue;
        }
        i += text.ptr[i] == '\\' && i + 1 < text.len && (text.ptr[i + 1] == '*' || text.ptr[i + 1] == '\\');
        out[len++] = text.ptr[i];
        wildcard.parts[wildcard.count - 1].len++;
    }
    return wildcard;
}

/* The first part where it begins, the last where it ends, those between each as early as it is there. */
bool wildcard_matches(Arena *arena, const Wildcard *wildcard, Bytes text)
{
    Bytes first = wildcard->parts[0], last = wildcard->parts[wildcard->count - 1];
    budget_work(arena, 1 + text.len / 64 + wildcard->count / 4);
    if (wildcard->count == 1)
        return bytes_equal(first, text);
    if (text.len < first.len + last.len || !bytes_starts_with(text, first))
        return false;
    Bytes rest = bytes_slice(text, first.len, text.len - first.len - last.len);
    if (memcmp(rest.ptr + rest.len, last.ptr, last.len))
        return false;
    for (size_t i = 1; i + 1 < wildcard->count; i++) {
        Bytes part = wildcard->parts[i];
        const char *found = part.len ? memmem(rest.ptr, rest.len, part.ptr, part.len) : rest.ptr;
        if (!found)
            return false;
        size_t behind = (size_t)(found - rest.ptr) + part.len;
        rest = bytes_slice(rest, behind, rest.len - behind);
    }
    return true;
}

static bool compare(PatternTest test, double a, double b)
{
    switch (test) {
    case TEST_EQUAL:
        return a == b;
    case TEST_UNEQUAL:
        return a != b;
    case TEST_LESS:
        return a < b;
    case TEST_LESS_EQUAL:
        return a <= b;
    case TEST_GREATER:
        return a > b;
    default:
        return a >= b;
    }
}

bool operand_test(Arena *arena, PatternTest test, const Operand *operand, Bytes text, bool is_number)
{
    double number;
    bool is_order = test != TEST_EQUAL && test != TEST_UNEQUAL;
    if (operand->kind == OPERAND_NUMBER && is_number) {
        budget_work(arena, 3);
        if (bytes_to_double(text, &number))
            return compare(test, number, operand->number);
    }
    if (is_order)
        return false;
    bool is_equal = operand->kind == OPERAND_REGEX ? automaton_search(arena, operand->automaton, text, NULL)
                                                   : wildcard_matches(arena, &operand->text, text);
    return is_equal == (test == TEST_EQUAL);
}

/* One step of the text of a selector, from *at on. */
static bool read_step(Bytes text, size_t *at, SelectorStep *ret)
{
    size_t from = *at;
    if (text.ptr[from] == '.' && from + 1 < text.len && text.ptr[from + 1] != '[') {
        size_t end = ++from;
        while (end < text.len && text.ptr[end] != '.' && text.ptr[end] != '[')
            end++;
        *ret = (SelectorStep){.kind = SELECT_NAME, .name = bytes_slice(text, from, end - from)};
        *at = end;
        return end > from;
    }
    from += text.ptr[from] == '.';
    if (from + 2 >= text.len || text.ptr[from] != '[')
        return false;
    bool is_name = text.ptr[from + 1] == '\'';
    const char *close = memmem(text.ptr + from, text.len - from, is_name ? "']" : "]", is_name ? 2 : 1);
    if (!close)
        return false;
    Bytes inner = bytes_slice(text, from + 1, (size_t)(close - text.ptr) - from - 1);
    *at = (size_t)(close - text.ptr) + 1 + is_name;
    *ret = (SelectorStep){.kind = bytes_is(inner, "*") ? SELECT_ANY : is_name ? SELECT_NAME : SELECT_INDEX};
    if (is_name)
        ret->name = inner.len ? bytes_slice(inner, 1, inner.len - 1) : inner;
    return ret->kind != SELECT_INDEX || bytes_to_uint64(inner, &ret->index);
}

bool selector_read(Arena *arena, Bytes text, Selector *ret)
{
    size_t capacity = 1, at = 1;
    budget_work(arena, 4 + text.len / 4);
    for (size_t i = 0; i < text.len; i++)
        capacity += text.ptr[i] == '.' || text.ptr[i] == '[';
    *ret = (Selector){.text = text, .steps = arena_new_array(arena, SelectorStep, capacity)};
    if (!text.len || *text.ptr != '$')
        return false;
    while (at < text.len)
        if (!read_step(text, &at, &ret->steps[ret->count++]))
            return false;
    return ret->count > 0;
}

static const Tree *member_of(Arena *arena, const Tree *object, Bytes name)
{
    const Tree *found = NULL; /* of twins the last */
    budget_work(arena, object->count / 4);
    for (const Tree *member = object->first; member; member = member->next)
        if (bytes_equal(member->name, name))
            found = member;
    return found;
}

static const Tree *item_of(Arena *arena, const Tree *array, uint64_t index)
{
    const Tree *item = array->first;
    if (index >= array->count)
        return NULL;
    budget_work(arena, index / 8);
    while (index--)
        item = item->next;
    return item;
}

typedef struct Walk {
    Arena *arena;
    const Selector *selector;
    bool (*look)(void *context, const Tree *);
    void *context;
} Walk;

static bool walk(const Walk *one, const Tree *value, size_t step)
{
    for (; value && step < one->selector->count; step++) {
        const SelectorStep *next = &one->selector->steps[step];
        if (next->kind == SELECT_NAME) {
            value = value->kind == TREE_OBJECT ? member_of(one->arena, value, next->name) : NULL;
            continue;
        }
        if (value->kind != TREE_ARRAY)
            return false;
        if (next->kind == SELECT_INDEX) {
            value = item_of(one->arena, value, next->index);
            continue;
        }
        budget_descend(one->arena);
        budget_work(one->arena, value->count);
        for (const Tree *item = value->first; item; item = item->next)
            if (walk(one, item, step + 1))
                return true;
        return false;
    }
    return value && one->look(one->context, value);
}

bool selector_each(Arena *arena, const Selector *selector, const Tree *root, bool (*look)(void *context, const Tree *),
                   void *context)
{
    Walk one = {arena, selector, look, context};
    return walk(&one, root, 0);
}
