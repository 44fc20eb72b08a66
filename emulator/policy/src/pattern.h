/* pattern.h - texts with wildcards and variables, held against a text. */
#pragma once
#include "policy_evaluate.h"

typedef struct Pattern {
    const uint16_t *items; /* a byte, or one of: */
    size_t len;
} Pattern;
#define PATTERN_ANY 256 /* "*" */
#define PATTERN_ONE 257 /* "?" */

/* request: for "${key}"; NULL: variables mean nothing. has_wildcards: "*" and "?" do. False: a variable has no value.
 */
MUST_CHECK bool policy_pattern_read(Arena *arena, Bytes text, const PolicyRequest *request, bool has_wildcards,
                                    Pattern *ret_pattern);
bool policy_pattern_matches(Arena *arena, Pattern pattern, Bytes text, bool ignoring_case);
/* The key within "${key}" or "${key, 'default'}" that begins at text's first byte; *ret_len: how much of text it is.
 * False: that is no variable. ret_default: absent where there is none. */
bool policy_pattern_variable(Bytes text, Bytes *ret_key, Bytes *ret_default, size_t *ret_len);
