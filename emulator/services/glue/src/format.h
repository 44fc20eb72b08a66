/* format.h - the data formats as the registry sees them: AVRO, JSON, PROTOBUF. */
#pragma once
#include "mismatch.h"

typedef struct Format {
    Bytes name;
    /* NULL with the reason where it isn't a definition of the format; else what can_read takes. */
    const void *(*parse)(Arena *arena, Bytes definition, Bytes *ret_reason);
    /* Of a definition that parses. */
    Bytes (*canonical)(Arena *arena, Bytes definition);
    bool (*can_read)(Arena *arena, const void *reader, const void *writer, Mismatch *ret_mismatch);
} Format;

/* NULL: not built. */
const Format *format_find(Bytes name);
