/* symbols.c - ExpressionAttributeNames and ExpressionAttributeValues of one request. */
#include "expression.h"
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

static Status check_names(Call *call, const DynamodbExpressionAttributeNameMap *names)
{
    if (names->items && !names->len)
        return fail(call, &DYNAMODB_VALIDATION, "ExpressionAttributeNames must not be empty");
    for (size_t i = 0; i < names->len; i++)
        if (!is_reference(names->items[i].key, '#'))
            return fail(call, &DYNAMODB_VALIDATION,
                        "ExpressionAttributeNames contains invalid key: Syntax error; key: \"" BYTES_FMT "\"",
                        BYTES_ARG(names->items[i].key));
    return OK;
}

static Status check_values(Call *call, const DynamodbExpressionAttributeValueMap *values)
{
    if (values->items && !values->len)
        return fail(call, &DYNAMODB_VALIDATION, "ExpressionAttributeValues must not be empty");
    for (size_t i = 0; i < values->len; i++) {
        if (!is_reference(values->items[i].key, ':'))
            return fail(call, &DYNAMODB_VALIDATION,
                        "ExpressionAttributeValues contains invalid key: Syntax error; key: \"" BYTES_FMT "\"",
                        BYTES_ARG(values->items[i].key));
        TRY(value_check(call, &values->items[i].value));
    }
    return OK;
}

Status symbols_open(Call *call, const DynamodbExpressionAttributeNameMap *names,
                    const DynamodbExpressionAttributeValueMap *values, Symbols *ret_symbols)
{
    static const DynamodbExpressionAttributeValueMap none;
    values = values ? values : &none;
    TRY(check_names(call, names));
    TRY(check_values(call, values));
    *ret_symbols = (Symbols){names, values, arena_new_array(call->arena, bool, names->len),
                             arena_new_array(call->arena, bool, values->len)};
    return OK;
}

/* {a, b}: the keys that nothing used; NULL: all are. */
static const char *unused(Call *call, const bool *used, size_t len, const void *entries, size_t entry_size)
{
    Bytes list = TEXT("");
    for (size_t i = 0; i < len; i++) {
        const Bytes *key = (const void *)((const char *)entries + i * entry_size);
        if (!used[i])
            list = arena_text(call->arena, BYTES_FMT "%s" BYTES_FMT, BYTES_ARG(list), list.len ? ", " : "",
                              BYTES_ARG(*key));
    }
    return list.len ? arena_cstr(call->arena, list) : NULL;
}

Status symbols_check_used(Call *call, const Symbols *symbols)
{
    const char *names =
        unused(call, symbols->names_used, symbols->names->len, symbols->names->items, sizeof *symbols->names->items);
    const char *values = unused(call, symbols->values_used, symbols->values->len, symbols->values->items,
                                sizeof *symbols->values->items);
    if (names)
        return fail(call, &DYNAMODB_VALIDATION,
                    "Value provided in ExpressionAttributeNames unused in expressions: keys: {%s}", names);
    if (values)
        return fail(call, &DYNAMODB_VALIDATION,
                    "Value provided in ExpressionAttributeValues unused in expressions: keys: {%s}", values);
    return OK;
}
