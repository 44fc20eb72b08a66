/* regex.c - regular expressions whose memory is an arena's. Definitions come from anywhere: what a match may cost is
 * counted item by item of the expression, by callouts. */
#define PCRE2_CODE_UNIT_WIDTH 8
#include "budget.h"
#include "json_schema.h"
#include <pcre2.h>

#define PATTERN_MAX_BYTES 10000
#define HEAP_MAX_KIB      4096
#define OPTIONS           (PCRE2_UTF | PCRE2_DOLLAR_ENDONLY | PCRE2_ALT_BSUX)

/* What the expressions of a schema, or those that a comparison runs, share. */
struct RegexSpace {
    Arena *arena;
    pcre2_compile_context *compile;
    pcre2_match_context *context;
    pcre2_match_data *match;
    int64_t left; /* steps */
    size_t last;  /* where in the text the last item began */
};

/* What it takes to match is made when it is first asked for, and is that comparison's: Effort. */
struct Regex {
    Bytes text;
};

static void *take(size_t size, void *arena)
{
    return arena_take(arena, size);
}

static void leave(void *memory, void *arena)
{
    (void)memory, (void)arena;
}

/* Before each item of the expression that is tried: what the one before has passed over costs, too. */
static int count_step(pcre2_callout_block *block, void *context)
{
    RegexSpace *space = context;
    size_t at = block->current_position, passed = at > space->last ? at - space->last : space->last - at;
    space->last = at;
    space->left -= 1 + (int64_t)(passed / 32);
    return space->left < 0 ? PCRE2_ERROR_CALLOUT : 0;
}

RegexSpace *regex_space_new(Arena *arena)
{
    RegexSpace *space = arena_new_of(arena, RegexSpace);
    pcre2_general_context *memory = pcre2_general_context_create(take, leave, arena);
    space->arena = arena;
    space->compile = pcre2_compile_context_create(memory);
    pcre2_set_max_pattern_length(space->compile, PATTERN_MAX_BYTES);
    space->match = pcre2_match_data_create(1, memory);
    space->context = pcre2_match_context_create(memory);
    pcre2_set_heap_limit(space->context, HEAP_MAX_KIB);
    pcre2_set_callout(space->context, count_step, space);
    return space;
}

static pcre2_code *compile(RegexSpace *space, Bytes text, uint32_t options)
{
    int error;
    size_t at, size = 0;
    pcre2_code *code = pcre2_compile((PCRE2_SPTR)text.ptr, text.len, OPTIONS | options, &error, &at, space->compile);
    if (code)
        pcre2_pattern_info(code, PCRE2_INFO_SIZE, &size);
    budget_work(space->arena, 50 + text.len + size / 10);
    return code;
}

/* Most expressions are never asked for anything: only whether they are one is looked at. */
const Regex *regex_compile(RegexSpace *space, Bytes text)
{
    ArenaMark mark = arena_mark(space->arena);
    bool is_one = compile(space, text, 0) != NULL;
    arena_rewind(space->arena, mark);
    if (!is_one)
        return NULL;
    Regex *regex = arena_new_of(space->arena, Regex);
    regex->text = text;
    return regex;
}

/* NULL: with what counts its steps it is too large. */
static const pcre2_code *counting_of(Effort *effort, const Regex *regex)
{
    Bytes key = {(const char *)&regex, sizeof regex};
    pcre2_code *code = map_get(effort->kept, key);
    if (!effort->regexes)
        effort->regexes = regex_space_new(effort->arena);
    if (!code && (code = compile(effort->regexes, regex->text, PCRE2_AUTO_CALLOUT)))
        map_put(effort->kept, key, code);
    return code;
}

bool regex_matches(Effort *effort, const Regex *regex, Bytes text)
{
    const pcre2_code *code = counting_of(effort, regex);
    RegexSpace *space = effort->regexes;
    int found = PCRE2_ERROR_CALLOUT;
    space->left = effort->steps - 10;
    space->last = 0;
    if (code && space->left >= 0)
        found = pcre2_match(code, (PCRE2_SPTR)text.ptr, text.len, 0, PCRE2_NO_UTF_CHECK, space->match, space->context);
    effort->steps = found >= 0 || found == PCRE2_ERROR_NOMATCH ? space->left : -1;
    return found != PCRE2_ERROR_NOMATCH;
}
