/* key.c - the tables of keys and aliases. */
#include "key.h"
#include "row.h"
#include "uuid.h"

#define KEY_COLUMNS   "id, state, manager, description, material_id, created_ms, deletion_ms"
#define ALIAS_COLUMNS "name, key_id, created_ms, updated_ms"
/* One whose waiting period is over is gone, whether its row is or not. */
#define IN_PLACE "account = ?1 AND region = ?2"

static const Column key_columns[] = {
    COLUMN(KmsKey, id),          COLUMN(KmsKey, state),      COLUMN(KmsKey, manager),     COLUMN(KmsKey, description),
    COLUMN(KmsKey, material_id), COLUMN(KmsKey, created_ms), COLUMN(KmsKey, deletion_ms),
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
static const Query insert_key = {"INSERT INTO kms_key (account, region, " KEY_COLUMNS ", policy)"
                                 " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)"};
static const Query set_state = {"UPDATE kms_key SET state = ?4, deletion_ms = ?5 WHERE " IN_PLACE " AND id = ?3"};
static const Query set_description = {"UPDATE kms_key SET description = ?4 WHERE " IN_PLACE " AND id = ?3"};
static const Query insert_alias = {"INSERT INTO kms_alias (account, region, " ALIAS_COLUMNS ")"
                                   " VALUES (?1, ?2, ?3, ?4, ?5, ?6)"};
static const Query point_alias = {"UPDATE kms_alias SET key_id = ?4, updated_ms = ?5 WHERE " IN_PLACE " AND name = ?3"};
static const Query delete_alias = {"DELETE FROM kms_alias WHERE " IN_PLACE " AND name = ?3"};
static const Query first_expired = {"SELECT id FROM kms_key WHERE " IN_PLACE
                                    " AND deletion_ms > 0 AND deletion_ms <= ?3 LIMIT 1"};
static const Query delete_key = {"DELETE FROM kms_key WHERE " IN_PLACE " AND id = ?3"};
static const Query delete_key_aliases = {"DELETE FROM kms_alias WHERE " IN_PLACE " AND key_id = ?3"};
static const Query delete_key_tags = {"DELETE FROM kms_tag WHERE " IN_PLACE " AND key_id = ?3"};

static Statement *begin(const Scope *scope, const Query *query)
{
    Statement *statement = statement_begin(scope->store, query);
    bind_text(statement, 1, scope->account);
    bind_text(statement, 2, scope->region);
    return statement;
}

/* A change, of one row. */
static Statement *begin_change(const Scope *scope, const Query *query, Bytes name)
{
    Kms *kms = scope->service;
    Statement *statement = begin(scope, query);
    bind_text(statement, 3, name);
    kms->generation++;
    return statement;
}

static KmsKey read_key(const Scope *scope, Statement *row)
{
    KmsKey key;
    row_read(scope->arena, row, &key_row, &key);
    key.arn = arn_text(scope->arena, "kms", scope->region, scope->account,
                       arena_text(scope->arena, "key/" BYTES_FMT, BYTES_ARG(key.id)));
    return key;
}

static int find_by_id(const Scope *scope, Bytes id, KmsKey *ret_key)
{
    Statement *find = begin(scope, &find_key);
    bind_text(find, 3, id);
    int code = statement_one(find);
    if (code != STORE_ROW)
        return code == STORE_NOT_FOUND ? KMS_KEY_ABSENT : code;
    *ret_key = read_key(scope, find);
    statement_end(find);
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

int kms_find_key(const Scope *scope, Bytes name, KmsKey *ret_key)
{
    int code = keys_furnish(scope);
    return code == STORE_OK ? kms_look_up_key(scope, name, ret_key) : code;
}

uint64_t kms_generation(const Kms *kms)
{
    return kms->generation;
}

Bytes material_id_new(Arena *arena, Random *random)
{
    unsigned char bytes[32];
    char text[2 * sizeof bytes];
    random_fill(random, bytes, sizeof bytes);
    for (size_t i = 0; i < sizeof text; i++)
        text[i] = "0123456789abcdef"[i % 2 ? bytes[i / 2] & 15 : bytes[i / 2] >> 4];
    return arena_copy(arena, (Bytes){text, sizeof text});
}

static int run_insert_key(const Scope *scope, const KmsKey *key, Bytes policy)
{
    Statement *insert = begin(scope, &insert_key);
    int next = row_bind(insert, 3, &key_row, key);
    bind_text(insert, next, policy);
    return statement_run(insert);
}

static int run_insert_alias(const Scope *scope, const KmsAlias *alias)
{
    Statement *insert = begin(scope, &insert_alias);
    row_bind(insert, 3, &alias_row, alias);
    return statement_run(insert);
}

static int add_managed_key(const Scope *scope, Bytes alias, Bytes description)
{
    KmsAlias there;
    int code = find_by_alias(scope, alias, &there);
    if (code != KMS_KEY_ABSENT)
        return code;
    KmsKey key = {.id = uuid_new(scope->arena, scope->runtime->random),
                  .manager = TEXT("AWS"),
                  .description = description,
                  .material_id = material_id_new(scope->arena, scope->runtime->random),
                  .created_ms = scope->now_ms};
    KmsAlias made = {alias, key.id, scope->now_ms, scope->now_ms};
    code = run_insert_key(scope, &key, (Bytes){0});
    return code == STORE_OK ? run_insert_alias(scope, &made) : code;
}

static int delete_expired(const Scope *scope)
{
    static const Query *const deletes[] = {&delete_key_tags, &delete_key_aliases, &delete_key};
    Kms *kms = scope->service;
    for (;;) {
        Statement *first = begin(scope, &first_expired);
        bind_int64(first, 3, scope->now_ms);
        int code = statement_one(first);
        if (code != STORE_ROW)
            return code == STORE_NOT_FOUND ? STORE_OK : code;
        Bytes id = arena_copy(scope->arena, column_bytes(first, 0));
        statement_end(first);
        for (size_t i = 0; code == STORE_ROW && i < sizeof deletes / sizeof *deletes; i++) {
            Statement *delete = begin(scope, deletes[i]);
            bind_text(delete, 3, id);
            int deleted = statement_run(delete);
            if (deleted != STORE_OK)
                return deleted;
        }
        kms->generation++;
    }
}

int keys_furnish(const Scope *scope)
{
    Kms *kms = scope->service;
    Bytes place =
        arena_text(scope->arena, BYTES_FMT "/" BYTES_FMT, BYTES_ARG(scope->account), BYTES_ARG(scope->region));
    int code = STORE_OK;
    if (!map_get(kms->furnished, place)) {
        code = add_managed_key(scope, TEXT("alias/aws/kinesis"),
                               TEXT("Default key that protects my Kinesis data when no other key is defined"));
        if (code == STORE_OK)
            map_put(kms->furnished, place, kms);
    }
    return code == STORE_OK ? delete_expired(scope) : code;
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

int key_insert(const Scope *scope, const KmsKey *key, Bytes policy)
{
    return run_insert_key(scope, key, policy);
}

int key_set_state(const Scope *scope, const KmsKey *key, KmsKeyState state, int64_t deletion_ms)
{
    Statement *set = begin_change(scope, &set_state, key->id);
    bind_int64(set, 4, state);
    bind_int64(set, 5, deletion_ms);
    return statement_run(set);
}

int key_set_description(const Scope *scope, const KmsKey *key, Bytes description)
{
    Statement *set = begin_change(scope, &set_description, key->id);
    bind_text(set, 4, description);
    return statement_run(set);
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
