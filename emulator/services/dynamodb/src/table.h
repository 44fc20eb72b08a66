/* table.h - tables and their indexes: found by name, kept in memory once read.
 *
 * A definition that changes is written and then forgotten, to be read again; what items count and weigh is kept in
 * memory and written before the turn's commit. Where a turn is rolled back all is forgotten. */
#pragma once
#include "dynamodb.h"
#include "map.h"
#include "table_stream.h"
#include "value.h"

#define INDEXES_LOCAL_MAX   5 /* aws: Developer Guide, Quotas */
#define INDEXES_GLOBAL_MAX  20
#define NON_KEY_MAX         20 /* of one index */
#define KEY_HASH_BYTES_MAX  2048
#define KEY_RANGE_BYTES_MAX 1024
#define DAY_MS              INT64_C(86400000)

struct Dynamodb {
    Runtime *runtime;
    Store *store;
    Map *tables;   /* by account NUL region NUL name */
    Timer *expiry; /* at expiry_s something expires */
    int64_t expiry_s;
    Map *damaged_trees;               /* 8 bytes of tree: what cannot be removed */
    Timer *drops;                     /* removes what deleted tables and indexes held */
    struct ShardLog *log;             /* of streams' records */
    Timer *streams;                   /* when a shard is to be closed or dropped */
    struct Kinesis *kinesis;          /* NULL: it isn't open */
    void *kms;                        /* NULL: it isn't open */
    void *s3;                         /* for exports and imports; NULL: it isn't open */
    struct ExportFile *export_file;   /* export_job.h: the one that is being written */
    struct ImportReader *import_read; /* import_job.h: the object that is being read */
    Timer *deliveries;                /* tries again what Kinesis did not take */
    bool may_have_undelivered;
    LoopTimer jobs;     /* job.h */
    Timer *old_backups; /* at old_backups_ms a system backup is to be removed */
    int64_t old_backups_ms;
    int64_t transition_ms, recovery_log_bytes; /* settings */
    struct TableMetrics *metrics;              /* table_metrics.h */
    struct Throttles *throttles;               /* throttle.h; NULL: no limits hold */
    struct Table *changed;                     /* since the last commit: their tallies are to be written */
    struct Table *retired; /* forgotten in this turn: answers that leave at its end may still show them */
};

typedef struct KeyAttribute {
    Bytes name; /* absent: none */
    int kind;   /* VALUE_S, VALUE_N or VALUE_B */
} KeyAttribute;

/* aws: Developer Guide, Multi-attribute keys pattern: a global index has "up to four attributes each"; tables and local
 * indexes have one. In their order; what comes behind the last is absent. */
#define KEY_ATTRIBUTES_MAX 4

typedef struct Keys {
    union {
        KeyAttribute hash; /* the first, or the only one */
        KeyAttribute hashes[KEY_ATTRIBUTES_MAX];
    };
    union {
        KeyAttribute range; /* absent: no range key at all */
        KeyAttribute ranges[KEY_ATTRIBUTES_MAX];
    };
} Keys;

typedef struct Tally {
    int64_t items, bytes;
    bool is_changed; /* since it was written */
} Tally;

typedef struct Units {
    int64_t read, write;           /* provisioned; 0: on demand */
    int64_t max_read, max_write;   /* OnDemandThroughput; 0: none */
    int64_t warm_read, warm_write; /* the most it was ever made for, as far as it was told: units_warm knows the rest */
} Units;

/* When what is provisioned was dialled up and down: dials.h. */
typedef struct Dials {
    int64_t day, decreases;             /* of UTC, since 1970; so many on that day */
    int64_t decreased_ms, increased_ms; /* the last; 0: never */
    int own;                            /* what of a replica's units overrides its global table's: OWN_… */
} Dials;
enum { OWN_READ = 1, OWN_MAX_READ = 2 };

typedef struct Index {
    int64_t tree; /* of its entries; below 0 */
    Bytes name;
    bool is_global;
    Keys keys;
    Bytes projection_type;
    DynamodbNonKeyAttributeNameList non_key;
    Units units;
    Dials dials;
    Tally tally;
    bool is_filling; /* index_job.h: with the items up to the row of that key */
    Bytes filled_hash, filled_range;
} Index;

/* Its newest stream, and where the next record goes. */
typedef struct StreamTip {
    TableStream newest; /* id 0: it never had one, or that is gone */
    int64_t shard_id;   /* 0: it is off */
    int64_t next;       /* position; 0: not looked up yet */
    int64_t arrival_ms; /* of the last record */
    uint64_t told_turn; /* in which DYNAMODB_STREAM_GREW was published */
} StreamTip;

/* The stream of Kinesis that gets a table's changes. Its state passes by itself: destination_status. */
typedef struct Destination {
    int64_t id; /* 0: none */
    Bytes stream_arn, precision;
    Bytes status, status_after;
    int64_t due_ms; /* when the one becomes the other */
} Destination;

/* Who needs to know what an item was before it changes: history.h. */
typedef struct History {
    int64_t *copies; /* trees of copies that are being made */
    size_t copies_count;
    int64_t last, bytes; /* of the change log */
    bool is_changed;     /* since it was written */
} History;

/* What the table was restored from. */
typedef struct Origin {
    Bytes table_arn, backup_arn; /* backup_arn absent: to a point in time; table_arn absent: it wasn't restored */
    int64_t as_of_ms;
    int64_t active_ms; /* not before; and not while it is copied */
    bool is_copying;
} Origin;

typedef struct Table {
    Arena *arena; /* of all that follows */
    int64_t id;   /* and the tree of its items */
    Bytes account, region, name, uuid;
    Keys keys;
    int64_t created_ms;
    Bytes billing_mode;
    int64_t on_demand_since_ms; /* 0: never was */
    Units units;
    Dials dials;
    Bytes table_class;
    bool is_protected;
    Bytes ttl_attribute;       /* absent: off */
    int64_t recovery_since_ms; /* 0: point-in-time recovery is off */
    int64_t recovery_days;
    Bytes sse_key; /* absent: DynamoDB's own key */
    Tally tally;
    Index *indexes;
    size_t indexes_count;
    StreamTip stream;
    struct TableMeters *meters; /* NULL: this is not the copy that is kept in memory */
    Destination destination;    /* the one that is ENABLING, ACTIVE, UPDATING or DISABLING, or was lately */
    History history;
    Origin origin;
    Bytes *replicas; /* regions of the others of a global table */
    size_t replicas_count;
    struct Table *next_retired;
    struct Table *next_changed;
    bool is_changed; /* stands in Dynamodb.changed */
} Table;

extern const Migration dynamodb_schema;

/* The table of a name or ARN; the words differ between operations on tables and on items. */
MUST_CHECK Status table_find(Call *call, Bytes name, Table **ret_table);
MUST_CHECK Status table_find_for_items(Call *call, Bytes name, Table **ret_table);
/* For backups, whose error is TableNotFound. */
MUST_CHECK Status table_find_for_backup(Call *call, Bytes name, Table **ret_table);
/* Not one that is being restored: ResourceInUse. */
MUST_CHECK Status table_find_to_change(Call *call, Bytes name, Table **ret_table);
static inline bool table_is_being_made(const Table *table, int64_t now_ms)
{
    return table->origin.is_copying || now_ms < table->origin.active_ms;
}
static inline bool table_is_on_demand(const Table *table)
{
    return bytes_equal(table->billing_mode, DYNAMODB_BILLING_MODE_PAY_PER_REQUEST);
}
/* STORE_NOT_FOUND: no such table. */
MUST_CHECK int table_get(const Scope *scope, Bytes name, Table **ret_table);
/* The name itself, or the one in an ARN of this account and region. */
Bytes table_name_of(Bytes name_or_arn);
/* Account NUL region NUL name, as maps of tables have it. */
Bytes table_map_key(Arena *arena, Bytes account, Bytes region, Bytes name);
/* NULL: no such index. */
const Index *table_index(const Table *table, Bytes name);

/* All of `table` but id and tallies; its indexes with it. */
MUST_CHECK int table_insert(const Scope *scope, const Table *table, int64_t *ret_id);
/* The columns of the table itself. */
MUST_CHECK int table_write(const Scope *scope, const Table *table);
/* What a table has beside its definition and items: tags, expiry, the stream's being on, policies. */
MUST_CHECK int table_remove_parts(const Scope *scope, Table *table);
MUST_CHECK int table_remove(const Scope *scope, Table *table);
MUST_CHECK int index_insert(const Scope *scope, const Table *table, const Index *index, int64_t *ret_tree);
/* Its throughput and tally. */
MUST_CHECK int index_write(const Scope *scope, const Index *index);
MUST_CHECK int index_remove(const Scope *scope, const Index *index);
/* Forgets the copy, once or again: the next look reads it anew. It itself lives on until the turn's answers have left.
 */
void table_forget(Dynamodb *dynamodb, Table *table);
void tables_forget(Dynamodb *dynamodb);
void tables_free_retired(void *dynamodb, const void *event); /* watches TURN_ENDED */
/* Its items, what they weigh, or its history: written before the commit. */
void table_note_change(Dynamodb *dynamodb, Table *table);
/* The store's hook: writes tallies. */
int tables_before_commit(void *context);

/* Names of one account and region in order, behind `after`. */
MUST_CHECK int tables_list(const Scope *scope, Bytes after, size_t limit, Bytes **ret_names, size_t *ret_count);

/* What table or index can serve at once. aws: on a table that is or was on demand 12,000 and 4,000 at least. */
#define WARM_READ_UNITS  12000
#define WARM_WRITE_UNITS 4000
Units units_warm(const Table *table, const Units *units);
Bytes table_arn(Call *call, const Table *table);
DynamodbTableWarmThroughputDescription *warm_describe(Arena *arena, const Table *table, Bytes status);
DynamodbTableDescription *table_describe(Call *call, const Table *table, Bytes status);

/* expiry.c: looks for expired items when the time is over (0: at once), and then when the next one's is. */
void expiry_start(Dynamodb *dynamodb, int64_t expires_s);
void expiry_stop(Dynamodb *dynamodb);
MUST_CHECK int expiry_forget(const Scope *scope, int64_t table_id); /* none of it expires any more */

/* Rows of an owner that go in steps. `some`: those of ?1 up to the one that stands at ?2; `rest`: all of ?1. */
typedef struct RowsToDrop {
    Query some, rest;
    int64_t step; /* so many rows */
} RowsToDrop;
/* A step; STORE_NOT_FOUND: nothing is left. */
MUST_CHECK int rows_drop(Store *store, const RowsToDrop *rows, int64_t owner);
/* Removes rows of trees without an owner, some a turn. */
void drops_start(Dynamodb *dynamodb);
void drops_stop(Dynamodb *dynamodb);
