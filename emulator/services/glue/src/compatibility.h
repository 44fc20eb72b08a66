/* compatibility.h - the eight modes: what a new version is held against, and which of the two must read the other.
 * aws: Glue Developer Guide, "Schema versioning and compatibility". */
#pragma once
#include "format.h"

typedef struct Mode {
    bool backward; /* the new version reads what earlier ones wrote */
    bool forward;  /* earlier ones read what the new version writes */
    bool all;      /* every version from the checkpoint on is asked; else the latest alone */
} Mode;

/* NONE and DISABLED ask for nothing. */
Mode mode_of(Bytes compatibility);

typedef struct DefinitionPair {
    const Format *format;
    const void *next, *before; /* as the format's parse gave them */
} DefinitionPair;

typedef struct Verdict {
    bool is_compatible;
    bool is_new_reader; /* which way it failed: the new version cannot read, or cannot be read */
    Mismatch mismatch;
} Verdict;

Verdict mode_judge(Arena *arena, Mode mode, const DefinitionPair *pair);
