/* query.c - Query: the items of one hash key, in the order of their range key. DynamoDB API Reference, Query. */
#include "key_condition.h"
#include "read.h"

OPERATION(DynamodbQuery, query, READS);

typedef struct QueryPlan {
    PageRequest page;
    Node *key_condition;
    bool has_legacy_filter;
    KeyCondition rows;
} QueryPlan;

/* aws: KeyConditions goes with a FilterExpression and a ProjectionExpression, but not with a KeyConditionExpression */
static Status check_mix(Call *call, const DynamodbQueryInput *in)
{
    Parameter legacy[] = {{"AttributesToGet", in->attributes_to_get.items != NULL},
                          {"QueryFilter", in->query_filter.items != NULL},
                          {"ConditionalOperator", present(in->conditional_operator)},
                          {"KeyConditions", in->key_conditions.items && present(in->key_condition_expression)},
                          {NULL, false}};
    Parameter expressions[] = {{"ProjectionExpression", present(in->projection_expression)},
                               {"FilterExpression", present(in->filter_expression)},
                               {"KeyConditionExpression", present(in->key_condition_expression)},
                               {NULL, false}};
    bool has_expression = expressions[0].is_given || expressions[1].is_given || expressions[2].is_given;
    TRY(legacy_check_mix(call, legacy, expressions));
    return symbols_check_alone(call, &in->expression_attribute_names, &in->expression_attribute_values, has_expression,
                               "KeyConditionExpression is null");
}

static Status read_expressions(Call *call, const DynamodbQueryInput *in, QueryPlan *plan)
{
    Symbols symbols;
    Expression key, filter, projection;
    TRY(symbols_open(call, &in->expression_attribute_names, &in->expression_attribute_values, &symbols));
    TRY(expression_parse(call, &symbols, EXPRESSION_FILTER, in->filter_expression, &filter));
    TRY(expression_parse(call, &symbols, EXPRESSION_PROJECTION, in->projection_expression, &projection));
    TRY(expression_parse(call, &symbols, EXPRESSION_KEY_CONDITION, in->key_condition_expression, &key));
    TRY(symbols_check_used(call, &symbols));
    plan->key_condition = key.condition;
    plan->page.filter = filter.condition;
    plan->page.paths = projection.set;
    return OK;
}

/* KeyConditions is a map of filter conditions by another name. */
static Status read_legacy(Call *call, const DynamodbQueryInput *in, QueryPlan *plan)
{
    DynamodbFilterConditionMap keys = {(DynamodbFilterConditionMapEntry *)(void *)in->key_conditions.items,
                                       in->key_conditions.len};
    Node *filter;
    if (!plan->key_condition)
        TRY(legacy_conditions(call, &keys, (Bytes){0}, &plan->key_condition));
    TRY(legacy_conditions(call, &in->query_filter, in->conditional_operator, &filter));
    if (filter) {
        plan->page.filter = filter;
        plan->has_legacy_filter = true;
    }
    if (in->attributes_to_get.items)
        TRY(legacy_attributes(call, &in->attributes_to_get, &plan->page.paths));
    if (!plan->key_condition)
        return fail(call, &DYNAMODB_VALIDATION,
                    "Either the KeyConditions or KeyConditionExpression parameter must be specified in the request.");
    return OK;
}

static Status find_rows(Call *call, const DynamodbQueryInput *in, QueryPlan *plan)
{
    PageRequest *page = &plan->page;
    Table *table;
    TRY(table_find_for_items(call, in->table_name, &table));
    page->table = table;
    TRY(index_find(call, table, in->index_name, in->consistent_read, &page->index));
    const Keys *keys = page->index ? &page->index->keys : &table->keys;
    TRY(select_check(call, page));
    TRY(key_condition_of(call, keys, plan->key_condition, &plan->rows));
    return filter_check_keys(call, keys, page->filter, plan->has_legacy_filter);
}

/* Leaves the part of the rows that lies behind the start key. */
static Status skip_to_start(Call *call, const DynamodbQueryInput *in, bool is_backward, QueryPlan *plan)
{
    Key start;
    if (!in->exclusive_start_key.items)
        return OK;
    TRY(start_key(call, &plan->page, AS_ITEM(&in->exclusive_start_key), &start));
    if (!bytes_equal(start.hash, plan->rows.hash) || bytes_compare(start.range, plan->rows.range_from) < 0 ||
        bytes_compare(start.range, plan->rows.range_to) >= 0)
        return fail(call, &DYNAMODB_VALIDATION,
                    "The provided starting key is outside query boundaries based on provided conditions");
    if (is_backward)
        plan->rows.range_to = start.range;
    else
        plan->rows.range_from = key_behind(call->arena, start.range);
    return OK;
}

static Status query(Call *call, const DynamodbQueryInput *in, DynamodbQueryOutput *out)
{
    bool is_backward = in->has_scan_index_forward && !in->scan_index_forward;
    QueryPlan plan = {.page = {.select = in->select, .limit = in->limit, .is_consistent = in->consistent_read}};
    Page page;
    TRY(check_mix(call, in));
    TRY(read_expressions(call, in, &plan));
    TRY(read_legacy(call, in, &plan));
    TRY(find_rows(call, in, &plan));
    TRY(skip_to_start(call, in, is_backward, &plan));

    ItemRange range = {.tree = plan.page.index ? plan.page.index->tree : plan.page.table->id,
                       .hash_from = plan.rows.hash,
                       .range_from = plan.rows.range_from,
                       .range_to = plan.rows.range_to,
                       .is_backward = is_backward};
    TRY(page_read(call, &plan.page, items_open(&call->scope, &range), &page));

    out->items = page.items;
    SET(out, count, page.count);
    SET(out, scanned_count, page.scanned_count);
    out->last_evaluated_key = page.last_key;
    out->consumed_capacity =
        capacity_of_read(call, in->return_consumed_capacity, in->table_name, plan.page.index, page.units);
    return OK;
}
