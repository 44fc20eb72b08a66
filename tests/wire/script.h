/* script.h - a test's file as a list of steps. README.md tells the form. */
#pragma once
#include "arena.h"
#include "http_head.h"

#define STEPS_MAX        200
#define STEP_HEADERS_MAX 16
#define OPTIONS_MAX      16

typedef struct Step {
    int line;           /* of the file, from 1 on */
    int64_t advance_ms; /* > 0: the clock moves, and nothing is asked */
    Bytes service, operation;
    Bytes protocol; /* "cbor", "query"; absent: the service's first */
    HttpHeader sent[STEP_HEADERS_MAX], wanted[STEP_HEADERS_MAX];
    size_t sent_count, wanted_count;
    Bytes input;
    int status;
    Bytes code; /* of an error; absent: none is wanted */
    Bytes output;
} Step;

typedef struct Script {
    Step steps[STEPS_MAX];
    size_t count;
    const char *options[OPTIONS_MAX]; /* as on the command line; ends with NULL */
    size_t options_count;
    int line;        /* where it could not be read */
    const char *why; /* NULL: it could */
} Script;

/* Points into text and the arena. */
void script_read(Script *script, Arena *arena, Bytes text);
