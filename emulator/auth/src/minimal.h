/* minimal.h - the smallest policies that allow what was asked for. */
#pragma once
#include "arena.h"
#include <jansson.h>

typedef struct Note {
    Bytes principal, action, resource;
    const char *operation; /* that asked first */
    uint64_t count;
    bool is_granted; /* by others than their own policies */
    bool is_pattern; /* the resource: it comes by chance, and is told as it is */
    bool is_denied;  /* or would have been, at least once */
} Note;

/* An object: by principal, the policy that it needs. wanted: of this one alone; absent: all. Sorts the notes. */
json_t *minimal_policies(Note **notes, size_t count, Bytes wanted);
