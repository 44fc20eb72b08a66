/* pairs.h - two definitions of one data format, apart by a NUL, held against each other both ways within a budget that
 * the first byte gives: a call that is given up in the middle leaves nothing behind. Jumps are what LeakSanitizer sees.
 */
#pragma once
#include "budget.h"
#include "diff.h"
#include "format.h"
#include "fuzz.h"
#include <setjmp.h>
#include <string.h>

static void give_up(void *context, BudgetKind kind) __attribute__((noreturn));
static void give_up(void *context, BudgetKind kind)
{
    (void)kind;
    longjmp(*(jmp_buf *)context, 1);
}

static const void *parse_one(Arena *arena, const Format *format, Bytes definition)
{
    Bytes reason = {0};
    if (!definition.len || !bytes_is_utf8(definition))
        return NULL;
    const void *parsed = format->parse(arena, definition, &reason);
    EXPECT(parsed || (present(reason) && bytes_is_utf8(reason)));
    Mismatch mismatch;
    EXPECT(!parsed ||
           (present(format->canonical(arena, definition)) && format->can_read(arena, parsed, parsed, &mismatch)));
    return parsed;
}

static void hold_against(Arena *arena, const Format *format, const void *reader, const void *writer)
{
    ArenaMark mark = arena_mark(arena);
    Mismatch mismatch = {0};
    if (!format->can_read(arena, reader, writer, &mismatch))
        EXPECT(present(mismatch.path) && bytes_is_utf8(mismatch.path) && bytes_is_utf8(mismatch.what));
    arena_rewind(arena, mark);
}

/* Both are held against each other, and told apart. */
static void run_pair(Arena *arena, const Format *format, Bytes first, Bytes second)
{
    const void *one = parse_one(arena, format, first), *other = one ? parse_one(arena, format, second) : NULL;
    if (!other)
        return;
    hold_against(arena, format, one, other);
    hold_against(arena, format, other, one);
    EXPECT(diff_definitions(arena, first, second).len >= 2);
}

static int fuzz_pair(const char *name, const uint8_t *data, size_t size)
{
    jmp_buf begin;
    Arena *arena = arena_new();
    Bytes second = {(const char *)data + 1, size ? size - 1 : 0}, first = bytes_cut(&second, '\0');
    /* The bounds of a call, or, for odd bytes, some that are soon reached. */
    size_t small = size && data[0] % 2 ? data[0] : 0;
    Budget budget = {small ? small * 1024 : 64 << 20, small ? small * 100 : 4000000, 4 << 20, give_up, &begin};
    if (size && !setjmp(begin)) {
        budget_set(arena, &budget);
        run_pair(arena, format_find(bytes_of(name)), first, second);
    }
    arena_free(arena);
    return 0;
}
