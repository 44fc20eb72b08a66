/* blob_space.h - which bytes of a file are free: ranges, merged where they touch; all behind `end` is free as well. */
#pragma once
#include "bytes.h"

typedef struct Space Space;

Space *space_new(void);
Space *space_free(Space *space);
uint64_t space_take(Space *space, uint64_t length); /* the first that is large enough, else at the end: its place */
bool space_take_at(Space *space, uint64_t place, uint64_t length); /* just there, if that is free */
void space_give(Space *space, uint64_t place, uint64_t length);
uint64_t space_end(const Space *space);
uint64_t space_free_bytes(const Space *space);                           /* before the end */
bool space_is_free(const Space *space, uint64_t place, uint64_t length); /* all of it, before the end */
/* The first free range at or behind `from`; false: none before the end. */
bool space_next(const Space *space, uint64_t from, uint64_t *ret_place, uint64_t *ret_length);
