/* value.c - checks and comparisons. */
#include "value.h"
#include "map.h"

#define INVALID "One or more parameter values were invalid: "

static const struct KindNames {
    const char *name, *word;
} kinds[VALUE_KINDS] = {
    [VALUE_S] = {"S", "STRING"},        [VALUE_N] = {"N", "NUMBER"},       [VALUE_B] = {"B", "BINARY"},
    [VALUE_SS] = {"SS", "STRING_SET"},  [VALUE_NS] = {"NS", "NUMBER_SET"}, [VALUE_BS] = {"BS", "BINARY_SET"},
    [VALUE_M] = {"M", "MAP"},           [VALUE_L] = {"L", "LIST"},         [VALUE_NULL] = {"NULL", "NULL"},
    [VALUE_BOOL] = {"BOOL", "BOOLEAN"},
};

const char *value_kind_name(int kind)
{
    return kind > 0 && kind < VALUE_KINDS ? kinds[kind].name : "";
}

const char *value_kind_word(int kind)
{
    return kind > 0 && kind < VALUE_KINDS ? kinds[kind].word : "";
}

int value_kind_of(Bytes name)
{
    for (int kind = VALUE_S; kind < VALUE_KINDS; kind++)
        if (bytes_is(name, kinds[kind].name))
            return kind;
    return VALUE_NONE;
}

Status number_check(Call *call, NumberFault fault, Bytes text)
{
    switch (fault) {
    case NUMBER_FINE:
        return OK;
    case NUMBER_TOO_PRECISE:
        return fail(call, &DYNAMODB_VALIDATION, "Attempting to store more than 38 significant digits in a Number");
    case NUMBER_TOO_LARGE:
        return fail(call, &DYNAMODB_VALIDATION,
                    "Number overflow. Attempting to store a number with magnitude larger than supported range");
    case NUMBER_TOO_SMALL:
        return fail(call, &DYNAMODB_VALIDATION,
                    "Number underflow. Attempting to store a number with magnitude smaller than supported range");
    case NUMBER_NOT_ONE:
        break;
    }
    if (!text.len)
        return fail(call, &DYNAMODB_VALIDATION, "The parameter cannot be converted to a numeric value");
    return fail(call, &DYNAMODB_VALIDATION, "The parameter cannot be converted to a numeric value: " BYTES_FMT,
                BYTES_ARG(text));
}

/* Most numbers that clients send are short and have their one form already. */
static bool is_plain_integer(Bytes text)
{
    if (!text.len || text.len > 18 || text.ptr[0] < '1' || text.ptr[0] > '9')
        return text.len == 1 && text.ptr[0] == '0';
    for (size_t i = 1; i < text.len; i++)
        if (text.ptr[i] < '0' || text.ptr[i] > '9')
            return false;
    return true;
}

static Status check_number(Call *call, Bytes *text)
{
    Number number;
    if (is_plain_integer(*text))
        return OK;
    TRY(number_check(call, number_parse(*text, &number), *text));
    *text = number_text(call->arena, &number);
    return OK;
}

bool list_of_bytes_has(const Bytes *items, size_t len, Bytes wanted)
{
    for (size_t i = 0; i < len; i++)
        if (bytes_equal(items[i], wanted))
            return true;
    return false;
}

#define SET_SCANNED_MAX 32 /* above it a map finds doubles faster */

static bool has_doubles(const Bytes *items, size_t len)
{
    bool found = false;
    if (len <= SET_SCANNED_MAX) {
        for (size_t i = 1; i < len; i++)
            if (list_of_bytes_has(items, i, items[i]))
                return true;
        return false;
    }
    Map *seen = map_new();
    for (size_t i = 0; i < len && !found; i++)
        found = map_put(seen, items[i], seen) != NULL;
    map_free(seen);
    return found;
}

static Bytes list_text(Arena *arena, const Bytes *items, size_t len)
{
    Buffer text = {0};
    for (size_t i = 0; i < len; i++) {
        buffer_append_text(&text, i ? ", " : "");
        buffer_append(&text, items[i]);
    }
    Bytes copy = arena_copy(arena, buffer_bytes(&text));
    buffer_done(&text);
    return copy;
}

static Status check_set(Call *call, Value *value)
{
    DynamodbStringSetAttributeValue *set = &value->ss;
    if (!set->len)
        return fail(call, &DYNAMODB_VALIDATION,
                    value->kind == VALUE_BS ? INVALID "Binary sets should not be empty"
                                            : INVALID "An %s set  may not be empty",
                    value->kind == VALUE_NS ? "number" : "string");
    for (size_t i = 0; i < set->len && value->kind == VALUE_NS; i++)
        TRY(check_number(call, &set->items[i]));
    if (!has_doubles(set->items, set->len))
        return OK;
    if (value->kind == VALUE_SS)
        return fail(call, &DYNAMODB_VALIDATION, INVALID "Input collection [" BYTES_FMT "] contains duplicates.",
                    BYTES_ARG(list_text(call->arena, set->items, set->len)));
    return fail(call, &DYNAMODB_VALIDATION, INVALID "Input collection contains duplicates");
}

static Status check_value(Call *call, Value *value, int depth)
{
    if (depth > VALUE_NESTING_MAX)
        return fail(call, &DYNAMODB_VALIDATION, "Nesting Levels have exceeded supported limits");
    switch (value->kind) {
    case VALUE_NONE:
        return fail(call, &DYNAMODB_VALIDATION,
                    "Supplied AttributeValue is empty, must contain exactly one of the supported datatypes");
    case UNION_SEVERAL:
        return fail(call, &DYNAMODB_VALIDATION,
                    "Supplied AttributeValue has more than one datatypes set, must contain exactly one of the "
                    "supported datatypes");
    case VALUE_N:
        return check_number(call, &value->n);
    case VALUE_SS:
    case VALUE_NS:
    case VALUE_BS:
        return check_set(call, value);
    case VALUE_NULL:
        return value->null
                   ? OK
                   : fail(call, &DYNAMODB_VALIDATION, INVALID "Null attribute value types must have the value of true");
    case VALUE_L:
        for (size_t i = 0; i < value->l.len; i++)
            TRY(check_value(call, &value->l.items[i], depth + 1));
        return OK;
    case VALUE_M:
        for (size_t i = 0; i < value->m.len; i++)
            TRY(check_value(call, &AS_ITEM(&value->m)->items[i].value, depth + 1));
        return OK;
    default:
        return OK;
    }
}

Status value_check(Call *call, Value *value)
{
    return check_value(call, value, 1);
}

Status item_check(Call *call, Item *item)
{
    for (size_t i = 0; i < item->len; i++)
        TRY(check_value(call, &item->items[i].value, 1));
    return OK;
}

static bool sets_equal(const Value *a, const Value *b)
{
    if (a->ss.len != b->ss.len)
        return false;
    for (size_t i = 0; i < a->ss.len; i++)
        if (!list_of_bytes_has(b->ss.items, b->ss.len, a->ss.items[i]))
            return false;
    return true;
}

static bool maps_equal(const Item *a, const Item *b)
{
    if (a->len != b->len)
        return false;
    for (size_t i = 0; i < a->len; i++) {
        const Value *other = item_get(b, a->items[i].key);
        if (!other || !value_equal(&a->items[i].value, other))
            return false;
    }
    return true;
}

bool value_equal(const Value *a, const Value *b)
{
    if (a->kind != b->kind)
        return false;
    switch (a->kind) {
    case VALUE_S:
    case VALUE_N:
    case VALUE_B:
        return bytes_equal(a->s, b->s);
    case VALUE_SS:
    case VALUE_NS:
    case VALUE_BS:
        return sets_equal(a, b);
    case VALUE_BOOL:
        return a->bool_ == b->bool_;
    case VALUE_M:
        return maps_equal(AS_ITEM(&a->m), AS_ITEM(&b->m));
    case VALUE_L:
        if (a->l.len != b->l.len)
            return false;
        for (size_t i = 0; i < a->l.len; i++)
            if (!value_equal(&a->l.items[i], &b->l.items[i]))
                return false;
        return true;
    default:
        return true;
    }
}

bool value_order(const Value *a, const Value *b, int *ret_order)
{
    Number one, other;
    if (a->kind != b->kind)
        return false;
    if (a->kind == VALUE_S || a->kind == VALUE_B) {
        *ret_order = bytes_compare(a->s, b->s);
        return true;
    }
    if (a->kind != VALUE_N || number_parse(a->n, &one) || number_parse(b->n, &other))
        return false;
    *ret_order = number_compare(&one, &other);
    return true;
}
