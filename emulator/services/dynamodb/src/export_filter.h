/* export_filter.h - FilterSpecification of an export: which items, and what of them. aws: Developer Guide, "Filtering a
 * table export": of an incremental one it is asked of an item's latest image, of a deleted one's old image. */
#pragma once
#include "request.h"

typedef struct ExportFilter {
    bool has_keys; /* only rows of `keys` */
    KeyCondition keys;
    const Node *condition; /* NULL: none */
    const PathSet *paths;  /* NULL: the whole item */
} ExportFilter;

/* What needs no table; *ret is complete when its keys are known, too. asked NULL: everything. */
MUST_CHECK Status export_filter_check(Call *call, const DynamodbFilterSpecification *asked, Request *ret);
MUST_CHECK Status export_filter_of(Call *call, const Keys *keys, const Request *request, ExportFilter *ret);
bool export_filter_reads(const ExportFilter *filter, const Key *key);
bool export_filter_takes(Arena *arena, const ExportFilter *filter, const Item *item);
