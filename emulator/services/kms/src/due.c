/* due.c - one timer of all keys, at the first time that something is due. */
#include "due.h"
#include "material.h"
#include "vault.h"

static const Query next_due = {
    "SELECT min(at) FROM (SELECT min(deletion_ms) AS at FROM kms_key WHERE deletion_ms > 0"
    " UNION ALL SELECT min(rotation_next_ms) FROM kms_key WHERE rotation_next_ms > 0 AND state = 0"
    " UNION ALL SELECT min(expires_ms) FROM kms_key WHERE expires_ms > 0)"};
static const Query first_deleted = {
    "SELECT account, region, id FROM kms_key WHERE deletion_ms > 0 AND deletion_ms <= ?1 LIMIT 1"};
static const Query first_rotated = {"SELECT account, region, id FROM kms_key WHERE rotation_next_ms > 0 AND state = 0"
                                    " AND rotation_next_ms <= ?1 LIMIT 1"};
static const Query first_expired = {
    "SELECT account, region, id FROM kms_key WHERE expires_ms > 0 AND expires_ms <= ?1 LIMIT 1"};
static const Query get_state = {
    "SELECT state, pending_days, primary_region FROM kms_key WHERE account = ?1 AND region = ?2 AND id = ?3"};
static const Query start_waiting = {
    "UPDATE kms_key SET state = 2, deletion_ms = ?4 WHERE account = ?1 AND region = ?2 AND id = ?3"};
static const Query next_expiry = {
    "SELECT min(expires_ms) FROM kms_material WHERE account = ?1 AND region = ?2 AND key_id = ?3"
    " AND expires_ms > 0"};

static void comes_due(void *context, int64_t now_ms);

static void arm(Kms *kms, int64_t at_ms)
{
    if (kms->due && kms->due_ms <= at_ms)
        return;
    if (kms->due)
        scheduler_cancel(kms->runtime->scheduler, kms->due);
    kms->due = kms->runtime->scheduler ? scheduler_at(kms->runtime->scheduler, at_ms, comes_due, kms) : NULL;
    kms->due_ms = at_ms;
}

void due_look(Kms *kms, const KmsKey *key)
{
    if (key->deletion_ms > 0)
        arm(kms, key->deletion_ms);
    if (key->rotation_next_ms > 0 && key->state == KMS_KEY_ENABLED)
        arm(kms, key->rotation_next_ms);
    if (key->expires_ms > 0)
        arm(kms, key->expires_ms);
}

void due_look_again(Kms *kms)
{
    arm(kms, 0);
}

static Statement *begin_of(const Scope *scope, const Query *query, Bytes region, Bytes id)
{
    Statement *statement = statement_begin(scope->store, query);
    bind_text(statement, 1, scope->account);
    bind_text(statement, 2, region);
    bind_text(statement, 3, id);
    return statement;
}

/* aws: Developer Guide, "Deleting multi-Region keys": the waiting period of a primary key begins when the last of its
 * replicas is gone. */
static int free_primary(const Scope *scope, const KmsKey *replica)
{
    Regions left;
    int code = key_regions(scope, replica, &left);
    if (code != STORE_OK || left.len > 2) /* itself, as it was, and the primary */
        return code;
    Statement *get = begin_of(scope, &get_state, replica->primary_region, replica->id);
    code = statement_one(get);
    if (code != STORE_ROW)
        return code == STORE_NOT_FOUND ? STORE_OK : code;
    bool waits = column_int64(get, 0) == KMS_KEY_PENDING_REPLICA_DELETION;
    int64_t deletion_ms = scope->now_ms + column_int64(get, 1) * DAY_MS;
    statement_end(get);
    if (!waits)
        return STORE_OK;
    Statement *wait = begin_of(scope, &start_waiting, replica->primary_region, replica->id);
    bind_int64(wait, 4, deletion_ms);
    arm(scope->service, deletion_ms);
    return statement_run(wait);
}

static int do_delete(const Scope *scope, KmsKey *key)
{
    int code = key->multi_region == KMS_REPLICA ? free_primary(scope, key) : STORE_OK;
    return code == STORE_OK ? key_delete(scope, key) : code;
}

/* aws: ImportKeyMaterial, ValidTo: "When the key material expires, KMS deletes it and the key becomes unusable." */
static int do_expire(const Scope *scope, KmsKey *key)
{
    int code = material_forget_expired(scope, key->id);
    if (code != STORE_OK)
        return code;
    Statement *next = begin_of(scope, &next_expiry, scope->region, key->id);
    code = statement_one(next);
    if (code != STORE_ROW)
        return code == STORE_NOT_FOUND ? STORE_BROKEN : code;
    key->expires_ms = column_is_null(next, 0) ? -1 : column_int64(next, 0);
    statement_end(next);
    if (key->state == KMS_KEY_ENABLED || key->state == KMS_KEY_DISABLED)
        key->state = KMS_KEY_PENDING_IMPORT;
    return key_save(scope, key);
}

#define ROTATIONS_AT_ONCE 100

/* A clock that is moved by years brings each rotation that was due meanwhile; by centuries, the last hundred. */
static int do_rotate(const Scope *scope, KmsKey *key)
{
    int64_t period_ms = key->rotation_days * DAY_MS;
    int64_t missed = (scope->now_ms - key->rotation_next_ms) / period_ms;
    if (missed >= ROTATIONS_AT_ONCE)
        key->rotation_next_ms += (missed - ROTATIONS_AT_ONCE + 1) * period_ms;
    key->rotation_next_ms += period_ms;
    return key_rotate(scope, key, ROTATION_AUTOMATIC);
}

typedef int DueThing(const Scope *scope, KmsKey *key);

/* STORE_ROW: one was there, and is done. */
static int do_first(Scope *scope, const Query *query, DueThing *thing)
{
    KmsKey key;
    Statement *first = statement_begin(scope->store, query);
    bind_int64(first, 1, scope->now_ms);
    int code = statement_one(first);
    if (code != STORE_ROW)
        return code == STORE_NOT_FOUND ? STORE_OK : code;
    scope->account = arena_copy(scope->arena, column_bytes(first, 0));
    scope->region = arena_copy(scope->arena, column_bytes(first, 1));
    Bytes id = arena_copy(scope->arena, column_bytes(first, 2));
    statement_end(first);
    code = key_at(scope, id, &key);
    if (code == STORE_OK)
        code = thing(scope, &key);
    return code == STORE_OK ? STORE_ROW : code;
}

static int do_all(Scope *scope)
{
    static const struct {
        const Query *query;
        DueThing *thing;
    } kinds[] = {{&first_rotated, do_rotate}, {&first_expired, do_expire}, {&first_deleted, do_delete}};
    int code = vault_load(scope->service);
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds && code == STORE_OK; i++)
        do
            code = do_first(scope, kinds[i].query, kinds[i].thing);
        while (code == STORE_ROW);
    return code;
}

static void comes_due(void *context, int64_t now_ms)
{
    Kms *kms = context;
    Arena *arena = arena_new();
    Scope scope = scope_of_runtime(kms->runtime, kms, arena);
    scope.now_ms = now_ms;
    kms->due = NULL;
    int code = do_all(&scope);
    if (code == STORE_OK) {
        Statement *next = statement_begin(kms->runtime->store, &next_due);
        code = statement_one(next);
        if (code == STORE_ROW) {
            if (!column_is_null(next, 0))
                arm(kms, column_int64(next, 0));
            statement_end(next);
        }
    }
    if (code < 0)
        log_format(kms->runtime->log, LOG_ERROR, "kms: what is due cannot be done: %s",
                   store_error(kms->runtime->store));
    arena_free(arena);
}
