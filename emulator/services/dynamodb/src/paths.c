/* paths.c - many paths at once, sorted by their steps: those with a common beginning stand together, so that they can
 * be checked against each other, and followed through an item, in steps of n log n. */
#include "budget.h"
#include "expression.h"
#include <stdlib.h>

/* Any order does; elements of lists come before members of maps, by their number. */
static int compare_steps(const PathStep *a, const PathStep *b)
{
    if (present(a->name) != present(b->name))
        return present(a->name) ? 1 : -1;
    if (!present(a->name))
        return a->index < b->index ? -1 : a->index > b->index;
    if (a->name.len != b->name.len)
        return a->name.len < b->name.len ? -1 : 1;
    return a->name.len ? memcmp(a->name.ptr, b->name.ptr, a->name.len) : 0;
}

static size_t common_steps(const Path *a, const Path *b)
{
    size_t at = 0;
    while (at < a->len && at < b->len && !compare_steps(&a->steps[at], &b->steps[at]))
        at++;
    return at;
}

/* A path that is another's beginning comes before it; equal ones as they were written. */
static int compare_paths(const void *a, const void *b)
{
    const Path *one = *(const Path *const *)a, *other = *(const Path *const *)b;
    size_t same = common_steps(one, other);
    if (same < one->len && same < other->len)
        return compare_steps(&one->steps[same], &other->steps[same]);
    if (one->len != other->len)
        return one->len < other->len ? -1 : 1;
    return one->place < other->place ? -1 : one->place > other->place;
}

const PathSet *paths_sort(Arena *arena, Path *first)
{
    size_t len = 0;
    if (!first)
        return NULL;
    for (Path *path = first; path; path = path->next)
        path->place = len++;
    PathSet *set = arena_new_of(arena, PathSet);
    *set = (PathSet){first, arena_new_array(arena, const Path *, len), len};
    len = 0;
    for (const Path *path = first; path; path = path->next)
        set->sorted[len++] = path;
    budget_work(arena, len);
    if (len > 1)
        qsort(set->sorted, len, sizeof *set->sorted, compare_paths);
    return set;
}

/* One is the other's beginning (overlap), or they take one place for a map and for a list (conflict). NULL: neither.
 * Where any two of a set quarrel, two neighbours do. */
static const char *quarrel(const Path *a, const Path *b)
{
    size_t same = common_steps(a, b);
    if (same == a->len || same == b->len)
        return "overlap";
    return present(a->steps[same].name) != present(b->steps[same].name) ? "conflict" : NULL;
}

Status paths_check(Call *call, ExpressionKind kind, const PathSet *set)
{
    for (size_t i = 1; set && i < set->len; i++) {
        const Path *one = set->sorted[i - 1], *other = set->sorted[i];
        const char *word = quarrel(one, other);
        bool is_turned = one->place > other->place;
        if (word)
            return fail(
                call, &DYNAMODB_VALIDATION,
                "Invalid %s: Two document paths %s with each other; must remove or rewrite one of these paths; path one: " BYTES_FMT
                ", path two: " BYTES_FMT,
                expression_title(kind), word, BYTES_ARG(path_text(call->arena, is_turned ? other : one)),
                BYTES_ARG(path_text(call->arena, is_turned ? one : other)));
    }
    return OK;
}

size_t paths_find(const PathSet *set, PathRange range, const PathStep *step)
{
    size_t from = range.from, to = range.to;
    while (from < to) {
        size_t middle = from + (to - from) / 2;
        if (compare_steps(&set->sorted[middle]->steps[range.depth], step) < 0)
            from = middle + 1;
        else
            to = middle;
    }
    bool is_there = from < range.to && !compare_steps(&set->sorted[from]->steps[range.depth], step);
    return is_there ? from : range.to;
}

PathRange paths_below(const PathSet *set, PathRange range, size_t at)
{
    size_t to = at + 1;
    while (to < range.to && !compare_steps(&set->sorted[at]->steps[range.depth], &set->sorted[to]->steps[range.depth]))
        to++;
    return (PathRange){at, to, range.depth + 1};
}

static bool project_value(Arena *arena, const Value *value, const PathSet *set, PathRange range, Value *ret);

static Item project_map(Arena *arena, const Item *item, const PathSet *set, PathRange range)
{
    size_t asked = range.to - range.from;
    Item projected = {arena_new_array(arena, Attribute, asked < item->len ? asked : item->len), 0};
    for (size_t i = 0; i < item->len; i++) {
        size_t at = paths_find(set, range, &(PathStep){.name = item->items[i].key});
        Value value;
        if (at < range.to && project_value(arena, &item->items[i].value, set, paths_below(set, range, at), &value))
            projected.items[projected.len++] = (Attribute){item->items[i].key, value};
    }
    return projected;
}

/* Gaps close. */
static void project_list(Arena *arena, const Value *list, const PathSet *set, PathRange range, Value *ret)
{
    ret->l.items = arena_new_array(arena, Value, range.to - range.from);
    for (size_t at = range.from; at < range.to;) {
        PathRange below = paths_below(set, range, at);
        size_t index = set->sorted[at]->steps[range.depth].index;
        if (index < list->l.len && project_value(arena, &list->l.items[index], set, below, &ret->l.items[ret->l.len]))
            ret->l.len++;
        at = below.to;
    }
}

/* False: nothing of it is asked for. */
static bool project_value(Arena *arena, const Value *value, const PathSet *set, PathRange range, Value *ret)
{
    const Path *first = set->sorted[range.from];
    if (first->len == range.depth) {
        *ret = *value;
        return true;
    }
    bool asks_for_member = present(first->steps[range.depth].name);
    if (value->kind != (asks_for_member ? VALUE_M : VALUE_L))
        return false;
    *ret = (Value){.kind = value->kind};
    if (asks_for_member)
        *AS_ITEM(&ret->m) = project_map(arena, AS_ITEM(&value->m), set, range);
    else
        project_list(arena, value, set, range, ret);
    return ret->l.len;
}

Item item_project(Arena *arena, const Item *item, const PathSet *set)
{
    budget_work(arena, item->len / 2);
    return project_map(arena, item, set, paths_all(set));
}
