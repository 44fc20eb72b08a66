/* encoding.h - percent-encoding as signatures want it, and the parameters of a query. */
#pragma once
#include "arena.h"
#include "buffer.h"

typedef enum EncodingForm {
    ENCODING_OF_PATH,      /* "/" stays */
    ENCODING_OF_PARAMETER, /* "+" is a space */
} EncodingForm;

/* Decoded where it is encoded, then encoded as AWS does: all but letters, digits, "-", ".", "_" and "~". */
void encoding_append(Buffer *out, Bytes text, EncodingForm form);
/* Encoded once more, as it is. */
void encoding_append_raw(Buffer *out, Bytes text);
Bytes encoding_decoded(Arena *arena, Bytes text);
/* The value of the first of that name, decoded; absent: there is none. */
Bytes encoding_parameter(Arena *arena, Bytes query, Bytes name);
/* A parameter, and the order of all of them: by name, then by value. */
typedef struct EncodingPair {
    Bytes name, value;
} EncodingPair;
int encoding_compare(const void *a, const void *b);
size_t encoding_count(Bytes text, char mark); /* of the parts that a mark stands between */
/* The buffer's bytes in the arena; it is done with. */
Bytes encoding_taken(Arena *arena, Buffer *buffer);
