/* base64.h - RFC 4648 base64 with padding, vectorised where the CPU can (SSSE3/AVX2 chosen at run time), portable
 * elsewhere. */
#pragma once
#include "arena.h"

static inline size_t base64_encoded_len(size_t len)
{
    return (len + 2) / 3 * 4;
}
static inline size_t base64_decoded_max(size_t len)
{
    return len / 4 * 3;
}

/* Writes base64_encoded_len(in.len) bytes; returns that. */
size_t base64_encode(char *out, Bytes in);
Bytes base64_text(Arena *arena, Bytes in);
/* Writes at most base64_decoded_max(in.len) bytes. Returns how many, or -1 where the text is not canonical padded
 * base64. */
ptrdiff_t base64_decode(char *out, Bytes in);

size_t base64_encode_portable(char *out, Bytes in); /* for tests: what the vectorised one must equal */
