/* update_item.c - the body of an UpdateItem, whose Key may have any attributes: it is the item. What an expression or
 * the older parameters say of it, and make of it. */
#include "dynamodb_item.h"
#include "legacy.h"

static Status parse(Call *call, const DynamodbUpdateItemInput *in, Expression *ret_update, Node **ret_condition)
{
    Symbols symbols;
    Expression condition;
    TRY(symbols_open(call, &in->expression_attribute_names, &in->expression_attribute_values, &symbols));
    TRY(expression_parse(call, &symbols, EXPRESSION_UPDATE, in->update_expression, ret_update));
    if (!present(in->update_expression))
        TRY(legacy_updates(call, &in->attribute_updates, ret_update));
    TRY(expression_parse(call, &symbols, EXPRESSION_CONDITION, in->condition_expression, &condition));
    *ret_condition = condition.condition;
    if (!condition.condition)
        TRY(legacy_expected(call, &in->expected, in->conditional_operator, ret_condition));
    return symbols_check_used(call, &symbols);
}

static Status run(Call *call, Bytes body)
{
    DynamodbUpdateItemInput in = {0};
    Expression update;
    Node *condition;
    Item after, *item = AS_ITEM(&in.key);
    if (!read_body(call, DynamodbUpdateItemModel.input, body, &in))
        return OK;
    TRY(item_normalise(call, item));
    check_comparisons(call->arena, item);
    TRY(parse(call, &in, &update, &condition));
    Bytes before = stored_form(call->arena, item);
    if (condition)
        EXPECT(condition_holds(call->arena, item, condition) == condition_holds(call->arena, item, condition));
    TRY(item_update(call, item, update.set, &after));
    EXPECT(bytes_equal(before, stored_form(call->arena, item))); /* its parts are shared, and left as they were */
    TRY(item_check_nesting(call, &after));                       /* as before it is kept */
    check_stored(call->arena, &after);
    if (update.set) {
        Item changed = item_project(call->arena, &after, update.set);
        check_stored(call->arena, &changed);
    }
    return OK;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    run_call(run, (Bytes){(const char *)data, size});
    return 0;
}
