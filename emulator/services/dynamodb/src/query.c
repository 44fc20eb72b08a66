/* query.c - Query: the items of one hash key, in the order of their range key. DynamoDB API Reference, Query. */
#include "key_condition.h"
#include "read.h"
#include "throttle.h"

OPERATION(DynamodbQuery, query, READS);

typedef struct QueryPlan {
    PageRequest page;
    KeyCondition rows;
    Item start;
} QueryPlan;

static Status check(Call *call, const DynamodbQueryInput *in, QueryPlan *plan, Request *ret)
{
    RequestInput input = {.text[EXPRESSION_FILTER] = in->filter_expression,
                          .text[EXPRESSION_PROJECTION] = in->projection_expression,
                          .text[EXPRESSION_KEY_CONDITION] = in->key_condition_expression,
                          .names = &in->expression_attribute_names,
                          .values = &in->expression_attribute_values,
                          .filter = &in->query_filter,
                          .key_conditions = &in->key_conditions,
                          .attributes_to_get = &in->attributes_to_get,
                          .conditional_operator = in->conditional_operator,
                          .select = in->select,
                          .has_index = present(in->index_name),
                          .is_query = true,
                          .start_key = &plan->start};
    TRY(request_check(call, &input, ret));
    plan->page.filter = ret->filter;
    plan->page.paths = ret->paths;
    return OK;
}

Status query_comparisons(Call *call, const DynamodbQueryInput *in, KeyComparisons **ret)
{
    Request request;
    QueryPlan plan = {.start = *AS_ITEM(&in->exclusive_start_key)};
    TRY(check(call, in, &plan, &request));
    *ret = request.keys;
    return OK;
}

static Status find_rows(Call *call, const DynamodbQueryInput *in, const Request *request, QueryPlan *plan)
{
    PageRequest *page = &plan->page;
    Table *table;
    TRY(table_find_for_items(call, in->table_name, &table));
    page->table = table;
    TRY(index_find(call, table, in->index_name, in->consistent_read, &page->index));
    const Keys *keys = page->index ? &page->index->keys : &table->keys;
    TRY(request_check_nested(call, table, request));
    TRY(key_condition_of(call, keys, request->keys, &plan->rows));
    TRY(filter_check_keys(call, keys, page->filter, request->has_legacy_filter));
    TRY(filter_check_index(call, page));
    return select_check(call, page);
}

/* Leaves the part of the rows that lies behind the start key. */
static Status skip_to_start(Call *call, bool is_backward, QueryPlan *plan)
{
    Key start;
    if (!plan->start.items)
        return OK;
    TRY(start_key(call, &plan->page, &plan->start, &start));
    if (!bytes_equal(start.hash, plan->rows.hash))
        return fail(call, &DYNAMODB_VALIDATION,
                    "The provided starting key is outside query boundaries based on provided conditions");
    if (bytes_compare(start.range, plan->rows.range_from) < 0 || bytes_compare(start.range, plan->rows.range_to) >= 0)
        return fail(call, &DYNAMODB_VALIDATION, "The provided starting key does not match the range key predicate");
    if (is_backward)
        plan->rows.range_to = start.range;
    else
        plan->rows.range_from = key_behind(call->arena, start.range);
    return OK;
}

static Status query(Call *call, const DynamodbQueryInput *in, DynamodbQueryOutput *out)
{
    bool is_backward = in->has_scan_index_forward && !in->scan_index_forward;
    QueryPlan plan = {.page = {.select = in->select, .limit = in->limit, .is_consistent = in->consistent_read},
                      .start = *AS_ITEM(&in->exclusive_start_key)};
    Request request;
    Page page;
    TRY(check(call, in, &plan, &request));
    TRY(find_rows(call, in, &request, &plan));
    TRY(skip_to_start(call, is_backward, &plan));

    ItemRange range = {.tree = plan.page.index ? plan.page.index->tree : plan.page.table->id,
                       .hash_from = plan.rows.hash,
                       .range_from = plan.rows.range_from,
                       .range_to = plan.rows.range_to,
                       .is_backward = is_backward};
    TRY(page_read(call, &plan.page, items_open(&call->scope, &range), &page));

    ReadCost cost = {plan.page.index, page.units, page.fetched_units, plan.page.table, plan.rows.hash};
    TRY(throttle_read(call, &cost));

    out->items = page.items;
    SET(out, count, page.count);
    SET(out, scanned_count, page.scanned_count);
    out->last_evaluated_key = page.last_key;
    out->consumed_capacity = capacity_of_read(call, in->return_consumed_capacity, in->table_name, &cost);
    return OK;
}
