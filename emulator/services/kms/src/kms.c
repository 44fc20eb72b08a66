/* kms.c - the operations this service answers, and its tables. */
#include "kms.h"
#include "key.h"
#include "kms_model.h"
#include <stdlib.h>

extern const Operation KmsDescribeKey, KmsListKeys, KmsListAliases;

static const Operation *const operations[] = {&KmsDescribeKey, &KmsListKeys, &KmsListAliases, NULL};

static const Query reset_keys = {"DELETE FROM kms_key WHERE " IN_NAMESPACE};
static const Query reset_aliases = {"DELETE FROM kms_alias WHERE " IN_NAMESPACE};

/* What was furnished in a turn that was undone is furnished again at its next use. */
static void forget(void *context)
{
    Kms *kms = context;
    map_free(kms->furnished);
    kms->furnished = map_new();
}

static int reset(void *service, Bytes account, Bytes region)
{
    Kms *kms = service;
    static const Query *const queries[] = {&reset_keys, &reset_aliases, NULL};
    forget(kms);
    return reset_rows(kms->host->store, queries, account, region);
}

const Service kms_service = {
    .model = &KMS_SERVICE,
    .operations = operations,
    .reset = reset,
};

static const Migration migration = {
    "kms",
    (const char *const[]){
        "CREATE TABLE kms_key (account TEXT, region TEXT, id TEXT, state TEXT NOT NULL, manager TEXT NOT NULL,"
        " description TEXT NOT NULL, created_ms INTEGER NOT NULL, PRIMARY KEY (account, region, id)) WITHOUT ROWID;"
        "CREATE TABLE kms_alias (account TEXT, region TEXT, name TEXT, key_id TEXT NOT NULL, created_ms INTEGER NOT "
        "NULL,"
        " PRIMARY KEY (account, region, name)) WITHOUT ROWID;",
        NULL,
    },
};

Kms *kms_open(Host *host)
{
    if (store_migrate(host->store, &migration) != STORE_OK)
        return NULL;
    Kms *kms = calloc(1, sizeof *kms);
    if (!kms)
        abort();
    kms->host = host;
    kms->furnished = map_new();
    store_on_rollback(host->store, forget, kms);
    return kms;
}

Kms *kms_close(Kms *kms)
{
    if (kms)
        map_free(kms->furnished);
    free(kms);
    return NULL;
}
