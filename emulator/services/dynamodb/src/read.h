/* read.h - what GetItem, BatchGetItem, Query and Scan share: projections, and pages of items. */
#pragma once
#include "limits.h"
#include "write.h"

/* aws: "a single Query operation can retrieve a maximum of 1 MB of data". The item that crosses it is the page's last:
 * a full page of small items costs 128.5 units (dev.to/aws-heroes, "DynamoDB Scan (and why 128.5 RCU?)"). */
#define PAGE_BYTES_MAX (1024 * 1024)

/* What a page or a batch may take until it ends early, with what is left named in its answer, as it ends at AWS's
 * bounds of bytes: items of a few bytes under filters of 300 operators, or in lists of nothing, need many times their
 * size. */
#define PAGE_STEPS_MAX (LIMIT_CALL_STEPS / 2)
#define PAGE_HELD_MAX  (LIMIT_CALL_BYTES / 4)

/* Of a call's arena: what it has used since `page_begin`. */
typedef struct PageUse {
    size_t held;
    uint64_t steps;
} PageUse;
PageUse page_begin(const Arena *arena);
bool page_is_over(const Arena *arena, const PageUse *begun);

typedef struct PageRequest {
    const Table *table;
    const Index *index; /* NULL: the table itself */
    const Node *filter;
    const PathSet *paths;                                                  /* NULL: the whole item */
    Item (*project)(Arena *arena, const Item *item, const PathSet *paths); /* NULL: item_project */
    Bytes select;
    int64_t limit; /* of items looked at; 0: none */
    bool is_consistent, is_scan;
} PageRequest;

typedef struct Page {
    DynamodbItemList items;
    int32_t count, scanned_count;
    DynamodbKey last_key; /* absent: there is no more */
    double units;         /* of the tree that was read. A Scan that meets no item costs nothing, a Query the least */
    double fetched_units; /* of the table, for what a local index doesn't have */
} Page;

MUST_CHECK Status page_read(Call *call, const PageRequest *request, Statement *rows, Page *ret_page);
/* What the projection and the index allow together. */
MUST_CHECK Status select_check(Call *call, const PageRequest *request);
/* Of an index that is read: an attribute is among what it projects. */
bool index_has(const PageRequest *request, Bytes name);
/* Of a Query: the filter asks for nothing that the index doesn't have. */
MUST_CHECK Status projection_check_index(Call *call, const PageRequest *request);
MUST_CHECK Status filter_check_index(Call *call, const PageRequest *request);
MUST_CHECK Status index_find(Call *call, const Table *table, Bytes name, bool is_consistent, const Index **ret_index);
/* The row that an ExclusiveStartKey names in the tree that is read. */
MUST_CHECK Status start_key(Call *call, const PageRequest *request, const Item *start, Key *ret_row);
