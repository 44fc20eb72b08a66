/* backup.h - on-demand backups, and those DynamoDB makes itself of deleted tables.
 *
 * A backup is a table that nobody finds by name: of an account of its own (backup_scope), with the definition the table
 * had, whose id is the tree of its items. So a restore reads it like any table, and it goes the way tables go. */
#pragma once
#include "table.h"

typedef struct Backup {
    int64_t table_id; /* of itself, as a table */
    Bytes id;         /* 01489602797149-73d8d5bc: the end of its ARN */
    Bytes name, type; /* type absent: hidden, a step of a restore */
    Bytes table_name; /* of what it is a backup of */
    int64_t created_ms;
    int64_t active_ms;  /* CREATING until then, and while it is copied */
    int64_t expires_ms; /* 0: never */
    Bytes view_type;    /* of the table's stream; absent: it had none */
    Bytes uuid;         /* of the table; read only, as bytes */
    int64_t bytes;
} Backup;

typedef struct Backups {
    Backup *items;
    size_t count;
} Backups;

/* A copy of `table`, without rows: what is to fill them is the caller's. Sets table_id and id. */
MUST_CHECK int backup_insert(const Scope *scope, const Table *table, Backup *backup);
/* The table itself becomes a backup, as DynamoDB keeps deleted tables with point-in-time recovery. It is forgotten. */
MUST_CHECK int backup_keep_deleted(const Scope *scope, Table *table);
/* `there` as backup_scope has it; also a table of the ordinary kind that nobody has need of. */
MUST_CHECK int backup_remove(const Scope *there, Table *table);
Scope backup_scope(const Scope *scope);

/* By its ARN, with the definition (which lives as long as the call); BackupNotFound. */
MUST_CHECK Status backup_find(Call *call, Bytes arn, Backup *ret_backup, Table **ret_table);
typedef struct BackupFilter {
    Bytes table_name, type; /* absent: any */
    int64_t from_ms, to_ms; /* [from, to) */
    Bytes after;            /* id */
} BackupFilter;
MUST_CHECK int backups_list(const Scope *scope, const BackupFilter *filter, size_t limit, Backups *ret_backups);
Bytes backup_arn(const Scope *scope, const Backup *backup);
/* CREATING or AVAILABLE */
MUST_CHECK Status backup_status(Call *call, const Backup *backup, Bytes *ret_status);
/* The id in an ARN of a backup of this account and region; absent: it isn't one. */
Bytes backup_id_of(const Scope *scope, Bytes arn);

DynamodbBackupDetails *backup_details(Call *call, const Backup *backup, int64_t bytes, Bytes status);
DynamodbBackupDescription *backup_describe(Call *call, const Backup *backup, const Table *table, Bytes status);

/* The first system backup that is to go, on the emulator's clock. */
void old_backups_start(Dynamodb *dynamodb, int64_t due_ms);
void old_backups_stop(Dynamodb *dynamodb);
