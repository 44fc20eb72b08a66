/* json_schema.h - JSON Schemas, draft-04, -06 and -07: are they one, does a value hold to one, and is all that one
 * allows allowed by another? JSON Schema Validation, draft-07, section 6; draft-04, section 5. */
#pragma once
#include "json_value.h"
#include "mismatch.h"

enum {
    TYPE_NULL = 1,
    TYPE_BOOLEAN = 2,
    TYPE_INTEGER = 4,
    TYPE_FRACTION = 8, /* numbers that are no integers: "number" is both */
    TYPE_STRING = 16,
    TYPE_ARRAY = 32,
    TYPE_OBJECT = 64,
    TYPE_NUMBER = TYPE_INTEGER | TYPE_FRACTION,
    TYPE_ALL = 127,
};

/* What has a least and a most: minimum, minLength, minItems, minProperties. */
typedef enum RangeKind { RANGE_NUMBER, RANGE_LENGTH, RANGE_ITEMS, RANGE_PROPERTIES, RANGES } RangeKind;

typedef struct Range {
    double low, high; /* infinite where nothing is said */
    bool is_low_open, is_high_open;
} Range;

typedef struct JsonSchema JsonSchema;
typedef struct Regex Regex;
typedef struct RegexSpace RegexSpace;

typedef struct SchemaList {
    const JsonSchema **items;
    size_t count;
} SchemaList;

typedef struct JsonProperty {
    Bytes name; /* or the pattern */
    const Regex *pattern;
    const JsonSchema *schema;
} JsonProperty;

/* sorted: by their names, for properties_find. */
typedef struct PropertyList {
    JsonProperty *items;
    const JsonProperty **sorted;
    size_t count;
} PropertyList;

typedef struct NameList {
    Bytes *items;
    const Bytes **sorted;
    size_t count;
} NameList;

/* A schema that is referred to is the same JsonSchema: the graph has cycles where the schema is recursive. Pointers
 * that are NULL ask for nothing. */
struct JsonSchema {
    const JsonValue *source;
    const JsonSchema *ref; /* then nothing else counts */
    bool is_false;
    unsigned types;
    const JsonValue *enumeration; /* a list */
    const JsonValue *constant;
    Range ranges[RANGES];
    double multiple_of; /* 0: any */
    Bytes pattern_text;
    const Regex *pattern;
    SchemaList tuple;       /* items as a list */
    const JsonSchema *rest; /* items as one schema; beside a list additionalItems */
    bool is_unique;
    const JsonSchema *contains;
    PropertyList properties, patterns;
    const JsonSchema *additional;
    NameList required;
    const JsonSchema *names;
    PropertyList dependencies; /* what is asked of an object with that member; a list of names as "required" */
    SchemaList all, any, one;
    const JsonSchema *negated, *condition, *then, *otherwise;
};

/* NULL with the reason where it isn't a JSON Schema. */
const JsonSchema *json_schema_parse(Arena *arena, Bytes definition, Bytes *ret_reason);
/* With all references followed; one that leads round in a circle gives NULL, which asks for nothing. */
const JsonSchema *json_schema_target(const JsonSchema *schema);
/* What a walk may cost; each look at a node takes one of the steps that are left, more where there is more to do. Below
 * 0 the answer is true and means nothing. */
typedef struct Walk {
    Effort *effort;
    int depth;
} Walk;
bool json_schema_validates(Walk walk, const JsonSchema *schema, const JsonValue *value);
unsigned json_value_type(const JsonValue *value); /* one of TYPE_… */
bool range_has(const Range *range, double number);
bool is_multiple(double number, double of);
bool names_have(const NameList *names, Bytes name);
const JsonSchema *properties_find(const PropertyList *properties, Bytes name);
/* The schemas that a node asks of the member of that name: properties, patternProperties, else additionalProperties.
 * Calls for each; stops where that answers false, and answers it. */
typedef bool MemberFunction(void *context, const JsonSchema *schema);
typedef struct MemberVisit {
    MemberFunction *function;
    void *context;
    Effort *effort;
} MemberVisit;
bool json_schema_each_of_member(const JsonSchema *schema, Bytes name, const MemberVisit *visit);

/* Is each value that `writer` allows allowed by `reader`, too? If not, or where it cannot be told, *ret_mismatch says
 * where and why. */
bool json_schema_can_read(Arena *arena, const JsonSchema *reader, const JsonSchema *writer, Mismatch *ret_mismatch);

/* ECMA 262's, as near as PCRE2 comes; lives in the arena. NULL: it isn't one. */
RegexSpace *regex_space_new(Arena *arena);
const Regex *regex_compile(RegexSpace *space, Bytes text);
/* Anywhere in it. Below 0 steps the answer is true and means nothing. */
bool regex_matches(Effort *effort, const Regex *regex, Bytes text);
