/* proto_members.c - what is there twice, or reserved: both sorted, one walk over them. */
#include "proto_parser.h"
#include <stdlib.h>

static int compare_numbers(const void *left, const void *right)
{
    int64_t one = ((const ProtoMember *)left)->number, other = ((const ProtoMember *)right)->number;
    return (one > other) - (one < other);
}

static int compare_names(const void *left, const void *right)
{
    return bytes_compare(((const ProtoMember *)left)->name, ((const ProtoMember *)right)->name);
}

static void sort(ProtoMember *members, size_t count, int (*compare)(const void *, const void *))
{
    if (count)
        qsort(members, count, sizeof *members, compare);
}

static Bytes find_twice(ProtoMember *members, size_t count, int (*compare)(const void *, const void *))
{
    sort(members, count, compare);
    for (size_t i = 1; i < count; i++)
        if (!compare(&members[i - 1], &members[i]))
            return members[i].name;
    return (Bytes){0};
}

Bytes proto_members_number_twice(ProtoMember *members, size_t count)
{
    return find_twice(members, count, compare_numbers);
}

Bytes proto_members_name_twice(ProtoMember *members, size_t count)
{
    return find_twice(members, count, compare_names);
}

static int compare_ranges(const void *left, const void *right)
{
    int64_t one = (*(const ProtoRange *const *)left)->first, other = (*(const ProtoRange *const *)right)->first;
    return (one > other) - (one < other);
}

static const ProtoRange **sort_ranges(Arena *arena, const ProtoRange *list, size_t *ret_count)
{
    size_t count = 0;
    for (const ProtoRange *range = list; range; range = range->next)
        count++;
    const ProtoRange **sorted = arena_take_array(arena, count, sizeof *sorted);
    *ret_count = 0;
    for (const ProtoRange *range = list; range; range = range->next)
        sorted[(*ret_count)++] = range;
    if (count)
        qsort(sorted, count, sizeof *sorted, compare_ranges);
    return sorted;
}

Bytes proto_members_number_reserved(Arena *arena, ProtoMember *members, size_t count, const ProtoReserved *reserved)
{
    size_t ranges_count, at = 0;
    const ProtoRange **ranges = sort_ranges(arena, reserved->ranges, &ranges_count);
    int64_t until = INT64_MIN; /* of all the ranges that have begun */
    sort(members, count, compare_numbers);
    for (size_t i = 0; i < count; i++) {
        for (; at < ranges_count && ranges[at]->first <= members[i].number; at++)
            until = ranges[at]->last > until ? ranges[at]->last : until;
        if (members[i].number <= until)
            return members[i].name;
    }
    return (Bytes){0};
}

static ProtoMember *names_of(Arena *arena, const ProtoName *list, size_t *ret_count)
{
    size_t count = 0;
    for (const ProtoName *name = list; name; name = name->next)
        count++;
    ProtoMember *names = arena_new_array(arena, ProtoMember, count);
    *ret_count = 0;
    for (const ProtoName *name = list; name; name = name->next)
        names[(*ret_count)++].name = name->name;
    return names;
}

Bytes proto_members_name_reserved(Arena *arena, ProtoMember *members, size_t count, const ProtoReserved *reserved)
{
    size_t names_count, at = 0;
    ProtoMember *names = names_of(arena, reserved->names, &names_count);
    sort(names, names_count, compare_names);
    sort(members, count, compare_names);
    for (size_t i = 0; i < count; i++) {
        while (at < names_count && compare_names(&names[at], &members[i]) < 0)
            at++;
        if (at < names_count && !compare_names(&names[at], &members[i]))
            return members[i].name;
    }
    return (Bytes){0};
}
