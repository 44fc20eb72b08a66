/* toml.h - the lines of evpoc.toml: TOML's keys, strings, integers and booleans; no tables, no arrays, no dates.
 * https://toml.io/en/v1.0.0 */
#pragma once
#include "arena.h"

typedef enum TomlStep { TOML_PAIR, TOML_END, TOML_WRONG } TomlStep;

typedef struct Toml {
    const char *at, *end;
    int line; /* of what toml_next gave last */
} Toml;

Toml toml_open(Bytes text); /* a NUL stands behind text */
/* TOML_WRONG: *ret_value says why. Values are texts: a string's content, or the literal as it stands, without _. */
TomlStep toml_next(Arena *arena, Toml *toml, Bytes *ret_key, Bytes *ret_value);
