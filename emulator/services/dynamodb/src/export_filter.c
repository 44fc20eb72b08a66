/* export_filter.c */
#include "export_filter.h"

Status export_filter_check(Call *call, const DynamodbFilterSpecification *asked, Request *ret)
{
    *ret = (Request){0};
    if (!asked)
        return OK;
    RequestInput input = {.text[EXPRESSION_FILTER] = asked->filter_expression,
                          .text[EXPRESSION_PROJECTION] = asked->projection_expression,
                          .text[EXPRESSION_KEY_CONDITION] = asked->key_condition_expression,
                          .names = &asked->expression_attribute_names,
                          .values = &asked->expression_attribute_values};
    return request_check(call, &input, ret);
}

Status export_filter_of(Call *call, const Keys *keys, const Request *request, ExportFilter *ret)
{
    *ret = (ExportFilter){.has_keys = request->keys, .condition = request->filter, .paths = request->paths};
    if (!request->keys)
        return OK;
    TRY(key_condition_of(call, keys, request->keys, &ret->keys));
    return filter_check_keys(call, keys, request->filter, false);
}

bool export_filter_reads(const ExportFilter *filter, const Key *key)
{
    const KeyCondition *keys = &filter->keys;
    return !filter->has_keys ||
           (bytes_equal(key->hash, keys->hash) && bytes_compare(key->range, keys->range_from) >= 0 &&
            bytes_compare(key->range, keys->range_to) < 0);
}

bool export_filter_takes(Arena *arena, const ExportFilter *filter, const Item *item)
{
    return !filter->condition || condition_holds(arena, item, filter->condition);
}
