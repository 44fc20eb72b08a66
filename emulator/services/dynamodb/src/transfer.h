/* transfer.h - exports to S3 and imports from it: their rows, kept for good as AWS keeps them for 90 days, and what is
 * told of them. A row has the request as it came; what it meant is read from there. */
#pragma once
#include "job.h"
#include "row.h"

typedef struct Export {
    int64_t id;
    Bytes table_name, name, table_uuid; /* name: 01693685827463-2d8752fd, the end of its ARN */
    Bytes token, request;               /* JSON of DynamodbExportTableToPointInTimeInput */
    int64_t view_id, changes_id;        /* hidden tables: the state at to_ms, and what changed; 0: not incremental */
    int64_t start_ms, end_ms;           /* end_ms 0: it is under way */
    int64_t from_ms, to_ms;             /* of a full one to_ms is its time */
    int64_t items, bytes, files;        /* so far */
    Bytes failure_code, failure;        /* absent: none */
    Bytes account, region;
} Export;

typedef struct Import {
    int64_t id;
    Bytes table_name, name, table_uuid;
    Bytes token, request; /* JSON of DynamodbImportTableInput */
    int64_t table_id;
    int64_t start_ms, end_ms;
    Bytes object; /* the one that is read, or was read last; empty: none yet */
    int64_t at;   /* where in it, unpacked, the next record begins; TRANSFER_NEXT: it is done with */
    int64_t processed, imported, errors, bytes;
    Bytes failure_code, failure;
    Bytes account, region;
} Import;
#define TRANSFER_NEXT (-1)

MUST_CHECK int export_insert(const Scope *scope, Export *export);
MUST_CHECK int export_write(const Scope *scope, const Export *export); /* how far it has come */
MUST_CHECK int export_of_view(const Scope *scope, int64_t view_id, Export *ret_export);
DynamodbExportDescription *export_describe(Call *call, const Export *export);

MUST_CHECK int import_insert(const Scope *scope, Import *import);
MUST_CHECK int import_write(const Scope *scope, const Import *import);
MUST_CHECK int import_of_table(const Scope *scope, int64_t table_id, Import *ret_import);
DynamodbImportTableDescription *import_describe(Call *call, const Import *import);

/* What both have in common. */
typedef struct TransferName {
    Bytes table, name;
} TransferName;
Bytes transfer_name(const Scope *scope);
Bytes transfer_arn(const Scope *scope, Bytes table_name, const char *kind, Bytes name);
/* Of an ARN of this account and region; false: it isn't one. */
bool transfer_parse_arn(const Scope *scope, Bytes arn, const char *kind, TransferName *ret_name);
/* "" and "a/b" become "" and "a/b/". */
Bytes transfer_prefix(Arena *arena, Bytes prefix);
bool transfer_is_under_way(const Scope *scope, int64_t start_ms, int64_t end_ms);
/* Rows of the call's account and region: of a client's token, while it is valid; of a name; behind the last page. */
MUST_CHECK Status transfer_find_done(Call *call, const Query *query, const Row *columns, Bytes token, void *ret_row,
                                     bool *ret_is_done);
int transfer_find(Call *call, const Query *query, const Row *columns, const TransferName *name, void *ret_row);
/* Where the last page ended: the token is the ARN of its last one. table_arn present: only that table's are listed. */
MUST_CHECK Status transfer_find_after(Call *call, Bytes token, Bytes table_arn, const char *kind,
                                      TransferName *ret_after);
Statement *transfers_begin(Call *call, const Query *query, const TransferName *after, size_t limit);
Bytes request_text(Arena *arena, const Shape *shape, const void *in);
/* What an unfinished one holds between its steps. */
void transfers_stop(Dynamodb *dynamodb);
void export_file_drop(Dynamodb *dynamodb);
void import_read_drop(Dynamodb *dynamodb);
