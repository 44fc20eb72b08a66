/* kms.c - the operations this service answers, and its tables. */
#include "kms.h"
#include "key.h"
#include "kms_operations.h"
#include <stdlib.h>

static const Query reset_keys = {"DELETE FROM kms_key WHERE " IN_NAMESPACE};
static const Query reset_tags = {"DELETE FROM kms_tag WHERE " IN_NAMESPACE};
static const Query reset_aliases = {"DELETE FROM kms_alias WHERE " IN_NAMESPACE};

/* What was furnished in a turn that was undone is furnished again at its next use. */
static void forget(void *context)
{
    Kms *kms = context;
    map_free(kms->furnished);
    kms->furnished = map_new();
    kms->generation++;
}

static int reset(void *service, Bytes account, Bytes region)
{
    Kms *kms = service;
    static const Query *const queries[] = {&reset_keys, &reset_aliases, &reset_tags, NULL};
    forget(kms);
    return reset_rows(kms->runtime->store, queries, account, region);
}

static const Migration migration = {
    "kms",
    (const char *const[]){
        "CREATE TABLE kms_key (account TEXT, region TEXT, id TEXT, state TEXT NOT NULL, manager TEXT NOT NULL,"
        " description TEXT NOT NULL, created_ms INTEGER NOT NULL, PRIMARY KEY (account, region, id)) WITHOUT ROWID;"
        "CREATE TABLE kms_alias (account TEXT, region TEXT, name TEXT, key_id TEXT NOT NULL, created_ms INTEGER NOT "
        "NULL,"
        " PRIMARY KEY (account, region, name)) WITHOUT ROWID;",
        /* States are numbers: KmsKeyState. */
        "ALTER TABLE kms_key DROP COLUMN state;"
        "ALTER TABLE kms_key ADD COLUMN state INTEGER NOT NULL DEFAULT 0;"
        "ALTER TABLE kms_key ADD COLUMN deletion_ms INTEGER NOT NULL DEFAULT 0;"
        "ALTER TABLE kms_key ADD COLUMN material_id TEXT NOT NULL DEFAULT '';"
        "ALTER TABLE kms_key ADD COLUMN policy TEXT;"
        "UPDATE kms_key SET material_id = lower(hex(randomblob(32)));"
        "ALTER TABLE kms_alias ADD COLUMN updated_ms INTEGER NOT NULL DEFAULT 0;"
        "UPDATE kms_alias SET updated_ms = created_ms;"
        "CREATE TABLE kms_tag (account TEXT, region TEXT, key_id TEXT, key TEXT, value TEXT NOT NULL,"
        " PRIMARY KEY (account, region, key_id, key)) WITHOUT ROWID;",
        NULL,
    },
};

static void *open_kms(Runtime *runtime)
{
    if (store_migrate(runtime->store, &migration) != STORE_OK)
        return NULL;
    Kms *kms = calloc(1, sizeof *kms);
    if (!kms)
        abort();
    kms->runtime = runtime;
    kms->furnished = map_new();
    store_on_rollback(runtime->store, forget, kms);
    return kms;
}

static void close_kms(void *service)
{
    Kms *kms = service;
    map_free(kms->furnished);
    free(kms);
}

const Service kms_service = {
    .model = &KMS_SERVICE,
    .operations = KMS_OPERATIONS,
    .open = open_kms,
    .close = close_kms,
    .reset = reset,
};
