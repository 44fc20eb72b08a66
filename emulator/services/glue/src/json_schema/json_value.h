/* json_value.h - a JSON text as a tree in an arena: what JSON Schemas are read from and hold values against. */
#pragma once
#include "map.h"

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
    double number; /* of a string: its characters */
    Bytes text;
    size_t count;         /* of an array's or an object's */
    JsonValue *items;     /* an array's values, or those of an object's members */
    Bytes *names;         /* an object's, in their order */
    const Bytes **sorted; /* those of a large object, in the alphabet's; NULL: it is small */
    uint64_t hash;        /* the same of all that are equal */
    size_t weight;        /* of a comparison with an equal one, in steps */
    /* The schema parser's own: */
    const struct Place *base; /* the URI that references in it start from */
    void *schema;             /* what was made of it */
};

/* What a comparison may cost, and what it keeps until its end: all of it is the arena's since it began. */
typedef struct Effort {
    Arena *arena;
    int64_t steps;              /* that are left; below 0 whatever is answered means nothing */
    Map *kept;                  /* by the address of what it was made of */
    struct RegexSpace *regexes; /* regex.c */
} Effort;
Effort effort_new(Arena *arena, int64_t steps);

/* NULL with the reason where it isn't JSON. */
JsonValue *json_value_read(Arena *arena, Bytes text, Bytes *ret_reason);
JsonValue json_value_of_text(Bytes text);
JsonValue json_value_of_few(JsonValueKind kind, bool truth); /* null, true, false */
/* NULL: not an object, or no such member. */
JsonValue *json_value_member(const JsonValue *object, Bytes name);
bool json_value_equal(const JsonValue *a, const JsonValue *b);
/* Is an equal value among the array's; are two of them equal? The first time sorts them. */
bool json_list_has(Effort *effort, const JsonValue *list, const JsonValue *value);
bool json_list_has_twins(Effort *effort, const JsonValue *list);
/* For people; long ones are cut off. */
Bytes json_value_text(Arena *arena, const JsonValue *value);
