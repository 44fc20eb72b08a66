/* json_value.h - a JSON text as a tree in an arena: what JSON Schemas are read from and hold values against. */
#pragma once
#include "arena.h"

typedef enum JsonValueKind {
    VALUE_NULL,
    VALUE_BOOLEAN,
    VALUE_NUMBER,
    VALUE_STRING,
    VALUE_ARRAY,
    VALUE_OBJECT,
} JsonValueKind;

typedef struct JsonValue JsonValue;
struct JsonValue {
    JsonValueKind kind;
    bool truth;
    double number;
    Bytes text;
    size_t count;     /* of an array's or an object's */
    JsonValue *items; /* an array's values, or those of an object's members */
    Bytes *names;     /* an object's, in their order */
    /* The schema parser's own: */
    Bytes base;   /* the URI that references in it start from */
    void *schema; /* what was made of it */
};

/* NULL with the reason where it isn't JSON. */
JsonValue *json_value_read(Arena *arena, Bytes text, Bytes *ret_reason);
/* NULL: not an object, or no such member. */
JsonValue *json_value_member(const JsonValue *object, Bytes name);
bool json_value_equal(const JsonValue *a, const JsonValue *b);
/* For people; long ones are cut off. */
Bytes json_value_text(Arena *arena, const JsonValue *value);
