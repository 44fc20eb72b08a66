/* arena.c - a list of blocks, freed together. Each new block is twice the last, up to a bound; what is large gets a
 * block of its own, so that it wastes nothing of the one at hand and can be given back. */
#include "budget.h"
#include "buffer.h"
#include <stdalign.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>

#define FIRST_BLOCK   4096
#define LARGEST_BLOCK (256 * 1024)
#define LARGE_BYTES   (64 * 1024)
/* From there on the system is asked: malloc would keep what is given back, in pieces between others. */
#define MAPPED_BYTES ((size_t)4 * 1024 * 1024)

typedef struct Block {
    struct Block *next;
    size_t size, used;
    alignas(max_align_t) char memory[];
} Block;

typedef struct Deferred {
    struct Deferred *next;
    void (*done)(void *thing);
    void *thing;
} Deferred;

struct Arena {
    Block *blocks; /* the newest first: takes come from it */
    Block *large;  /* those of one piece each; the newest first */
    size_t used, held;
    Deferred *deferred; /* the newest first */
    Budget budget;      /* all zero: unbounded */
    uint64_t spent;
    const char *stack_base;
};

static void *memory_new(size_t size)
{
    if (size < MAPPED_BYTES)
        return malloc(size);
    void *memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    return memory == MAP_FAILED ? NULL : memory;
}

static void block_free(Block *block)
{
    size_t size = sizeof *block + block->size;
    if (size < MAPPED_BYTES)
        free(block);
    else
        munmap(block, size);
}

static Block *block_new(size_t size, Block *next)
{
    Block *block = memory_new(sizeof *block + size);
    if (!block)
        abort();
    block->next = next;
    block->size = size;
    block->used = 0;
    return block;
}

Arena *arena_new(void)
{
    Arena *arena = calloc(1, sizeof *arena);
    if (!arena)
        abort();
    arena->blocks = block_new(FIRST_BLOCK - sizeof(Block), NULL);
    arena->held = FIRST_BLOCK;
    return arena;
}

/* Down to, and without, the one named. */
static void free_blocks(Arena *arena, Block **list, const Block *until)
{
    for (Block *block; (block = *list) != until;) {
        *list = block->next;
        arena->held -= sizeof(Block) + block->size;
        block_free(block);
    }
}

static void run_deferred(Arena *arena, const void *until)
{
    for (Deferred *deferred; (deferred = arena->deferred) != until;) {
        arena->deferred = deferred->next;
        deferred->done(deferred->thing);
    }
}

Arena *arena_free(Arena *arena)
{
    if (arena) {
        run_deferred(arena, NULL);
        free_blocks(arena, &arena->blocks, NULL);
        free_blocks(arena, &arena->large, NULL);
    }
    free(arena);
    return NULL;
}

void arena_defer(Arena *arena, void (*done)(void *thing), void *thing)
{
    Deferred *deferred = arena_new_of(arena, Deferred);
    *deferred = (Deferred){arena->deferred, done, thing};
    arena->deferred = deferred;
}

static void done_with_buffer(void *buffer)
{
    buffer_done(buffer);
}

Buffer *arena_buffer(Arena *arena)
{
    Buffer *buffer = arena_new_of(arena, Buffer);
    arena_defer(arena, done_with_buffer, buffer);
    return buffer;
}

void arena_reset(Arena *arena)
{
    run_deferred(arena, NULL);
    budget_clear(arena);
    Block *first = arena->blocks;
    while (first->next)
        first = first->next;
    free_blocks(arena, &arena->blocks, first);
    free_blocks(arena, &arena->large, NULL);
    first->used = 0;
    arena->used = 0;
}

ArenaMark arena_mark(const Arena *arena)
{
    return (ArenaMark){arena->blocks, arena->large, arena->deferred, arena->blocks->used, arena->used};
}

void arena_rewind(Arena *arena, ArenaMark mark)
{
    run_deferred(arena, mark.deferred);
    free_blocks(arena, &arena->blocks, mark.block);
    free_blocks(arena, &arena->large, mark.large);
    arena->blocks->used = mark.at;
    arena->used = mark.used;
}

static size_t next_block_size(const Arena *arena)
{
    size_t size = (arena->blocks->size + sizeof(Block)) * 2;
    return (size > LARGEST_BLOCK ? LARGEST_BLOCK : size) - sizeof(Block);
}

__attribute__((noreturn)) static void over(Arena *arena, BudgetKind kind)
{
    Budget budget = arena->budget;
    budget_clear(arena);
    budget.over(budget.context, kind);
}

static void check_room(Arena *arena, size_t needed)
{
    size_t max = arena->budget.memory_bytes;
    if (max && (needed > max || arena->held > max - needed))
        over(arena, BUDGET_MEMORY);
    if (needed > SIZE_MAX / 2)
        abort();
}

/* Only a new block is looked at: takes from one that is there cost nothing more. */
static void grow(Arena *arena, Block **list, size_t needed, size_t size)
{
    check_room(arena, needed);
    if (size < needed)
        size = needed;
    *list = block_new(size, *list);
    arena->held += sizeof(Block) + size;
}

static char *take(Arena *arena, size_t size, size_t alignment)
{
    Block *block = arena->blocks;
    size_t at = (block->used + alignment - 1) & ~(alignment - 1);
    if (at > block->size || size > block->size - at) {
        bool is_large = size >= LARGE_BYTES;
        Block **list = is_large ? &arena->large : &arena->blocks;
        grow(arena, list, size, is_large ? size : next_block_size(arena));
        block = *list;
        at = 0;
    }
    block->used = at + size;
    arena->used += size;
    return block->memory + at;
}

static Block **large_block_of(Arena *arena, const void *piece)
{
    for (Block **at = &arena->large; *at; at = &(*at)->next)
        if ((*at)->memory == piece)
            return at;
    return NULL;
}

void arena_give_back(Arena *arena, const void *piece)
{
    Block **at = large_block_of(arena, piece), *block;
    if (!at)
        return;
    block = *at;
    *at = block->next;
    arena->held -= sizeof(Block) + block->size;
    block_free(block);
}

/* A mapped block moves with its pages: nothing is copied. */
static void *remap(Arena *arena, Block **at, size_t size)
{
    Block *block = *at;
    size_t before = sizeof *block + block->size, after = sizeof *block + size;
    check_room(arena, after - before);
    block = mremap(block, before, after, MREMAP_MAYMOVE);
    if (block == MAP_FAILED)
        abort();
    *at = block;
    block->size = block->used = size;
    arena->held += after - before;
    return block->memory;
}

void *arena_grown(Arena *arena, const void *piece, size_t size, size_t wanted)
{
    Block **at = piece ? large_block_of(arena, piece) : NULL;
    if (at && sizeof(Block) + (*at)->size >= MAPPED_BYTES && wanted > (*at)->size)
        return remap(arena, at, wanted);
    char *grown = take(arena, wanted, alignof(max_align_t));
    if (size)
        memcpy(grown, piece, size);
    arena_give_back(arena, piece);
    return grown;
}

void *arena_take(Arena *arena, size_t size)
{
    return memset(take(arena, size, alignof(max_align_t)), 0, size);
}

void *arena_take_array(Arena *arena, size_t count, size_t size)
{
    size_t total;
    if (__builtin_mul_overflow(count, size, &total))
        total = SIZE_MAX; /* over any budget */
    return arena_take(arena, total);
}

char *arena_take_raw(Arena *arena, size_t size)
{
    return take(arena, size, 1);
}

Bytes arena_copy(Arena *arena, Bytes b)
{
    if (!present(b))
        return b;
    char *copy = arena_take_raw(arena, b.len + 1);
    if (b.len)
        memcpy(copy, b.ptr, b.len);
    return (Bytes){copy, b.len};
}

Bytes arena_lower(Arena *arena, Bytes b)
{
    Bytes copy = arena_copy(arena, b);
    char *letters = (char *)(uintptr_t)copy.ptr;
    for (size_t i = 0; i < copy.len; i++)
        if (letters[i] >= 'A' && letters[i] <= 'Z')
            letters[i] = (char)(letters[i] + ('a' - 'A'));
    return copy;
}

Bytes arena_text(Arena *arena, const char *format, ...)
{
    char small[256];
    va_list args, again;
    va_start(args, format);
    va_copy(again, args);
    int len = vsnprintf(small, sizeof small, format, args);
    if (len < 0)
        abort();
    char *text = arena_take_raw(arena, (size_t)len + 1);
    if ((size_t)len < sizeof small)
        memcpy(text, small, (size_t)len + 1);
    else
        vsnprintf(text, (size_t)len + 1, format, again);
    va_end(again);
    va_end(args);
    return (Bytes){text, (size_t)len};
}

const char *arena_cstr(Arena *arena, Bytes b)
{
    char *text = arena_take_raw(arena, b.len + 1);
    if (b.len)
        memcpy(text, b.ptr, b.len);
    text[b.len] = '\0';
    return text;
}

size_t arena_used(const Arena *arena)
{
    return arena->used;
}

size_t arena_held(const Arena *arena)
{
    return arena->held;
}

void budget_set(Arena *arena, const Budget *budget)
{
    arena->budget = *budget;
    arena->spent = 0;
    arena->stack_base = __builtin_frame_address(0);
}

void budget_clear(Arena *arena)
{
    arena->budget = (Budget){0};
}

void budget_work(Arena *arena, uint64_t steps)
{
    arena->spent += steps;
    if (arena->budget.work_steps && arena->spent > arena->budget.work_steps)
        over(arena, BUDGET_WORK);
}

uint64_t budget_spent(const Arena *arena)
{
    return arena->spent;
}

/* The stack grows downwards on every machine that this is built for. */
void budget_descend(Arena *arena)
{
    const char *here = __builtin_frame_address(0);
    if (arena->budget.stack_bytes && (size_t)(arena->stack_base - here) > arena->budget.stack_bytes)
        over(arena, BUDGET_STACK);
}
