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

#define ITEM_BYTES_MAX    (400 * 1024) /* aws: Developer Guide, Quotas, Item size */
#define VALUE_NESTING_MAX 32 /* aws: Developer Guide, Quotas: "supports nested attributes up to 32 levels deep" */

/* All maps of values in the model lie in memory as Item does. */
#define AS_ITEM(map) ((Item *)(void *)(map))

extern const ErrorModel DYNAMODB_VALIDATION; /* ValidationException, as AWS spells it for DynamoDB */

const char *value_kind_name(int kind); /* "S", "SS", "BOOL" */
const char *value_kind_word(int kind); /* as some messages have it: "STRING", "NUMBER_SET", "MAP" */
/* The ten names; 0 where it is none of them. */
int value_kind_of(Bytes name);

/* Refuse what no item may hold, and bring numbers into their one form, in place. */
MUST_CHECK Status value_normalise(Call *call, Value *value);
MUST_CHECK Status item_normalise(Call *call, Item *item);
/* Of an item made of checked values: only their depth together is new. */
MUST_CHECK Status item_check_nesting(Call *call, const Item *item);
/* aws: Developer Guide, "Supported data types and naming rules": at least one byte and "no greater than 64 KB";
 * observed: 65,535 are taken, 65,536 are not */
#define ATTRIBUTE_NAME_BYTES_MAX 65535
static inline bool attribute_name_is_fine(Bytes name)
{
    return name.len && name.len <= ATTRIBUTE_NAME_BYTES_MAX;
}
/* value_refusal.c: in AWS's words. repeat: the place of the first member that was there before. */
MUST_CHECK Status number_check(Call *call, NumberFault fault, Bytes text);
MUST_CHECK Status set_refuse_double(Call *call, const Value *set, size_t repeat);
MUST_CHECK Status attribute_name_refuse(Call *call, Bytes name);

/* Both checked before. Sets are equal in any order. Takes steps in proportion to the smaller one. */
bool value_equal(Arena *arena, const Value *a, const Value *b);
/* Equal values have equal hashes. */
uint64_t value_hash(const Value *value, uint64_t seed);
/* "a, b", as messages have it: of structs of `stride` bytes that begin with a Bytes. */
Bytes names_listed(Arena *arena, const void *items, size_t len, size_t stride);
bool list_of_bytes_has(const Bytes *items, size_t len, Bytes wanted); /* for short ones */
/* S, N, B of one kind: false where they cannot be ordered. */
MUST_CHECK bool value_order(const Value *a, const Value *b, int *ret_order);

/* size.c has the rule. */
size_t number_size(Bytes text);
size_t value_size(const Value *value);
size_t item_size(const Item *item);
/* The same up to the limit; anything above it as soon as that is known: values may share their parts many times. */
size_t value_size_within(const Value *value, size_t limit);
size_t item_size_within(const Item *item, size_t limit);

/* Where among the item's attributes one of their values is. */
static inline size_t attribute_place(const Item *item, const Value *value)
{
    return (size_t)((const char *)value - (const char *)&item->items[0].value) / sizeof *item->items;
}
Value *item_get(const Item *item, Bytes name); /* NULL: not there. One by one: lookup.h where many are asked for */

/* The stored form. Decoding points into `stored`, which must be ours and outlive the item. */
void item_encode(Buffer *buffer, const Item *item);
Item item_decode(Arena *arena, Bytes stored);
