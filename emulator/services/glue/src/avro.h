/* avro.h - Avro schemas: are they one, and can what was written with one be read with another?
 * Apache Avro 1.11 Specification, "Schema Declaration" and "Schema Resolution". avro-c's own parser drops defaults and
 * aliases, which decide both questions. Where the specification is stricter than Avro for Java 1.11.4, which is what
 * AWS runs, Java decides: a namespace may hold any characters, an enum's field default any text. */
#pragma once
#include "map.h"
#include "mismatch.h"

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

/* A namespace, which many names share however long it is; within one schema there is one of it. */
typedef struct AvroSpace {
    Bytes text;
    uint64_t hash;
    Map *names; /* those in it → AvroSchema */
} AvroSpace;

typedef struct AvroName {
    const AvroSpace *space;
    Bytes name; /* without it */
} AvroName;

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
    AvroName name; /* record, enum, fixed */
    AvroName *aliases;
    size_t aliases_count;
    AvroField *fields;           /* record, in their order */
    Bytes *symbols;              /* enum, in their order */
    const Bytes **sorted;        /* record, enum: the names of fields or the symbols, for avro_find */
    bool has_default;            /* enum: a symbol for those it doesn't know */
    int64_t size;                /* fixed */
    const AvroSchema **branches; /* union; of array and map the one element type */
    size_t count;                /* of fields, symbols or branches */
    size_t stamp;                /* the parser's own */
};

/* NULL with the reason where it isn't an Avro schema. */
const AvroSchema *avro_parse(Arena *arena, Bytes definition, Bytes *ret_reason);
/* The field or symbol of that name; NULL: none. */
const AvroField *avro_find_field(const AvroSchema *record, Bytes name);
bool avro_has_symbol(const AvroSchema *schema, Bytes symbol);
const char *avro_kind_name(AvroKind kind);
bool avro_names_equal(AvroName one, AvroName other);
Bytes avro_name_text(Arena *arena, AvroName name); /* with its namespace; long ones are cut off */
/* Can data written with `writer` be read with `reader`? If not, *ret_mismatch says where and why. */
bool avro_can_read(Arena *arena, const AvroSchema *reader, const AvroSchema *writer, Mismatch *ret_mismatch);
