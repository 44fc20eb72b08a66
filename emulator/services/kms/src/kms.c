/* kms.c - the operations this service answers, and its tables. */
#include "kms.h"
#include "due.h"
#include "key_making.h"
#include "kms_operations.h"
#include "permission.h"
#include <sodium.h>
#include <stdlib.h>

static const Query reset_keys = {"DELETE FROM kms_key WHERE " IN_NAMESPACE};
static const Query reset_tags = {"DELETE FROM kms_tag WHERE " IN_NAMESPACE};
static const Query reset_material = {"DELETE FROM kms_material WHERE " IN_NAMESPACE};
static const Query reset_grants = {"DELETE FROM kms_grant WHERE " IN_NAMESPACE};
static const Query reset_aliases = {"DELETE FROM kms_alias WHERE " IN_NAMESPACE};

/* What was furnished in a turn that was undone is furnished again at its next use. */
static void forget(void *context)
{
    Kms *kms = context;
    map_free(kms->furnished);
    kms->furnished = map_new();
    kms->generation++;
    kms->has_secret = false;
    due_look_again(kms);
}

static int reset(void *service, Bytes account, Bytes region)
{
    Kms *kms = service;
    static const Query *const queries[] = {&reset_keys,     &reset_aliases, &reset_tags,
                                           &reset_material, &reset_grants,  NULL};
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
        /* Before, all keys were symmetric and of one region. */
        "ALTER TABLE kms_key ADD COLUMN spec TEXT NOT NULL DEFAULT 'SYMMETRIC_DEFAULT';"
        "ALTER TABLE kms_key ADD COLUMN usage TEXT NOT NULL DEFAULT 'ENCRYPT_DECRYPT';"
        "ALTER TABLE kms_key ADD COLUMN origin TEXT NOT NULL DEFAULT 'AWS_KMS';"
        "ALTER TABLE kms_key ADD COLUMN multi_region INTEGER NOT NULL DEFAULT 0;"
        "ALTER TABLE kms_key ADD COLUMN primary_region TEXT NOT NULL DEFAULT '';"
        "ALTER TABLE kms_key ADD COLUMN rotation_days INTEGER NOT NULL DEFAULT 0;"
        "ALTER TABLE kms_key ADD COLUMN rotation_next_ms INTEGER NOT NULL DEFAULT 0;"
        "ALTER TABLE kms_key ADD COLUMN expires_ms INTEGER NOT NULL DEFAULT -1;"
        "ALTER TABLE kms_key ADD COLUMN pending_days INTEGER NOT NULL DEFAULT 0;"
        "ALTER TABLE kms_key ADD COLUMN public_der BLOB;"
        "CREATE INDEX kms_key_deletion ON kms_key (deletion_ms) WHERE deletion_ms > 0;"
        "CREATE INDEX kms_key_rotation ON kms_key (rotation_next_ms) WHERE rotation_next_ms > 0 AND state = 0;"
        "CREATE INDEX kms_key_expiry ON kms_key (expires_ms) WHERE expires_ms > 0;"
        "CREATE INDEX kms_key_regions ON kms_key (account, id) WHERE multi_region > 0;"
        "CREATE TABLE kms_secret (id INTEGER PRIMARY KEY, secret BLOB NOT NULL);"
        "CREATE TABLE kms_material (account TEXT, region TEXT, key_id TEXT, id TEXT, sealed BLOB,"
        " state INTEGER NOT NULL, rotation INTEGER NOT NULL, serial INTEGER NOT NULL, rotated_ms INTEGER NOT NULL,"
        " expires_ms INTEGER NOT NULL, description TEXT NOT NULL,"
        " PRIMARY KEY (account, region, key_id, id)) WITHOUT ROWID;"
        "INSERT INTO kms_material SELECT account, region, id, material_id, NULL, 0, 0, 0, 0, -1, '' FROM kms_key;"
        "CREATE TABLE kms_grant (account TEXT, region TEXT, key_id TEXT, id TEXT, name TEXT, grantee TEXT,"
        " grantee_service TEXT, retiring TEXT, retiring_service TEXT, operations TEXT NOT NULL, constraints TEXT,"
        " created_ms INTEGER NOT NULL, PRIMARY KEY (account, region, key_id, id)) WITHOUT ROWID;"
        "CREATE INDEX kms_grant_retiring ON kms_grant (account, region, retiring, key_id, id) WHERE retiring IS NOT NULL;",
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
    due_look_again(kms);
    return kms;
}

static void close_kms(void *service)
{
    Kms *kms = service;
    key_making_stop(kms);
    map_free(kms->furnished);
    sodium_memzero(kms->secret, sizeof kms->secret);
    free(kms);
}

extern const PermissionsOf kms_permissions; /* permissions.c */

const Service kms_service = {
    .model = &KMS_SERVICE,
    .operations = KMS_OPERATIONS,
    .open = open_kms,
    .close = close_kms,
    .reset = reset,
    .permissions = &kms_permissions,
};
