/* automaton_compile.c - the tree of an expression into steps. */
#include "automaton_tree.h"
#include "budget.h"

#define STEPS_MAX 2000

typedef struct Compiler {
    Arena *arena;
    Automaton *automaton;
    size_t capacity;
    bool is_too_large;
} Compiler;

static void set_bit(CharacterSet *set, uint32_t c)
{
    set->ascii[c / 32] |= 1u << c % 32;
}

void character_set_add(Arena *arena, CharacterSet *set, uint32_t from, uint32_t to)
{
    for (uint32_t c = from; c <= to && c < 128; c++)
        set_bit(set, c);
    if (to < 128)
        return;
    if (!(set->ranges_count & (set->ranges_count - 1)))
        set->ranges = arena_grown(arena, set->ranges, set->ranges_count * sizeof(CharacterRange),
                                  (set->ranges_count ? 2 * set->ranges_count : 1) * sizeof(CharacterRange));
    set->ranges[set->ranges_count++] = (CharacterRange){from < 128 ? 128 : from, to};
}

static bool is_in_class(char name, uint32_t c)
{
    switch (name | 0x20) {
    case 'd':
        return c >= '0' && c <= '9';
    case 'w':
        return is_word_character(c);
    default:
        return c == ' ' || (c >= '\t' && c <= '\r');
    }
}

void character_set_add_class(Arena *arena, CharacterSet *set, char name)
{
    bool is_not = name < 'a';
    for (uint32_t c = 0; c < 128; c++)
        if (is_in_class(name, c) != is_not)
            set_bit(set, c);
    if (is_not)
        character_set_add(arena, set, 128, 0x10FFFF);
}

static size_t add(Compiler *compiler, Step step)
{
    Automaton *automaton = compiler->automaton;
    if (automaton->steps_count == STEPS_MAX) {
        compiler->is_too_large = true;
        return 0;
    }
    if (automaton->steps_count == compiler->capacity) {
        size_t wanted = compiler->capacity ? 2 * compiler->capacity : 32;
        automaton->steps = arena_grown(compiler->arena, automaton->steps, automaton->steps_count * sizeof(Step),
                                       wanted * sizeof(Step));
        compiler->capacity = wanted;
    }
    automaton->steps[automaton->steps_count] = step;
    return automaton->steps_count++;
}

static uint32_t here(const Compiler *compiler)
{
    return (uint32_t)compiler->automaton->steps_count;
}

static void compile(Compiler *compiler, const Part *part);

static void compile_choice(Compiler *compiler, const Part *part)
{
    size_t jumps = 0; /* one to the next's: a chain through y until the end is known */
    for (const Part *one = part->first; one; one = one->next) {
        size_t split = one->next ? add(compiler, (Step){.kind = STEP_SPLIT, .x = here(compiler) + 1}) : 0;
        compile(compiler, one);
        if (!one->next)
            break;
        jumps = add(compiler, (Step){.kind = STEP_JUMP, .y = (uint32_t)jumps});
        compiler->automaton->steps[split].y = here(compiler);
    }
    while (jumps && !compiler->is_too_large) {
        Step *jump = &compiler->automaton->steps[jumps];
        jumps = jump->y;
        jump->x = here(compiler);
    }
}

/* split: to what is repeated, or behind it. */
static void aim(Compiler *compiler, size_t split, bool is_lazy, uint32_t into, uint32_t behind)
{
    compiler->automaton->steps[split].x = is_lazy ? behind : into;
    compiler->automaton->steps[split].y = is_lazy ? into : behind;
}

static void compile_repeat(Compiler *compiler, const Part *part)
{
    for (uint32_t i = 0, before; i < part->minimum && !compiler->is_too_large; i++) {
        before = here(compiler);
        compile(compiler, part->first);
        if (here(compiler) == before)
            break; /* nothing, however often */
    }
    if (part->maximum == REPEAT_WITHOUT_END) {
        size_t split = add(compiler, (Step){.kind = STEP_SPLIT});
        uint32_t into = here(compiler);
        compile(compiler, part->first);
        add(compiler, (Step){.kind = STEP_JUMP, .x = (uint32_t)split});
        aim(compiler, split, part->is_lazy, into, here(compiler));
        return;
    }
    size_t last = 0; /* a chain through y, as of a choice's jumps; step 0 can't be in one that has a second */
    bool has_one = false;
    for (uint32_t i = part->minimum; i < part->maximum && !compiler->is_too_large; i++) {
        size_t split = add(compiler, (Step){.kind = STEP_SPLIT, .y = (uint32_t)last});
        compiler->automaton->steps[split].x = has_one;
        last = split;
        has_one = true;
        compile(compiler, part->first);
    }
    while (has_one && !compiler->is_too_large) {
        Step *split = &compiler->automaton->steps[last];
        size_t before = split->y;
        has_one = split->x;
        aim(compiler, last, part->is_lazy, (uint32_t)last + 1, here(compiler));
        last = before;
    }
}

static void compile(Compiler *compiler, const Part *part)
{
    if (compiler->is_too_large)
        return;
    budget_work(compiler->arena, 1);
    switch (part->kind) {
    case PART_EMPTY:
        break;
    case PART_STEP:
        add(compiler, part->step);
        break;
    case PART_SEQUENCE:
        for (const Part *one = part->first; one; one = one->next)
            compile(compiler, one);
        break;
    case PART_CHOICE:
        compile_choice(compiler, part);
        break;
    case PART_REPEAT:
        compile_repeat(compiler, part);
        break;
    case PART_GROUP:
        if (part->group)
            add(compiler, (Step){.kind = STEP_SAVE, .x = 2 * part->group});
        compile(compiler, part->first);
        if (part->group)
            add(compiler, (Step){.kind = STEP_SAVE, .x = 2 * part->group + 1});
        break;
    }
}

/* What a search may jump to without looking at the steps. */
static Bytes prefix_of(Compiler *compiler)
{
    const Automaton *automaton = compiler->automaton;
    char *text = arena_take_raw(compiler->arena, automaton->steps_count);
    size_t len = 0;
    for (size_t i = 0; i < automaton->steps_count; i++) {
        const Step *step = &automaton->steps[i];
        if (step->kind == STEP_SAVE)
            continue;
        if (step->kind != STEP_CHARACTER || step->ignores_case || step->x >= 128)
            break;
        text[len++] = (char)step->x;
    }
    return (Bytes){text, len};
}

bool automaton_compile(Arena *arena, const Part *whole, Automaton *automaton)
{
    Compiler compiler = {.arena = arena, .automaton = automaton};
    compile(&compiler, whole);
    add(&compiler, (Step){.kind = STEP_FOUND});
    if (compiler.is_too_large)
        return false;
    automaton->prefix = prefix_of(&compiler);
    automaton->is_at_start_only = automaton->steps[0].kind == STEP_ASSERT && automaton->steps[0].x == AT_START;
    return true;
}
