/* avro.h - Avro schemas: are they one, and can what was written with one be read with another?
 * Apache Avro 1.11 Specification, "Schema Declaration" and "Schema Resolution". avro-c's own parser drops defaults and
 * aliases, which decide both questions. */
#pragma once
#include "arena.h"

typedef enum AvroKind {
    AVRO_NULL,
    AVRO_BOOLEAN,
    AVRO_INT,
    AVRO_LONG,
    AVRO_FLOAT,
    AVRO_DOUBLE,
    AVRO_BYTES,
    AVRO_STRING,
    AVRO_RECORD,
    AVRO_ENUM,
    AVRO_FIXED,
    AVRO_ARRAY,
    AVRO_MAP,
    AVRO_UNION,
} AvroKind;

typedef struct AvroSchema AvroSchema;

typedef struct AvroField {
    Bytes name;
    Bytes *aliases;
    size_t aliases_count;
    const AvroSchema *type;
    bool has_default;
} AvroField;

/* A named schema that is used again is the same AvroSchema: the graph has cycles where the schema is recursive. */
struct AvroSchema {
    AvroKind kind;
    Bytes full_name; /* record, enum, fixed: with its namespace */
    Bytes *aliases;  /* full names */
    size_t aliases_count;
    AvroField *fields;           /* record */
    Bytes *symbols;              /* enum */
    bool has_default;            /* enum: a symbol for those it doesn't know */
    int64_t size;                /* fixed */
    const AvroSchema **branches; /* union; of array and map the one element type */
    size_t count;                /* of fields, symbols or branches */
};

/* NULL with the reason where it isn't an Avro schema. */
const AvroSchema *avro_parse(Arena *arena, Bytes definition, Bytes *ret_reason);
/* The definition without white space, members in their order: two that differ only there are the same schema. Absent:
 * not JSON. */
Bytes avro_canonical(Arena *arena, Bytes definition);
/* Can data written with `writer` be read with `reader`? If not, *ret_reason says where. */
bool avro_can_read(Arena *arena, const AvroSchema *reader, const AvroSchema *writer, Bytes *ret_reason);
