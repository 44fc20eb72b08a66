/* value.h - attribute values: DynamoDB's ten types, as the model has them in memory, and how they are checked,
 * compared, measured and stored. */
#pragma once
#include "call.h"
#include "dynamodb_model.h"
#include "number.h"

typedef DynamodbAttributeValue Value;
typedef DynamodbAttributeMap Item;
typedef DynamodbAttributeMapEntry Attribute;

/* The model's members by their place in its union. */
typedef enum ValueKind {
    VALUE_NONE,
    VALUE_S,
    VALUE_N,
    VALUE_B,
    VALUE_SS,
    VALUE_NS,
    VALUE_BS,
    VALUE_M,
    VALUE_L,
    VALUE_NULL,
    VALUE_BOOL,
    VALUE_KINDS
} ValueKind;

#define VALUE_NESTING_MAX 32 /* aws: Developer Guide, Quotas: "supports nested attributes up to 32 levels deep" */

/* All maps of values in the model lie in memory as Item does. */
#define AS_ITEM(map) ((Item *)(void *)(map))

extern const ErrorModel DYNAMODB_VALIDATION; /* ValidationException, as AWS spells it for DynamoDB */

const char *value_kind_name(int kind); /* "S", "SS", "BOOL" */
const char *value_kind_word(int kind); /* as some messages have it: "STRING", "NUMBER_SET", "MAP" */
/* The ten names; 0 where it is none of them. */
int value_kind_of(Bytes name);

/* Refuses what no item may hold; brings numbers into their one form, in place. */
MUST_CHECK Status value_check(Call *call, Value *value);
MUST_CHECK Status item_check(Call *call, Item *item);
MUST_CHECK Status number_check(Call *call, NumberFault fault, Bytes text);

/* Both checked before. Sets are equal in any order. */
bool value_equal(const Value *a, const Value *b);
bool list_of_bytes_has(const Bytes *items, size_t len, Bytes wanted);
/* S, N, B of one kind: false where they cannot be ordered. */
MUST_CHECK bool value_order(const Value *a, const Value *b, int *ret_order);

/* aws: Developer Guide, "DynamoDB Item sizes and formats". */
size_t value_size(const Value *value);
size_t item_size(const Item *item);

/* Containers are copied, texts are shared. */
Value value_clone(Arena *arena, const Value *value);
Item item_clone(Arena *arena, const Item *item);

Value *item_get(const Item *item, Bytes name); /* NULL: not there */
/* Adds or replaces; the array is made anew in the arena when it grows. */
void item_set(Arena *arena, Item *item, Bytes name, Value value);
void item_remove(Item *item, Bytes name);

/* The stored form. Decoding points into `stored`, which must be ours and outlive the item. */
void item_encode(Buffer *buffer, const Item *item);
Item item_decode(Arena *arena, Bytes stored);
