/* arena.h - memory that dies with its owner: nothing taken from an arena is freed one by one. */
#pragma once
#include "bytes.h"

typedef struct Arena Arena;

Arena *arena_new(void);
Arena *arena_free(Arena *arena); /* NULL is fine; returns NULL, so that `a = arena_free(a)` */

/* Empties it but keeps a block for the next use. */
void arena_reset(Arena *arena);

/* What is taken between the two is given back, its deferred handles as well: for what a loop needs for one of its
 * rounds. */
typedef struct ArenaMark {
    const void *block, *large, *deferred;
    size_t at, used;
} ArenaMark;
ArenaMark arena_mark(const Arena *arena);
void arena_rewind(Arena *arena, ArenaMark mark);

/* A piece that nobody will look at any more; only a large one is really given back. Not one that was there at a mark.
 */
void arena_give_back(Arena *arena, const void *piece);
/* A larger piece, aligned for any type, that begins with the `size` bytes of this one, which is given back; the rest
 * holds anything. */
void *arena_grown(Arena *arena, const void *piece, size_t size, size_t wanted);

/* Zeroed, aligned for any type; never NULL (running out of memory ends the process; out of its budget, the call:
 * budget.h). */
void *arena_take(Arena *arena, size_t size);
/* Zeroed array; count * size is checked. */
void *arena_take_array(Arena *arena, size_t count, size_t size);
/* Not zeroed: for bytes that are written at once. */
char *arena_take_raw(Arena *arena, size_t size);

/* A copy; absent stays absent. */
Bytes arena_copy(Arena *arena, Bytes b);
Bytes arena_lower(Arena *arena, Bytes b); /* a copy with A-Z in lower case */
/* Formatted; a NUL follows the last byte but is not counted. */
Bytes arena_text(Arena *arena, const char *format, ...) __attribute__((format(printf, 2, 3)));
const char *arena_cstr(Arena *arena, Bytes b); /* NUL-terminated copy; for foreign libraries */
size_t arena_used(const Arena *arena);         /* bytes handed out since new or reset */
size_t arena_held(const Arena *arena);         /* bytes of its blocks: what it costs */

/* done(thing) is called when the arena is freed or reset, the newest first: for handles of libraries. */
void arena_defer(Arena *arena, void (*done)(void *thing), void *thing);
/* An empty one (buffer.h), whose bytes are freed so. */
struct Buffer *arena_buffer(Arena *arena);

#define arena_new_of(arena, Type)           ((Type *)arena_take((arena), sizeof(Type)))
#define arena_new_array(arena, Type, count) ((Type *)arena_take_array((arena), (count), sizeof(Type)))
