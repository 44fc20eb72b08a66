/* bytes.h - a view of somebody else's memory, and what one can ask of it. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define MUST_CHECK __attribute__((warn_unused_result))

/* ptr == NULL is «absent», len == 0 alone is «empty». Never ends in NUL. */
typedef struct Bytes {
    const char *ptr;
    size_t len;
} Bytes;

#define TEXT(literal) ((Bytes){(literal), sizeof(literal) - 1})
#define BYTES_FMT     "%.*s"
#define BYTES_ARG(b)  (int)(b).len, (b).ptr

static inline bool present(Bytes b)
{
    return b.ptr != NULL;
}
static inline Bytes bytes_of(const char *text)
{
    return (Bytes){text, text ? strlen(text) : 0};
}
static inline Bytes bytes_slice(Bytes b, size_t from, size_t len)
{
    return (Bytes){b.ptr + from, len};
}
static inline bool bytes_equal(Bytes a, Bytes b)
{
    return a.len == b.len && (!a.len || !memcmp(a.ptr, b.ptr, a.len));
}
/* Mostly it isn't, and its first byte tells: text that is no constant isn't measured then. */
static inline bool bytes_is(Bytes a, const char *text)
{
    return (!a.len || (text && *a.ptr == *text)) && bytes_equal(a, bytes_of(text));
}
static inline bool bytes_starts_with(Bytes a, Bytes prefix)
{
    return a.len >= prefix.len && !memcmp(a.ptr, prefix.ptr, prefix.len);
}

/* As memcmp, then the shorter first: the order of DynamoDB's binary and UTF-8 keys. */
int bytes_compare(Bytes a, Bytes b);
bool bytes_equal_ignoring_case(Bytes a, Bytes b); /* ASCII only */

/* Position of the first (last) c, or -1. */
ptrdiff_t bytes_find(Bytes b, char c);
ptrdiff_t bytes_find_last(Bytes b, char c);

/* Cuts what stands before the first c off *rest and returns it; all of *rest where there is none, and *rest is absent
 * then. */
Bytes bytes_cut(Bytes *rest, char c);
/* words: with one space between them. */
bool words_have(const char *words, Bytes word);

/* Decimal, optional minus, all of it, no overflow; else false and *ret untouched. */
bool bytes_to_int64(Bytes b, int64_t *ret);
bool bytes_to_uint64(Bytes b, uint64_t *ret);
/* Decimal, with or without a point and an exponent, all of it, at most 64 characters, finite; else false. */
bool bytes_to_double(Bytes b, double *ret);
/* Digits of a number below 2^192: its words of 64 bits, the least first. Else false. */
bool bytes_to_words(Bytes b, uint64_t ret[static 3]);

/* With a seed that nobody outside knows (from the kernel), keys that collide cannot be chosen. */
uint64_t bytes_hash(Bytes b, uint64_t seed);

/* Valid UTF-8 (no surrogates, no overlong forms). */
bool bytes_is_utf8(Bytes b);
size_t bytes_utf8_length(Bytes b); /* code points */
/* How many bytes its first character takes; 0: that is not valid UTF-8. b.len > 0. */
size_t bytes_utf8_character(Bytes b);
/* Its beginning, at most that many bytes, with no character cut in two. */
Bytes bytes_utf8_prefix(Bytes b, size_t most_bytes);
