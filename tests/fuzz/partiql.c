/* partiql.c - PartiQL statements, from text to what they say of an item with every type; five parameters are there. */
#include "dynamodb_item.h"
#include "statement.h"

static const char request[] =
    "{\"Statement\":\"-\",\"Parameters\":[{\"S\":\"text\"},{\"N\":\"3\"},{\"SS\":[\"a\"]},{\"L\":[{\"N\":\"1\"}]},"
    "{\"M\":{\"a\":{\"B\":\"AA==\"}}}]}";
static const char kept[] =
    "{\"TableName\":\"t\",\"Item\":{\"p\":{\"S\":\"text\"},\"n\":{\"N\":\"12.5\"},\"b\":{\"B\":\"AAEC\"},"
    "\"ss\":{\"SS\":[\"a\",\"b\"]},\"ns\":{\"NS\":[\"1\",\"2\"]},\"z\":{\"NULL\":true},\"t\":{\"BOOL\":true},"
    "\"l\":{\"L\":[{\"S\":\"x\"},{\"N\":\"1\"}]},\"m\":{\"M\":{\"a\":{\"N\":\"1\"},\"m\":{\"M\":{}}}}}}";

/* Only what parameters the statement uses are given: a wrong number of them is refused before the trees are looked at.
 */
static size_t parameters_of(Bytes text, size_t most)
{
    size_t count = 0;
    for (size_t i = 0; i < text.len; i++)
        count += text.ptr[i] == '?';
    return count < most ? count : most;
}

static Status use(Call *call, PartiqlStatement *statement, const Item *item)
{
    const Value **values;
    Item changed = statement->kind == STATEMENT_INSERT ? statement->item : *item;
    Conjuncts parts = conjuncts_of(call->arena, statement->where);
    for (size_t i = 0; i < parts.len; i++)
        (void)values_allowed(call->arena, parts.items[i], TEXT("p"), &values);
    if (statement->where) {
        const Node *joined = conjuncts_join(call->arena, &parts);
        EXPECT(condition_holds(call->arena, item, joined) == condition_holds(call->arena, item, statement->where));
    }
    if (statement->columns)
        changed = columns_of(call->arena, item, statement->columns);
    if (statement->kind == STATEMENT_UPDATE)
        TRY(item_update(call, item, statement->update.set, &changed));
    check_stored(call->arena, &changed);
    return OK;
}

static Status run(Call *call, Bytes text)
{
    DynamodbExecuteStatementInput in = {0};
    DynamodbPutItemInput put = {0};
    PartiqlStatement statement;
    EXPECT(read_body(call, DynamodbExecuteStatementModel.input, TEXT(request), &in));
    EXPECT(read_body(call, DynamodbPutItemModel.input, TEXT(kept), &put));
    TRY(item_normalise(call, AS_ITEM(&put.item)));
    in.parameters.len = parameters_of(text, in.parameters.len);
    TRY(parameters_check(call, &in.parameters));
    TRY(statement_parse(call, text, &in.parameters, &statement));
    return use(call, &statement, AS_ITEM(&put.item));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    run_call(run, (Bytes){(const char *)data, size < 8192 ? size : 8192});
    return 0;
}
