/* regex.c - regular expressions whose memory is an arena's. */
#define PCRE2_CODE_UNIT_WIDTH 8
#include "json_schema.h"
#include <pcre2.h>

#define STEPS_MAX 100000 /* of a match: definitions come from anywhere */

struct Regex {
    pcre2_code *code;
    pcre2_match_data *match;
    pcre2_match_context *context;
};

static void *take(size_t size, void *arena)
{
    return arena_take_raw(arena, size);
}

static void leave(void *memory, void *arena)
{
    (void)memory, (void)arena;
}

const Regex *regex_compile(Arena *arena, Bytes text)
{
    int error;
    size_t at;
    pcre2_general_context *memory = pcre2_general_context_create(take, leave, arena);
    pcre2_compile_context *context = pcre2_compile_context_create(memory);
    pcre2_set_max_pattern_length(context, 10000);
    Regex *regex = arena_new_of(arena, Regex);
    regex->code = pcre2_compile((PCRE2_SPTR)text.ptr, text.len, PCRE2_UTF | PCRE2_DOLLAR_ENDONLY | PCRE2_ALT_BSUX,
                                &error, &at, context);
    if (!regex->code)
        return NULL;
    regex->match = pcre2_match_data_create(1, memory);
    regex->context = pcre2_match_context_create(memory);
    pcre2_set_match_limit(regex->context, STEPS_MAX);
    return regex;
}

bool regex_matches(const Regex *regex, Bytes text)
{
    return pcre2_match(regex->code, (PCRE2_SPTR)text.ptr, text.len, 0, 0, regex->match, regex->context) >= 0;
}
