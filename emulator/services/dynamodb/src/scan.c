/* scan.c - Scan: all items of a table or an index, or of one of its segments. DynamoDB API Reference, Scan. */
#include "read.h"
#include "throttle.h"

OPERATION(DynamodbScan, scan, READS);

static Status check_segments(Call *call, const DynamodbScanInput *in)
{
    if (in->has_segment && !in->has_total_segments)
        return fail(
            call, &DYNAMODB_VALIDATION,
            "The TotalSegments parameter is required but was not present in the request when Segment parameter is present");
    if (in->has_total_segments && !in->has_segment)
        return fail(
            call, &DYNAMODB_VALIDATION,
            "The Segment parameter is required but was not present in the request when parameter TotalSegments is present");
    if (in->has_segment && in->segment >= in->total_segments)
        return fail(
            call, &DYNAMODB_VALIDATION,
            "The Segment parameter is zero-based and must be less than parameter TotalSegments: Segment: %d is not less than TotalSegments: %d",
            in->segment, in->total_segments);
    return OK;
}

static Status check(Call *call, const DynamodbScanInput *in, Item *start, Request *ret)
{
    RequestInput input = {.text[EXPRESSION_FILTER] = in->filter_expression,
                          .text[EXPRESSION_PROJECTION] = in->projection_expression,
                          .names = &in->expression_attribute_names,
                          .values = &in->expression_attribute_values,
                          .filter = &in->scan_filter,
                          .attributes_to_get = &in->attributes_to_get,
                          .conditional_operator = in->conditional_operator,
                          .select = in->select,
                          .has_index = present(in->index_name),
                          .start_key = start};
    TRY(check_segments(call, in));
    TRY(request_check(call, &input, ret));
    return OK;
}

/* Rows stand in the order of a hash of their hash key: a segment is a piece of that order. */
static Status rows_of(Call *call, const DynamodbScanInput *in, const PageRequest *page, const Item *start_item,
                      ItemRange *ret)
{
    int64_t segments = in->has_segment ? in->total_segments : 1, segment = in->has_segment ? in->segment : 0;
    Key start;
    *ret = (ItemRange){.tree = page->index ? page->index->tree : page->table->id,
                       .hash_from = key_segment(call->arena, segment, segments),
                       .hash_to = key_segment(call->arena, segment + 1, segments),
                       .range_from = KEY_LOWEST};
    if (!start_item->items)
        return OK;
    TRY(start_key(call, page, start_item, &start));
    if (bytes_compare(start.hash, ret->hash_from) < 0 || bytes_compare(start.hash, ret->hash_to) >= 0)
        return fail(
            call, &DYNAMODB_VALIDATION,
            "The provided starting key is invalid: Invalid ExclusiveStartKey. Please use ExclusiveStartKey with correct Segment. TotalSegments: %d Segment: %d",
            (int)segments, (int)segment);
    ret->hash_from = start.hash;
    ret->range_from = start.range;
    return OK;
}

static Status scan(Call *call, const DynamodbScanInput *in, DynamodbScanOutput *out)
{
    Request parsed;
    PageRequest request = {
        .select = in->select, .limit = in->limit, .is_consistent = in->consistent_read, .is_scan = true};
    Item start = *AS_ITEM(&in->exclusive_start_key);
    ItemRange range;
    Table *table;
    Page page;
    TRY(check(call, in, &start, &parsed));
    TRY(table_find_for_items(call, in->table_name, &table));
    request.table = table;
    request.filter = parsed.filter;
    request.paths = parsed.paths;
    TRY(index_find(call, table, in->index_name, in->consistent_read, &request.index));
    TRY(request_check_nested(call, table, &parsed));
    TRY(select_check(call, &request));
    TRY(rows_of(call, in, &request, &start, &range));
    TRY(page_read(call, &request, items_open(&call->scope, &range), &page));

    ReadCost cost = {request.index, page.units, page.fetched_units, table, {0}};
    TRY(throttle_read(call, &cost));

    out->items = page.items;
    SET(out, count, page.count);
    SET(out, scanned_count, page.scanned_count);
    out->last_evaluated_key = page.last_key;
    out->consumed_capacity = capacity_of_read(call, in->return_consumed_capacity, in->table_name, &cost);
    return OK;
}
