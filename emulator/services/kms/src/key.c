/* key.c - the tables of keys and aliases. */
#include "due.h"
#include "material.h"
#include "row.h"
#include "uuid.h"
#include "vault.h"
#include <sodium.h>

#define KEY_COLUMNS                                                                                                    \
    "id, state, manager, description, material_id, created_ms, deletion_ms, spec, usage, origin, multi_region,"        \
    " primary_region, rotation_days, rotation_next_ms, expires_ms, pending_days"
#define ALIAS_COLUMNS "name, key_id, created_ms, updated_ms"
#define IN_PLACE      "account = ?1 AND region = ?2"

static const Column key_columns[] = {
    COLUMN(KmsKey, id),
    COLUMN(KmsKey, state),
    COLUMN(KmsKey, manager),
    COLUMN(KmsKey, description),
    COLUMN(KmsKey, material_id),
    COLUMN(KmsKey, created_ms),
    COLUMN(KmsKey, deletion_ms),
    COLUMN(KmsKey, spec),
    COLUMN(KmsKey, usage),
    COLUMN(KmsKey, origin),
    COLUMN(KmsKey, multi_region),
    COLUMN(KmsKey, primary_region),
    COLUMN(KmsKey, rotation_days),
    COLUMN(KmsKey, rotation_next_ms),
    COLUMN(KmsKey, expires_ms),
    COLUMN(KmsKey, pending_days),
};
static const Row key_row = ROW(key_columns);
static const Column alias_columns[] = {
    COLUMN(KmsAlias, name),
    COLUMN(KmsAlias, key_id),
    COLUMN(KmsAlias, created_ms),
    COLUMN(KmsAlias, updated_ms),
};
static const Row alias_row = ROW(alias_columns);

static const Query find_key = {"SELECT " KEY_COLUMNS " FROM kms_key WHERE " IN_PLACE " AND id = ?3"};
static const Query find_alias = {"SELECT " ALIAS_COLUMNS " FROM kms_alias WHERE " IN_PLACE " AND name = ?3"};
static const Query list_keys = {"SELECT " KEY_COLUMNS " FROM kms_key WHERE " IN_PLACE
                                " AND id > ?3 AND (deletion_ms = 0 OR deletion_ms > ?5) ORDER BY id LIMIT ?4"};
static const Query list_aliases = {"SELECT " ALIAS_COLUMNS " FROM kms_alias WHERE " IN_PLACE
                                   " AND name > ?3 AND (?5 IS NULL OR key_id = ?5) ORDER BY name LIMIT ?4"};
static const Query insert_key = {"INSERT INTO kms_key (account, region, " KEY_COLUMNS ", policy, public_der)"
                                 " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17,"
                                 " ?18, ?19, ?20)"};
static const Query save_key = {"UPDATE kms_key SET state = ?4, description = ?5, material_id = ?6, deletion_ms = ?7,"
                               " multi_region = ?8, primary_region = ?9, rotation_days = ?10, rotation_next_ms = ?11,"
                               " expires_ms = ?12, pending_days = ?13 WHERE " IN_PLACE " AND id = ?3"};
static const Query get_public = {"SELECT public_der FROM kms_key WHERE " IN_PLACE " AND id = ?3"};
static const Query set_public = {"UPDATE kms_key SET public_der = ?4 WHERE " IN_PLACE " AND id = ?3"};
static const Query list_regions = {
    "SELECT region FROM kms_key WHERE account = ?1 AND id = ?3 AND region <> ?2 AND multi_region > 0"
    " ORDER BY region"};
static const Query insert_alias = {"INSERT INTO kms_alias (account, region, " ALIAS_COLUMNS ")"
                                   " VALUES (?1, ?2, ?3, ?4, ?5, ?6)"};
static const Query point_alias = {"UPDATE kms_alias SET key_id = ?4, updated_ms = ?5 WHERE " IN_PLACE " AND name = ?3"};
static const Query delete_alias = {"DELETE FROM kms_alias WHERE " IN_PLACE " AND name = ?3"};
static const Query delete_key = {"DELETE FROM kms_key WHERE " IN_PLACE " AND id = ?3"};
static const Query delete_key_aliases = {"DELETE FROM kms_alias WHERE " IN_PLACE " AND key_id = ?3"};
static const Query delete_key_tags = {"DELETE FROM kms_tag WHERE " IN_PLACE " AND key_id = ?3"};
static const Query delete_key_grants = {"DELETE FROM kms_grant WHERE " IN_PLACE " AND key_id = ?3"};
static const Query delete_key_material = {"DELETE FROM kms_material WHERE " IN_PLACE " AND key_id = ?3"};

static Statement *begin(const Scope *scope, const Query *query)
{
    Statement *statement = statement_begin(scope->store, query);
    bind_text(statement, 1, scope->account);
    bind_text(statement, 2, scope->region);
    return statement;
}

Statement *key_part_begin(const Scope *scope, const Query *query, Bytes third)
{
    Statement *statement = begin(scope, query);
    bind_text(statement, 3, third);
    return statement;
}

/* A change, of one row. */
static Statement *begin_change(const Scope *scope, const Query *query, Bytes name)
{
    Kms *kms = scope->service;
    kms->generation++;
    return key_part_begin(scope, query, name);
}

static KmsKey read_key(const Scope *scope, Statement *row)
{
    KmsKey key;
    row_read(scope->arena, row, &key_row, &key);
    key.arn = key_arn_in(scope, scope->region, key.id);
    return key;
}

Bytes key_arn_in(const Scope *scope, Bytes region, Bytes id)
{
    return arn_text(scope->arena, "kms", region, scope->account,
                    arena_text(scope->arena, "key/" BYTES_FMT, BYTES_ARG(id)));
}

int key_at(const Scope *scope, Bytes id, KmsKey *ret_key)
{
    Statement *find = begin(scope, &find_key);
    bind_text(find, 3, id);
    int code = statement_one(find);
    if (code != STORE_ROW)
        return code;
    *ret_key = read_key(scope, find);
    statement_end(find);
    return STORE_OK;
}

/* One whose waiting period is over is gone, whether its row is or not. */
static int find_by_id(const Scope *scope, Bytes id, KmsKey *ret_key)
{
    int code = key_at(scope, id, ret_key);
    if (code != STORE_OK)
        return code == STORE_NOT_FOUND ? KMS_KEY_ABSENT : code;
    bool is_over = ret_key->deletion_ms && ret_key->deletion_ms <= scope->now_ms;
    return is_over ? KMS_KEY_ABSENT : KMS_KEY_FOUND;
}

static int find_by_alias(const Scope *scope, Bytes name, KmsAlias *ret_alias)
{
    Statement *find = begin(scope, &find_alias);
    bind_text(find, 3, name);
    int code = row_one(scope->arena, find, &alias_row, ret_alias);
    return code == STORE_NOT_FOUND ? KMS_KEY_ABSENT : code;
}

int kms_look_up_key(const Scope *scope, Bytes name, KmsKey *ret_key)
{
    Arn arn;
    KmsAlias alias;
    if (arn_parse(name, &arn)) {
        if (!bytes_is(arn.service, "kms") || !bytes_equal(arn.account, scope->account) ||
            !bytes_equal(arn.region, scope->region))
            return KMS_KEY_ABSENT;
        name = arn.resource;
    }
    if (bytes_starts_with(name, TEXT("alias/"))) {
        int code = find_by_alias(scope, name, &alias);
        return code == KMS_KEY_FOUND ? find_by_id(scope, alias.key_id, ret_key) : code;
    }
    if (bytes_starts_with(name, TEXT("key/")))
        name = bytes_slice(name, 4, name.len - 4);
    return find_by_id(scope, name, ret_key);
}

uint64_t kms_generation(const Kms *kms)
{
    return kms->generation;
}

static int run_insert_alias(const Scope *scope, const KmsAlias *alias)
{
    Statement *insert = begin(scope, &insert_alias);
    row_bind(insert, 3, &alias_row, alias);
    return statement_run(insert);
}

#define YEAR_DAYS 365 /* aws: Developer Guide, "Rotating keys": AWS managed keys, every year */

static int add_managed_key(const Scope *scope, Bytes alias)
{
    KmsAlias there;
    unsigned char plain[32];
    int code = find_by_alias(scope, alias, &there);
    if (code != KMS_KEY_ABSENT)
        return code;
    KmsKey key = {.id = uuid_new(scope->arena, scope->runtime->random),
                  .manager = TEXT("AWS"),
                  .description = managed_description(alias),
                  .created_ms = scope->now_ms,
                  .spec = KMS_KEY_SPEC_SYMMETRIC_DEFAULT,
                  .usage = KMS_KEY_USAGE_TYPE_ENCRYPT_DECRYPT,
                  .origin = KMS_ORIGIN_TYPE_AWS_KMS,
                  .primary_region = TEXT(""),
                  .expires_ms = -1,
                  .rotation_days = YEAR_DAYS,
                  .rotation_next_ms = scope->now_ms + YEAR_DAYS * DAY_MS};
    KmsAlias made = {alias, key.id, scope->now_ms, scope->now_ms};
    randombytes_buf(plain, sizeof plain);
    Bytes bytes = {(const char *)plain, sizeof plain};
    Material material = {.id = material_id_new(scope), .expires_ms = -1};
    key.material_id = material.id;
    code = key_insert(scope, &key, (Bytes){0}, (Bytes){0});
    if (code == STORE_OK)
        code = material_put(scope, key.id, &material, bytes);
    return code == STORE_OK ? run_insert_alias(scope, &made) : code;
}

int key_delete(const Scope *scope, const KmsKey *key)
{
    static const Query *const deletes[] = {&delete_key_tags, &delete_key_aliases, &delete_key_grants,
                                           &delete_key_material, &delete_key};
    for (size_t i = 0; i < sizeof deletes / sizeof *deletes; i++) {
        int code = statement_run(begin_change(scope, deletes[i], key->id));
        if (code != STORE_OK)
            return code;
    }
    return STORE_OK;
}

int keys_furnish(const Scope *scope)
{
    Kms *kms = scope->service;
    Bytes place =
        arena_text(scope->arena, BYTES_FMT "/" BYTES_FMT, BYTES_ARG(scope->account), BYTES_ARG(scope->region));
    if (map_get(kms->furnished, place))
        return STORE_OK;
    int code = vault_load(kms);
    if (code == STORE_OK)
        code = add_managed_key(scope, TEXT("alias/aws/kinesis"));
    if (code == STORE_OK)
        map_put(kms->furnished, place, kms);
    return code;
}

/* The alias that AWS has for a service, in either form; absent: it is none of them. */
static Bytes managed_alias(Bytes name)
{
    Arn arn;
    if (arn_parse(name, &arn))
        name = arn.resource;
    return bytes_starts_with(name, TEXT("alias/aws/")) && present(managed_description(name)) ? name : (Bytes){0};
}

int kms_find_key(const Scope *scope, Bytes name, KmsKey *ret_key)
{
    int code = keys_furnish(scope);
    if (code != STORE_OK)
        return code;
    code = kms_look_up_key(scope, name, ret_key);
    Bytes alias = code == KMS_KEY_ABSENT ? managed_alias(name) : (Bytes){0};
    if (!present(alias))
        return code;
    code = add_managed_key(scope, alias);
    return code == STORE_OK ? kms_look_up_key(scope, name, ret_key) : code;
}

int keys_list(const Scope *scope, Bytes after, size_t limit, KmsKey *ret_keys, size_t *ret_count)
{
    Statement *list = begin(scope, &list_keys);
    bind_text(list, 3, present(after) ? after : TEXT(""));
    bind_int64(list, 4, (int64_t)limit);
    bind_int64(list, 5, scope->now_ms);
    int code;
    for (*ret_count = 0; (code = statement_step(list)) == STORE_ROW; ++*ret_count)
        ret_keys[*ret_count] = read_key(scope, list);
    return code;
}

int aliases_list(const Scope *scope, const AliasPage *page, KmsAlias *ret_aliases, size_t *ret_count)
{
    Statement *list = begin(scope, &list_aliases);
    bind_text(list, 3, present(page->after) ? page->after : TEXT(""));
    bind_int64(list, 4, (int64_t)page->limit);
    bind_text(list, 5, page->key_id);
    int code;
    for (*ret_count = 0; (code = statement_step(list)) == STORE_ROW; ++*ret_count)
        row_read(scope->arena, list, &alias_row, &ret_aliases[*ret_count]);
    return code;
}

int key_insert(const Scope *scope, const KmsKey *key, Bytes policy, Bytes public_der)
{
    Statement *insert = begin(scope, &insert_key);
    int next = row_bind(insert, 3, &key_row, key);
    bind_text(insert, next, policy);
    bind_bytes(insert, next + 1, public_der);
    due_look(scope->service, key);
    return statement_run(insert);
}

int key_save(const Scope *scope, const KmsKey *key)
{
    Statement *save = begin_change(scope, &save_key, key->id);
    bind_int64(save, 4, key->state);
    bind_text(save, 5, key->description);
    bind_text(save, 6, key->material_id);
    bind_int64(save, 7, key->deletion_ms);
    bind_int64(save, 8, key->multi_region);
    bind_text(save, 9, key->primary_region);
    bind_int64(save, 10, key->rotation_days);
    bind_int64(save, 11, key->rotation_next_ms);
    bind_int64(save, 12, key->expires_ms);
    bind_int64(save, 13, key->pending_days);
    due_look(scope->service, key);
    return statement_run(save);
}

int key_public(const Scope *scope, const KmsKey *key, Bytes *ret_public_der)
{
    Statement *get = begin(scope, &get_public);
    bind_text(get, 3, key->id);
    int code = statement_one(get);
    if (code != STORE_ROW)
        return code == STORE_NOT_FOUND ? STORE_BROKEN : code;
    *ret_public_der = arena_copy(scope->arena, column_bytes(get, 0));
    statement_end(get);
    return STORE_OK;
}

int key_set_public(const Scope *scope, const KmsKey *key, Bytes public_der)
{
    Statement *set = begin_change(scope, &set_public, key->id);
    bind_bytes(set, 4, public_der);
    return statement_run(set);
}

#define REGIONS_MAX 64 /* more than AWS has */

int key_regions(const Scope *scope, const KmsKey *key, Regions *ret_regions)
{
    Statement *list = begin(scope, &list_regions);
    bind_text(list, 3, key->id);
    ret_regions->items = arena_new_array(scope->arena, Bytes, REGIONS_MAX);
    ret_regions->items[0] = scope->region;
    ret_regions->len = 1;
    int code = STORE_OK;
    while (ret_regions->len < REGIONS_MAX && (code = statement_step(list)) == STORE_ROW)
        ret_regions->items[ret_regions->len++] = arena_copy(scope->arena, column_bytes(list, 0));
    if (code == STORE_ROW)
        statement_end(list);
    return code == STORE_ROW ? STORE_OK : code;
}

int alias_insert(const Scope *scope, Bytes name, Bytes key_id)
{
    KmsAlias alias = {name, key_id, scope->now_ms, scope->now_ms};
    return run_insert_alias(scope, &alias);
}

int alias_find(const Scope *scope, Bytes name, KmsAlias *ret_alias)
{
    return find_by_alias(scope, name, ret_alias);
}

int alias_point(const Scope *scope, Bytes name, Bytes key_id)
{
    Statement *point = begin_change(scope, &point_alias, name);
    bind_text(point, 4, key_id);
    bind_int64(point, 5, scope->now_ms);
    return statement_run(point);
}

int alias_delete(const Scope *scope, Bytes name)
{
    return statement_run(begin_change(scope, &delete_alias, name));
}
