/* catalogue.h - the Data Catalog: databases, their tables, and these tables' versions and partitions. What is told of
 * each is kept as the JSON in which it is told; names are folded to lower case, as at AWS.
 *
 * aws: DatabaseInput, TableInput: "For Hive compatibility, this is folded to lowercase when it is stored." Words of
 * refusals that are AWS's are those that its users have seen. */
#pragma once
#include "registry.h"

#define CATALOGUE_PAGE     100  /* aws: GetTables, GetDatabases: at most; and what is taken where none is said */
#define PARTITIONS_PAGE    1000 /* aws: GetPartitions, SearchTables */
#define PAGE_BYTES         (1024 * 1024) /* of JSON on a page; behind it the next begins */
#define PARTITION_KEYS_MAX 128

typedef struct Database {
    int64_t id;
    Bytes name, json;
} Database;

typedef struct TableName {
    Bytes catalog_id, database, table;
} TableName;

typedef struct Table {
    int64_t id, database_id, version;
    Bytes name, json;
    GlueTable told; /* of json */
} Table;

/* An error of one item of a batch; no error: it went well. */
typedef struct Refusal {
    const ErrorModel *error;
    Bytes message;
} Refusal;
/* Of what is no batch: the error itself. code: of the store. */
MUST_CHECK Status refused(Call *call, int code, const Refusal *refusal);
struct GlueErrorDetail *refusal_detail(Arena *arena, const Refusal *refusal);

/* catalog_id: absent, or the caller's account. Errors: EntityNotFound. */
MUST_CHECK Status database_find(Call *call, Bytes catalog_id, Bytes name, Database *ret_database);
/* STORE_OK, STORE_NOT_FOUND, or below 0. */
MUST_CHECK int database_load(const Scope *scope, Bytes name, Database *ret_database);
MUST_CHECK Status catalogue_table_find(Call *call, const TableName *name, Table *ret_table);
MUST_CHECK int catalogue_table_load(const Scope *scope, int64_t database_id, Bytes name, Table *ret_table);
/* The table as it is, or as it was before an update. */
MUST_CHECK int catalogue_version_load(const Scope *scope, const Table *table, int64_t number, GlueTable *ret_told);
/* false: what is kept is damaged. */
MUST_CHECK bool catalogue_table_read(Arena *arena, Bytes json, GlueTable *ret_table);
/* With its versions; its partitions go a while later. */
MUST_CHECK int catalogue_table_delete(Call *call, int64_t id);

/* A page of what a query gives: its column 0 is the token behind the row, 1 its JSON. takes: is the row one of them?
 * NULL: each is; spends what it costs itself. */
typedef struct Listing {
    size_t limit;
    bool (*takes)(void *context, Statement *row);
    void *context;
    Bytes *jsons;
    size_t len;
    Bytes next_token; /* absent: there are no more */
} Listing;
MUST_CHECK Status listing_read(Call *call, Statement *rows, Listing *listing);
