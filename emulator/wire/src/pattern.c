/* pattern.c */
#define PCRE2_CODE_UNIT_WIDTH 8
#include "pattern.h"
#include "buffer.h"
#include "map.h"
#include <pcre2.h>
#include <stdlib.h>

/* How far a pattern may go back over a text: the model's with three ".*" need a hundredth of it for the longest text
 * that the model lets through. What needs more doesn't match. */
#define MATCH_LIMIT 100000

struct Validator {
    Map *compiled; /* address of the pattern → pcre2_code */
    pcre2_match_data *match;
    pcre2_match_context *context;
};

Validator *validator_new(void)
{
    Validator *validator = calloc(1, sizeof *validator);
    if (!validator)
        abort();
    validator->compiled = map_new();
    validator->match = pcre2_match_data_create(1, NULL);
    validator->context = pcre2_match_context_create(NULL);
    if (!validator->match || !validator->context)
        abort();
    pcre2_set_match_limit(validator->context, MATCH_LIMIT);
    return validator;
}

Validator *validator_free(Validator *validator)
{
    Bytes key;
    void *code;
    if (!validator)
        return NULL;
    for (size_t at = 0; map_next(validator->compiled, &at, &key, &code);)
        pcre2_code_free(code);
    map_free(validator->compiled);
    pcre2_match_data_free(validator->match);
    pcre2_match_context_free(validator->context);
    free(validator);
    return NULL;
}

/* Java writes a character beyond U+FFFF as a pair of surrogates, which UTF-8 has not: \uD800\uDC00-\uDBFF\uDFFF is one
 * range. */
static void translate(Buffer *out, const char *pattern)
{
    static const char pairs[] = "\\uD800\\uDC00-\\uDBFF\\uDFFF";
    while (*pattern) {
        if (!strncmp(pattern, pairs, sizeof pairs - 1)) {
            buffer_append_text(out, "\\x{10000}-\\x{10FFFF}");
            pattern += sizeof pairs - 1;
        } else if (pattern[0] == '\\' && pattern[1] == 'u' && strlen(pattern) >= 6) {
            buffer_append_format(out, "\\x{%.4s}", pattern + 2);
            pattern += 6;
        } else if (pattern[0] == '\\' && pattern[1]) {
            buffer_append(out, (Bytes){pattern, 2});
            pattern += 2;
        } else {
            buffer_append_char(out, *pattern++);
        }
    }
}

static pcre2_code *compile(const char *pattern)
{
    Buffer translated = {0};
    int error;
    PCRE2_SIZE at;
    translate(&translated, pattern);
    /* aws: Glue's pattern of a definition is ".*\S.*", and definitions of many lines pass */
    const uint32_t options =
        PCRE2_ANCHORED | PCRE2_ENDANCHORED | PCRE2_UTF | PCRE2_NO_UTF_CHECK | PCRE2_DOLLAR_ENDONLY | PCRE2_DOTALL;
    pcre2_code *code = pcre2_compile((PCRE2_SPTR)translated.ptr, translated.len, options, &error, &at, NULL);
    if (code)
        pcre2_jit_compile(code, PCRE2_JIT_COMPLETE);
    buffer_done(&translated);
    return code;
}

bool pattern_compiles(const char *pattern)
{
    pcre2_code *code = compile(pattern);
    pcre2_code_free(code);
    return code != NULL;
}

bool pattern_matches(Validator *validator, const Shape *shape, Bytes text)
{
    Bytes key = {(const char *)&shape->pattern, sizeof shape->pattern};
    pcre2_code *code = map_get(validator->compiled, key);
    if (!code) {
        code = compile(shape->pattern);
        if (!code)
            return true;
        map_put(validator->compiled, key, code);
    }
    return pcre2_match(code, (PCRE2_SPTR)text.ptr, text.len, 0, PCRE2_NO_UTF_CHECK, validator->match,
                       validator->context) >= 0;
}
