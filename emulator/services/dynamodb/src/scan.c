/* scan.c - Scan: all items of a table or an index, or of one of its segments. DynamoDB API Reference, Scan. */
#include "read.h"

OPERATION(DynamodbScan, scan, READS);

static Status check_parameters(Call *call, const DynamodbScanInput *in)
{
    Parameter legacy[] = {{"AttributesToGet", in->attributes_to_get.items != NULL},
                          {"ScanFilter", in->scan_filter.items != NULL},
                          {"ConditionalOperator", present(in->conditional_operator)},
                          {NULL, false}};
    Parameter expressions[] = {{"ProjectionExpression", present(in->projection_expression)},
                               {"FilterExpression", present(in->filter_expression)},
                               {NULL, false}};
    bool has_expression = expressions[0].is_given || expressions[1].is_given;
    TRY(legacy_check_mix(call, legacy, expressions));
    TRY(symbols_check_alone(call, &in->expression_attribute_names, &in->expression_attribute_values, has_expression,
                            "FilterExpression is null"));
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

static Status read_expressions(Call *call, const DynamodbScanInput *in, PageRequest *page)
{
    Symbols symbols;
    Expression filter, projection;
    Node *legacy;
    TRY(symbols_open(call, &in->expression_attribute_names, &in->expression_attribute_values, &symbols));
    TRY(expression_parse(call, &symbols, EXPRESSION_FILTER, in->filter_expression, &filter));
    TRY(expression_parse(call, &symbols, EXPRESSION_PROJECTION, in->projection_expression, &projection));
    TRY(symbols_check_used(call, &symbols));
    TRY(legacy_conditions(call, &in->scan_filter, in->conditional_operator, &legacy));
    page->filter = legacy ? legacy : filter.condition;
    page->paths = projection.set;
    return in->attributes_to_get.items ? legacy_attributes(call, &in->attributes_to_get, &page->paths) : OK;
}

/* Rows stand in the order of a hash of their hash key: a segment is a piece of that order. */
static Status rows_of(Call *call, const DynamodbScanInput *in, const PageRequest *page, ItemRange *ret)
{
    int64_t segments = in->has_segment ? in->total_segments : 1, segment = in->has_segment ? in->segment : 0;
    Key start;
    *ret = (ItemRange){.tree = page->index ? page->index->tree : page->table->id,
                       .hash_from = key_segment(call->arena, segment, segments),
                       .hash_to = key_segment(call->arena, segment + 1, segments),
                       .range_from = KEY_LOWEST};
    if (!in->exclusive_start_key.items)
        return OK;
    TRY(start_key(call, page, AS_ITEM(&in->exclusive_start_key), &start));
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
    PageRequest request = {.select = in->select, .limit = in->limit, .is_consistent = in->consistent_read};
    ItemRange range;
    Table *table;
    Page page;
    TRY(check_parameters(call, in));
    TRY(read_expressions(call, in, &request));
    TRY(table_find_for_items(call, in->table_name, &table));
    request.table = table;
    TRY(index_find(call, table, in->index_name, in->consistent_read, &request.index));
    TRY(select_check(call, &request));
    TRY(rows_of(call, in, &request, &range));
    TRY(page_read(call, &request, items_open(&call->scope, &range), &page));

    out->items = page.items;
    SET(out, count, page.count);
    SET(out, scanned_count, page.scanned_count);
    out->last_evaluated_key = page.last_key;
    out->consumed_capacity =
        capacity_of_read(call, in->return_consumed_capacity, in->table_name, request.index, page.units);
    return OK;
}
