/* symbols.c - ExpressionAttributeNames and ExpressionAttributeValues of one request. */
#include "expression.h"
#include "layer.h"
#include <ctype.h>

static bool is_reference(Bytes key, char sign)
{
    if (key.len < 2 || key.ptr[0] != sign)
        return false;
    for (size_t i = 1; i < key.len; i++)
        if (!isalnum((unsigned char)key.ptr[i]) && key.ptr[i] != '_')
            return false;
    return true;
}

/* aws: Developer Guide, Quotas, Expression parameters: "The maximum length of all substitution variables in an
 * expression is 2 MB"; "any single attribute name or value placeholder: 255 bytes" */
#define SYMBOLS_BYTES_MAX ((size_t)2 * 1024 * 1024)
#define SYMBOL_BYTES_MAX  255

static Status check_key(Call *call, const char *parameter, Bytes key, char sign)
{
    if (key.len > SYMBOL_BYTES_MAX)
        return fail(call, &DYNAMODB_VALIDATION,
                    "%s contains invalid key: The expression attribute map contains a key that is too long", parameter);
    if (!is_reference(key, sign))
        return fail(call, &DYNAMODB_VALIDATION, "%s contains invalid key: Syntax error; key: \"" BYTES_FMT "\"",
                    parameter, BYTES_ARG(key));
    return OK;
}

/* aws: the older layer says of which key. Of what failed just now. */
static Status of_key(Call *call, Status status, const char *parameter, Bytes key)
{
    if (is_ok(status) || status.code_ < 0 || layer_of(call) != LAYER_OLDER)
        return status;
    return fail(call, &DYNAMODB_VALIDATION, "%s contains invalid value: " BYTES_FMT " for key " BYTES_FMT, parameter,
                BYTES_ARG(call->message), BYTES_ARG(key));
}

static Status check_name(Call *call, Bytes name)
{
    return attribute_name_is_fine(name) ? OK : attribute_name_refuse(call, name);
}

static Status check_names(Call *call, const DynamodbExpressionAttributeNameMap *names)
{
    if (names->items && !names->len)
        return fail(call, &DYNAMODB_VALIDATION, "ExpressionAttributeNames must not be empty");
    size_t bytes = 0;
    for (size_t i = 0; i < names->len; i++) {
        TRY(check_key(call, "ExpressionAttributeNames", names->items[i].key, '#'));
        TRY(of_key(call, check_name(call, names->items[i].value), "ExpressionAttributeNames", names->items[i].key));
        bytes += names->items[i].key.len + names->items[i].value.len;
    }
    if (bytes > SYMBOLS_BYTES_MAX)
        return fail(call, &DYNAMODB_VALIDATION, "ExpressionAttributeNames exceeds max size");
    return OK;
}

static Status check_values(Call *call, const DynamodbExpressionAttributeValueMap *values)
{
    if (values->items && !values->len)
        return fail(call, &DYNAMODB_VALIDATION, "ExpressionAttributeValues must not be empty");
    size_t bytes = 0;
    for (size_t i = 0; i < values->len && bytes <= SYMBOLS_BYTES_MAX; i++) {
        TRY(check_key(call, "ExpressionAttributeValues", values->items[i].key, ':'));
        bytes += values->items[i].key.len + value_size_within(&values->items[i].value, SYMBOLS_BYTES_MAX);
        if (bytes <= SYMBOLS_BYTES_MAX)
            TRY(of_key(call, value_normalise(call, &values->items[i].value), "ExpressionAttributeValues",
                       values->items[i].key));
    }
    if (bytes > SYMBOLS_BYTES_MAX)
        return fail(call, &DYNAMODB_VALIDATION, "ExpressionAttributeValues exceeds max size");
    return OK;
}

Status symbols_open(Call *call, const DynamodbExpressionAttributeNameMap *names,
                    const DynamodbExpressionAttributeValueMap *values, Symbols *ret_symbols)
{
    static const DynamodbExpressionAttributeValueMap none;
    values = values ? values : &none;
    TRY(check_names(call, names));
    TRY(check_values(call, values));
    *ret_symbols = (Symbols){
        .names = names,
        .values = values,
        .names_used = arena_new_array(call->arena, bool, names->len),
        .values_used = arena_new_array(call->arena, bool, values->len),
        .names_by_key = bytes_index_of(call->arena, names->items, names->len, sizeof *names->items),
        .values_by_key = bytes_index_of(call->arena, values->items, values->len, sizeof *values->items),
    };
    return OK;
}

static const Bytes *key_at(const BytesIndex *index, size_t at)
{
    return (const void *)(index->items + at * index->stride);
}

/* "a, b": the keys that nothing used; absent: all are. */
static Bytes unused(Arena *arena, const bool *used, size_t len, const BytesIndex *keys)
{
    size_t size = 0;
    for (size_t i = 0; i < len; i++)
        size += used[i] ? 0 : key_at(keys, i)->len + 2;
    if (!size)
        return (Bytes){0};
    char *list = arena_take_raw(arena, size), *at = list;
    for (size_t i = 0; i < len; i++)
        if (!used[i]) {
            at = mempcpy(at, ", ", at > list ? 2 : 0);
            at = mempcpy(at, key_at(keys, i)->ptr, key_at(keys, i)->len);
        }
    return (Bytes){list, (size_t)(at - list)};
}

Status symbols_check_used(Call *call, const Symbols *symbols)
{
    Bytes names = unused(call->arena, symbols->names_used, symbols->names->len, &symbols->names_by_key);
    if (present(names))
        return fail(call, &DYNAMODB_VALIDATION,
                    "Value provided in ExpressionAttributeNames unused in expressions: keys: {" BYTES_FMT "}",
                    BYTES_ARG(names));
    Bytes values = unused(call->arena, symbols->values_used, symbols->values->len, &symbols->values_by_key);
    if (present(values))
        return fail(call, &DYNAMODB_VALIDATION,
                    "Value provided in ExpressionAttributeValues unused in expressions: keys: {" BYTES_FMT "}",
                    BYTES_ARG(values));
    return OK;
}
