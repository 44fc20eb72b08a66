/* expression.c - DynamoDB's expressions, from text to what they say of an item. The first byte chooses the kind; the
 * names, values and the item are always the same. */
#include "dynamodb_item.h"

/* One of each type, and what they can be compared and joined with. */
static const char request[] =
    "{\"TableName\":\"t\",\"Item\":{\"s\":{\"S\":\"text\"},\"n\":{\"N\":\"12.5\"},\"b\":{\"B\":\"AAEC\"},"
    "\"ss\":{\"SS\":[\"a\",\"b\"]},\"ns\":{\"NS\":[\"1\",\"2\"]},\"bs\":{\"BS\":[\"AA==\"]},\"z\":{\"NULL\":true},"
    "\"t\":{\"BOOL\":true},\"l\":{\"L\":[{\"S\":\"x\"},{\"N\":\"1\"},{\"L\":[{\"S\":\"y\"}]}]},"
    "\"m\":{\"M\":{\"a\":{\"N\":\"1\"},\"m\":{\"M\":{\"l\":{\"L\":[{\"N\":\"1\"}]}}}}}},"
    "\"ExpressionAttributeNames\":{\"#n\":\"n\",\"#m\":\"m\",\"#x\":\"a.b[0]\"},"
    "\"ExpressionAttributeValues\":{\":s\":{\"S\":\"text\"},\":n\":{\"N\":\"3\"},\":b\":{\"B\":\"AA==\"},"
    "\":l\":{\"L\":[{\"N\":\"1\"}]},\":ss\":{\"SS\":[\"a\"]},\":ns\":{\"NS\":[\"2\"]},\":m\":{\"M\":{}},\":t\":{\"S\":"
    "\"SS\"},"
    "\":e\":{\"N\":\"9.9999999999999999999999999999999999999E+125\"},\":z\":{\"NULL\":true}}}";

static Status use(Call *call, ExpressionKind kind, const Expression *expression, const Item *item)
{
    Item changed = *item;
    if (kind == EXPRESSION_PROJECTION)
        changed = item_project(call->arena, item, expression->set);
    else if (kind == EXPRESSION_UPDATE)
        TRY(item_update(call, item, expression->set, &changed));
    else if (expression->condition)
        (void)condition_holds(call->arena, item, expression->condition);
    check_stored(call->arena, &changed);
    return OK;
}

static Status run(Call *call, ExpressionKind kind, Bytes text)
{
    DynamodbPutItemInput in = {0};
    Symbols symbols;
    Expression expression;
    EXPECT(json_decode(call->arena, DynamodbPutItemModel.input, TEXT(request), &in, &call->message) == WIRE_OK);
    TRY(item_normalise(call, AS_ITEM(&in.item)));
    TRY(symbols_open(call, &in.expression_attribute_names, &in.expression_attribute_values, &symbols));
    TRY(expression_parse(call, &symbols, kind, text, &expression));
    return use(call, kind, &expression, AS_ITEM(&in.item));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (!size)
        return 0;
    Call call = {.arena = arena_new()};
    Status status = run(&call, data[0] % (EXPRESSION_UPDATE + 1), (Bytes){(const char *)data + 1, size - 1});
    EXPECT(is_ok(status) || (call.error && !call.fault_file && present(call.message)));
    arena_free(call.arena);
    return 0;
}
