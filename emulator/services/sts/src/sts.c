/* sts.c - the operations this service answers, and its table. */
#include "sts.h"
#include "permission.h"
#include "session.h"
#include "sts_operations.h"
#include <stdlib.h>

static const Query reset_sessions = {"DELETE FROM sts_session WHERE (?1 IS NULL OR account = ?1)"
                                     " AND (?2 IS NULL OR ?2 = 'us-east-1')"};

static int reset(void *service, Bytes account, Bytes region)
{
    Sts *sts = service;
    static const Query *const queries[] = {&reset_sessions, NULL};
    return reset_rows(sts->runtime->store, queries, account, region);
}

static const Migration migration = {
    "sts",
    (const char *const[]){
        "CREATE TABLE sts_session (id TEXT PRIMARY KEY, account TEXT NOT NULL, arn TEXT NOT NULL,"
        " user_id TEXT NOT NULL, transitive TEXT, expires_ms INTEGER NOT NULL) WITHOUT ROWID;"
        "CREATE INDEX sts_session_end ON sts_session (expires_ms);",
        /* For those who check signatures, and who may do what. */
        "ALTER TABLE sts_session ADD COLUMN secret BLOB;"
        "ALTER TABLE sts_session ADD COLUMN token TEXT;"
        "ALTER TABLE sts_session ADD COLUMN basis TEXT;"
        "ALTER TABLE sts_session ADD COLUMN policy TEXT;"
        "ALTER TABLE sts_session ADD COLUMN policy_arns TEXT;"
        "ALTER TABLE sts_session ADD COLUMN tags TEXT;"
        "ALTER TABLE sts_session ADD COLUMN source_identity TEXT;"
        "ALTER TABLE sts_session ADD COLUMN issued_ms INTEGER;",
        NULL,
    },
};

static void *open_sts(Runtime *runtime)
{
    if (store_migrate(runtime->store, &migration) != STORE_OK)
        return NULL;
    Sts *sts = calloc(1, sizeof *sts);
    if (!sts)
        abort();
    sts->runtime = runtime;
    return sts;
}

static void close_sts(void *service)
{
    free(service);
}

extern const PermissionsOf sts_permissions; /* permissions.c */

const Service sts_service = {
    .model = &STS_SERVICE,
    .operations = STS_OPERATIONS,
    .open = open_sts,
    .close = close_sts,
    .reset = reset,
    .permissions = &sts_permissions,
};
