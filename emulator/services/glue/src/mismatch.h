/* mismatch.h - why data written with one schema cannot be read with another: where, and in words. The three formats
 * share it. */
#pragma once
#include "arena.h"

typedef struct Mismatch {
    Bytes path; /* "/address/street"; "/": the whole */
    Bytes what; /* "written as string, read as int" */
} Mismatch;

/* A way down into a schema, on the stack of whoever walks it; NULL is its root. */
typedef struct Step {
    const struct Step *above;
    Bytes name;
} Step;

#define MISMATCH_PATH_MAX 1000 /* bytes of a path that are told */
Bytes step_path(Arena *arena, const Step *step);
/* The same without an arena; returns the length. */
size_t step_path_into(const Step *step, char path[static MISMATCH_PATH_MAX]);
