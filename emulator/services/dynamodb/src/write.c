/* write.c */
#include "write.h"

Status symbols_check_alone(Call *call, const DynamodbExpressionAttributeNameMap *names,
                           const DynamodbExpressionAttributeValueMap *values, bool has_expression,
                           const char *expression_words)
{
    if (has_expression)
        return OK;
    if (names->items)
        return fail(call, &DYNAMODB_VALIDATION,
                    "ExpressionAttributeNames can only be specified when using expressions");
    if (values && values->items)
        return fail(call, &DYNAMODB_VALIDATION,
                    "ExpressionAttributeValues can only be specified when using expressions: %s", expression_words);
    return OK;
}

Status condition_of(Call *call, Symbols *symbols, const ConditionInput *input, Node **ret)
{
    Expression expression;
    if (!present(input->expression))
        return legacy_expected(call, input->expected, input->conditional_operator, ret);
    TRY(expression_parse(call, symbols, EXPRESSION_CONDITION, input->expression, &expression));
    *ret = expression.condition;
    return OK;
}

Status condition_check(Call *call, const Node *condition, const Item *before, const ConditionInput *input)
{
    static const Item nothing;
    if (!condition || condition_holds(call->arena, before ? before : &nothing, condition))
        return OK;
    if (!before || !bytes_is(input->return_values_on_failure, "ALL_OLD"))
        return fail(call, &DYNAMODB_CONDITIONAL_CHECK_FAILED, "The conditional request failed");
    DynamodbConditionalCheckFailedException *fields =
        arena_new_of(call->arena, DynamodbConditionalCheckFailedException);
    fields->item = *before;
    return fail_with(call, &DYNAMODB_CONDITIONAL_CHECK_FAILED, fields, "The conditional request failed");
}

Status return_values_check_old(Call *call, Bytes return_values)
{
    if (!present(return_values) || bytes_is(return_values, "NONE") || bytes_is(return_values, "ALL_OLD"))
        return OK;
    return fail(call, &DYNAMODB_VALIDATION, "Return values set to invalid value");
}

Status item_before(Call *call, const Table *table, const Key *key, const Item **ret_item)
{
    Item *item = arena_new_of(call->arena, Item);
    int code = item_read(&call->scope, table, key, item);
    *ret_item = code == STORE_OK ? item : NULL;
    return code == STORE_NOT_FOUND ? OK : expect_ok(call, code);
}

Status update_check_keys(Call *call, const Table *table, const Expression *update)
{
    for (const Path *path = update->paths; path; path = path->next)
        if (keys_have(&table->keys, path->steps[0].name))
            return fail(call, &DYNAMODB_VALIDATION,
                        "One or more parameter values were invalid: Cannot update attribute " BYTES_FMT
                        ". This attribute is part of the key",
                        BYTES_ARG(path->steps[0].name));
    return OK;
}
