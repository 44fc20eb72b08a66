/* job.h - long work on tables, done in small steps so that no call waits for it: copies for backups, restores, a change
 * log that goes. A job is a row, changed in the transaction of each of its steps: what kill -9 interrupts goes on from
 * there. The oldest goes first, alone: a restore finds the copy it reads complete, and a log goes when nobody reads it.
 *
 *   backup            COPY: the table's rows as they were when it began (history.h), into the backup's tree
 *   point in time     UNDO: what the change log has after that time, the oldest last, into the tree of a hidden backup;
 *                     COPY: the rows that have not changed since; RESTORE from it, as from any backup
 *   restore           RESTORE: the backup's rows as new items of the new table, with its indexes
 *   export            UNDO and COPY as for a point in time; EXPORT: the copy's rows into objects. Of an incremental one
 *                     first COLLECT: what was changed in the time between, as it was before, into another hidden tree
 *   import            IMPORT: objects into the new table
 *   new replica       REPLICATE: the table's rows into the one in another region
 *   new index         INDEX: the table's rows into the index's tree
 *   Time to Live      EXPIRY: when the table's items expire; where it is off, or there is no table, that is forgotten
 */
#pragma once
#include "key.h"

typedef enum JobKind {
    JOB_UNDO, /* history.c and jobs.c know these numbers, and they lie in files */
    JOB_COPY,
    JOB_RESTORE,
    JOB_FORGET,
    JOB_COLLECT,
    JOB_EXPORT,
    JOB_IMPORT,
    JOB_REPLICATE,
    JOB_INDEX,
    JOB_EXPIRY
} JobKind;

typedef struct Job {
    int64_t id;
    JobKind kind;
    int64_t source, target; /* ids of tables, also of those that backups are */
    Key at;                 /* the row that came last; empty: none yet */
    int64_t from, to;       /* of the change log: both included */
    bool drops_source;      /* when it has been restored */
} Job;

MUST_CHECK int jobs_add(const Scope *scope, const Job *job);
/* A first step within the call: what is small is complete when it is answered. */
MUST_CHECK int jobs_begin(const Scope *scope);
/* STORE_NOT_FOUND: no job works on the table, from it or to it. Else STORE_OK. */
MUST_CHECK int jobs_find(const Scope *scope, int64_t table_id);
void jobs_start(Dynamodb *dynamodb);
void jobs_stop(Dynamodb *dynamodb);

/* For the steps that lie in files of their own. What is left of a turn's share: */
typedef struct Share {
    int64_t rows, bytes;
} Share;
bool share_take(Share *share, int64_t rows, size_t bytes); /* false: nothing is left */

typedef struct StoredRow {
    Key key;
    Bytes item;
} StoredRow;
/* A step through the tree of job->source, from behind job->at, which moves on. True in *ret_end: nothing is left. */
typedef int RowFunction(void *context, const StoredRow *row, Share *share);
MUST_CHECK int job_for_rows(const Scope *scope, Job *job, Share *share, RowFunction *function, void *context,
                            bool *ret_end);
MUST_CHECK int job_write(const Scope *scope, const Job *job);
MUST_CHECK int job_done(const Scope *scope, const Job *job);
/* The last row is in the new table: it is what it was made from, and the job has done its work. */
MUST_CHECK int job_has_copied(const Scope *scope, const Job *job, Table *target);
/* The table of an id, wherever it is, and the scope it is found in; STORE_NOT_FOUND. */
MUST_CHECK int job_table(const Scope *scope, int64_t id, Scope *ret_scope, Table **ret_table);
/* export_job.c, import_job.c, replica.c, index_job.c, expiry_job.c */
MUST_CHECK int export_step(const Scope *scope, Job *job, Share *share);
MUST_CHECK int export_give_up(const Scope *scope, const Job *job);
MUST_CHECK int import_step(const Scope *scope, Job *job, Share *share);
MUST_CHECK int replicate_step(const Scope *scope, Job *job, Share *share);
MUST_CHECK int index_job_step(const Scope *scope, Job *job, Share *share);
MUST_CHECK int expiry_job_step(const Scope *scope, Job *job, Share *share);
MUST_CHECK int index_job_give_up(const Scope *scope, const Job *job);
