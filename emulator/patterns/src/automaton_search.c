/* automaton_search.c - all ways through an expression at once: a list of those that are alive, in the order in which a
 * reader who tries one after another would try them; each has the places that its groups began and ended at. */
#include "automaton_program.h"
#include "budget.h"

#define NOWHERE SIZE_MAX

typedef struct Ways {
    uint32_t *steps;  /* those alive, the preferred first */
    uint32_t *places; /* where a step stands in `steps`: only true where that says so, too */
    size_t count;
    size_t *saved; /* slots for each of `steps` */
} Ways;

typedef struct Follow {
    uint32_t step;
    bool restores;
    uint32_t slot;
    size_t before;
} Follow;

typedef struct Search {
    Arena *arena;
    const Automaton *automaton;
    Bytes text;
    size_t slots; /* 0: nobody asks for groups */
    Ways now, then;
    Follow *stack;
    size_t *saving; /* of the way that is being followed */
    size_t *best;
    bool is_found;
    size_t steps_taken;
} Search;

static size_t decode(Bytes text, size_t at, uint32_t *ret)
{
    const unsigned char *c = (const unsigned char *)text.ptr + at;
    if (*c < 128) {
        *ret = *c;
        return 1;
    }
    size_t len = bytes_utf8_character((Bytes){text.ptr + at, text.len - at});
    *ret = len == 2   ? (uint32_t)(c[0] & 31) << 6 | (c[1] & 63u)
           : len == 3 ? (uint32_t)(c[0] & 15) << 12 | (uint32_t)(c[1] & 63) << 6 | (c[2] & 63u)
           : len == 4
               ? (uint32_t)(c[0] & 7) << 18 | (uint32_t)(c[1] & 63) << 12 | (uint32_t)(c[2] & 63) << 6 | (c[3] & 63u)
               : 0xFFFD;
    return len ? len : 1;
}

static bool is_word_at(Bytes text, size_t at)
{
    return at < text.len && is_word_character((unsigned char)text.ptr[at]);
}

static bool holds(Assertion assertion, Bytes text, size_t at)
{
    bool is_boundary;
    switch (assertion) {
    case AT_START:
        return at == 0;
    case AT_END:
        return at == text.len;
    case AT_LINE_START:
        return at == 0 || text.ptr[at - 1] == '\n';
    case AT_LINE_END:
        return at == text.len || text.ptr[at] == '\n';
    case AT_LAST_LINE_END:
        return at == text.len || (at + 1 == text.len && text.ptr[at] == '\n');
    default:
        is_boundary = (at && is_word_at(text, at - 1)) != is_word_at(text, at);
        return is_boundary == (assertion == AT_BOUNDARY);
    }
}

static bool is_alive(const Ways *ways, uint32_t step)
{
    return ways->places[step] < ways->count && ways->steps[ways->places[step]] == step;
}

/* From `first` on, through everything that takes no character. */
static void follow(Search *search, Ways *ways, uint32_t first, size_t at)
{
    size_t depth = 0;
    search->stack[depth++] = (Follow){.step = first};
    while (depth) {
        Follow next = search->stack[--depth];
        if (next.restores) {
            search->saving[next.slot] = next.before;
            continue;
        }
        search->steps_taken++;
        const Step *step = &search->automaton->steps[next.step];
        if (is_alive(ways, next.step))
            continue;
        ways->places[next.step] = (uint32_t)ways->count;
        ways->steps[ways->count] = next.step;
        if (search->slots)
            memcpy(ways->saved + ways->count * search->slots, search->saving, search->slots * sizeof(size_t));
        ways->count++;
        switch (step->kind) {
        case STEP_JUMP:
            search->stack[depth++] = (Follow){.step = step->x};
            break;
        case STEP_SPLIT:
            search->stack[depth++] = (Follow){.step = step->y};
            search->stack[depth++] = (Follow){.step = step->x};
            break;
        case STEP_SAVE:
            if (step->x < search->slots) {
                search->stack[depth++] = (Follow){.restores = true, .slot = step->x, .before = search->saving[step->x]};
                search->saving[step->x] = at;
            }
            search->stack[depth++] = (Follow){.step = next.step + 1};
            break;
        case STEP_ASSERT:
            if (holds((Assertion)step->x, search->text, at))
                search->stack[depth++] = (Follow){.step = next.step + 1};
            break;
        default:
            break;
        }
    }
}

static uint32_t small(uint32_t c)
{
    return c >= 'A' && c <= 'Z' ? c | 0x20 : c;
}

static bool is_in_set(const CharacterSet *set, uint32_t c)
{
    if (c < 128)
        return set->ascii[c / 32] >> c % 32 & 1;
    for (size_t i = 0; i < set->ranges_count; i++)
        if (c >= set->ranges[i].from && c <= set->ranges[i].to)
            return !set->is_not;
    return set->is_not;
}

static bool takes(const Automaton *automaton, const Step *step, uint32_t c)
{
    switch (step->kind) {
    case STEP_CHARACTER:
        return step->x == c || (step->ignores_case && small(step->x) == small(c));
    case STEP_SET:
        return is_in_set(&automaton->sets[step->x], c);
    case STEP_ANY:
        return c != '\n' && c != '\r' && c != 0x85 && c != 0x2028 && c != 0x2029;
    case STEP_ALL:
        return true;
    default:
        return false;
    }
}

/* Every way that is alive takes the character, or ends. Those behind one that is at its end are less preferred. */
static void advance(Search *search, uint32_t c, size_t next_at, bool has_character)
{
    const Automaton *automaton = search->automaton;
    search->then.count = 0;
    for (size_t i = 0; i < search->now.count; i++) {
        const Step *step = &automaton->steps[search->now.steps[i]];
        const size_t *saved = search->now.saved + i * search->slots;
        if (step->kind == STEP_FOUND) {
            search->is_found = true;
            if (search->slots)
                memcpy(search->best, saved, search->slots * sizeof(size_t));
            break;
        }
        search->steps_taken += step->kind == STEP_SET && c >= 128 ? 1 + automaton->sets[step->x].ranges_count / 4 : 0;
        if (!has_character || !takes(automaton, step, c))
            continue;
        if (search->slots)
            memcpy(search->saving, saved, search->slots * sizeof(size_t));
        follow(search, &search->then, search->now.steps[i] + 1, next_at);
    }
    Ways swap = search->now;
    search->now = search->then;
    search->then = swap;
}

static void begin(Search *search, size_t at)
{
    for (size_t i = 0; i < search->slots; i++)
        search->saving[i] = NOWHERE;
    if (search->slots)
        search->saving[0] = at;
    follow(search, &search->now, 0, at);
}

/* Where the next match may begin; SIZE_MAX: nowhere. */
static size_t next_start(const Search *search, size_t at)
{
    Bytes prefix = search->automaton->prefix;
    if (search->automaton->is_at_start_only && at)
        return NOWHERE;
    if (!prefix.len || at > search->text.len)
        return at;
    const char *found = memmem(search->text.ptr + at, search->text.len - at, prefix.ptr, prefix.len);
    return found ? (size_t)(found - search->text.ptr) : NOWHERE;
}

static void run(Search *search)
{
    size_t at = 0;
    for (;;) {
        if (!search->now.count) {
            size_t start = search->is_found ? NOWHERE : next_start(search, at);
            if (start == NOWHERE)
                return;
            search->steps_taken += (start - at) / 64;
            at = start;
        }
        if (!search->is_found && (!search->automaton->is_at_start_only || !at))
            begin(search, at);
        uint32_t c = 0;
        size_t len = at < search->text.len ? decode(search->text, at, &c) : 0;
        advance(search, c, at + len, len > 0);
        if (search->is_found && search->slots && search->best[1] == NOWHERE)
            search->best[1] = at;
        if (!len || (search->is_found && !search->slots))
            return;
        at += len;
        if (search->steps_taken >= 256) {
            budget_work(search->arena, search->steps_taken);
            search->steps_taken = 0;
        }
    }
}

static void ways_init(Search *search, Ways *ways)
{
    size_t count = search->automaton->steps_count;
    ways->steps = arena_new_array(search->arena, uint32_t, count);
    ways->places = arena_new_array(search->arena, uint32_t, count);
    ways->saved = arena_new_array(search->arena, size_t, count * search->slots + 1);
}

bool automaton_search(Arena *arena, const Automaton *automaton, Bytes text, Bytes *groups)
{
    ArenaMark mark = arena_mark(arena);
    size_t slots = groups ? 2 * (automaton->groups + 1) : 0;
    Search search = {.arena = arena, .automaton = automaton, .text = text, .slots = slots};
    if (!present(text))
        search.text = TEXT("");
    budget_work(arena, 5);
    if (!groups && automaton->prefix.len && next_start(&search, 0) == NOWHERE) {
        budget_work(arena, text.len / 64);
        return false;
    }
    ways_init(&search, &search.now);
    ways_init(&search, &search.then);
    search.stack = arena_new_array(arena, Follow, 3 * automaton->steps_count + 3);
    search.saving = arena_new_array(arena, size_t, slots + 1);
    search.best = arena_new_array(arena, size_t, slots + 1);
    run(&search);
    budget_work(arena, search.steps_taken);
    for (size_t i = 0; i < slots / 2; i++) {
        size_t from = search.best[2 * i], to = search.best[2 * i + 1];
        bool took_part = search.is_found && from != NOWHERE && to != NOWHERE && to >= from;
        groups[i] = took_part ? bytes_slice(search.text, from, to - from) : (Bytes){0};
    }
    arena_rewind(arena, mark);
    return search.is_found;
}
