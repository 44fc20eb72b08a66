/* iam.c - the operations this service answers, and its tables. */
#include "iam.h"
#include "entity.h"
#include "iam_operations.h"
#include "judge.h"
#include "managed.h"
#include "permission.h"
#include <stdlib.h>

/* What is of no region lies in the one its requests are signed for. */
#define IN_ACCOUNT "(?1 IS NULL OR account = ?1) AND (?2 IS NULL OR ?2 = 'us-east-1')"
#define OF_ACCOUNT "(SELECT key FROM iam_entity WHERE " IN_ACCOUNT ")"

static const Query reset_inline = {"DELETE FROM iam_inline WHERE owner IN " OF_ACCOUNT};
static const Query reset_attachments = {"DELETE FROM iam_attachment WHERE owner IN " OF_ACCOUNT};
static const Query reset_members = {"DELETE FROM iam_member WHERE container IN " OF_ACCOUNT};
static const Query reset_tags = {"DELETE FROM iam_tag WHERE owner IN " OF_ACCOUNT};
static const Query reset_versions = {"DELETE FROM iam_version WHERE policy IN " OF_ACCOUNT};
static const Query reset_entities = {"DELETE FROM iam_entity WHERE " IN_ACCOUNT};

static const Query reset_keys = {"DELETE FROM iam_access_key WHERE owner IN " OF_ACCOUNT};
static const Query reset_logins = {"DELETE FROM iam_login WHERE owner IN " OF_ACCOUNT};
static const Query reset_credentials = {"DELETE FROM iam_credential WHERE owner IN " OF_ACCOUNT};
static const Query reset_accounts = {"DELETE FROM iam_account WHERE " IN_ACCOUNT};

static int reset(void *service, Bytes account, Bytes region)
{
    Iam *iam = service;
    static const Query *const queries[] = {
        &reset_inline, &reset_attachments, &reset_members,     &reset_tags,     &reset_versions,
        &reset_keys,   &reset_logins,      &reset_credentials, &reset_accounts, &reset_entities,
        NULL};
    return reset_rows(iam->runtime->store, queries, account, region);
}

static const Migration migration = {
    "iam",
    (const char *const[]){
        /* aws: "Names are not distinguished by case." */
        "CREATE TABLE iam_entity (key INTEGER PRIMARY KEY AUTOINCREMENT, account TEXT NOT NULL, kind INTEGER NOT NULL,"
        " name TEXT NOT NULL COLLATE NOCASE, id TEXT NOT NULL, path TEXT NOT NULL, created_ms INTEGER NOT NULL,"
        " updated_ms INTEGER NOT NULL, document TEXT, description TEXT, boundary TEXT,"
        " max_session_seconds INTEGER NOT NULL, default_version INTEGER NOT NULL, versions_made INTEGER NOT NULL,"
        " UNIQUE (account, kind, name));"
        "CREATE INDEX iam_boundary ON iam_entity (account, boundary) WHERE boundary IS NOT NULL;"
        "CREATE TABLE iam_version (policy INTEGER, version INTEGER, document TEXT NOT NULL,"
        " created_ms INTEGER NOT NULL, PRIMARY KEY (policy, version)) WITHOUT ROWID;"
        "CREATE TABLE iam_inline (owner INTEGER, name TEXT, document TEXT NOT NULL,"
        " PRIMARY KEY (owner, name)) WITHOUT ROWID;"
        "CREATE TABLE iam_attachment (owner INTEGER, arn TEXT, account TEXT NOT NULL,"
        " PRIMARY KEY (owner, arn)) WITHOUT ROWID;"
        "CREATE INDEX iam_attached ON iam_attachment (account, arn);"
        "CREATE TABLE iam_member (container INTEGER, member INTEGER, PRIMARY KEY (container, member)) WITHOUT ROWID;"
        "CREATE INDEX iam_container ON iam_member (member);"
        "CREATE TABLE iam_tag (owner INTEGER, key TEXT COLLATE NOCASE, value TEXT NOT NULL,"
        " PRIMARY KEY (owner, key)) WITHOUT ROWID;",
        /* Access keys of users; what else an account or a user has one of, as JSON by the model's shapes. */
        "CREATE TABLE iam_access_key (id TEXT PRIMARY KEY, owner INTEGER NOT NULL, status TEXT NOT NULL,"
        " created_ms INTEGER NOT NULL) WITHOUT ROWID;"
        "CREATE INDEX iam_access_key_owner ON iam_access_key (owner, id);"
        "CREATE TABLE iam_login (owner INTEGER PRIMARY KEY, created_ms INTEGER NOT NULL, reset INTEGER NOT NULL);"
        "CREATE TABLE iam_account (account TEXT PRIMARY KEY, alias TEXT, password_policy TEXT) WITHOUT ROWID;",
        /* What signatures are checked by, sealed (secrets.c). */
        "ALTER TABLE iam_access_key ADD COLUMN secret BLOB;"
        "CREATE TABLE iam_secret (id INTEGER PRIMARY KEY, secret BLOB NOT NULL);",
        "CREATE TABLE iam_credential (owner INTEGER NOT NULL, kind INTEGER, id TEXT, status TEXT NOT NULL,"
        " created_ms INTEGER NOT NULL, expires_ms INTEGER NOT NULL, subject TEXT, body TEXT,"
        " PRIMARY KEY (kind, id, owner)) WITHOUT ROWID;"
        "CREATE INDEX iam_credential_owner ON iam_credential (owner, kind, id);"
        "CREATE INDEX iam_credential_subject ON iam_credential (kind, subject);"
        "ALTER TABLE iam_account ADD COLUMN report TEXT;"
        "ALTER TABLE iam_account ADD COLUMN reported_ms INTEGER;"
        "ALTER TABLE iam_account ADD COLUMN token_version INTEGER;"
        "ALTER TABLE iam_login ADD COLUMN changed_ms INTEGER;",
        NULL,
    },
};

static void *open_iam(Runtime *runtime)
{
    if (store_migrate(runtime->store, &migration) != STORE_OK)
        return NULL;
    Iam *iam = calloc(1, sizeof *iam);
    if (!iam)
        abort();
    iam->runtime = runtime;
    iam->managed = managed_new();
    return iam;
}

static void close_iam(void *service)
{
    Iam *iam = service;
    managed_free(iam->managed);
    free(iam);
}

extern const PermissionsOf iam_permissions; /* permissions.c */

const Service iam_service = {
    .model = &IAM_SERVICE,
    .operations = IAM_OPERATIONS,
    .open = open_iam,
    .close = close_iam,
    .judge = iam_judge,
    .reset = reset,
    .permissions = &iam_permissions,
};
