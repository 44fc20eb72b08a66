/* material.c - the table of key material. */
#include "material.h"
#include "row.h"
#include "vault.h"
#include <sodium.h>

#define COLUMNS  "id, sealed, state, rotation, serial, rotated_ms, expires_ms, description"
#define OF_KEY   "account = ?1 AND region = ?2 AND key_id = ?3"
#define KEY_SIZE 32

static const Column columns[] = {
    COLUMN(Material, id),         COLUMN_BYTES("sealed", Material, sealed),
    COLUMN(Material, state),      COLUMN(Material, rotation),
    COLUMN(Material, serial),     COLUMN(Material, rotated_ms),
    COLUMN(Material, expires_ms), COLUMN(Material, description),
};
static const Row material_row = ROW(columns);

static const Query find = {"SELECT " COLUMNS " FROM kms_material WHERE " OF_KEY " AND id = ?4"};
static const Query find_pending = {"SELECT " COLUMNS " FROM kms_material WHERE " OF_KEY " AND state = 2 LIMIT 1"};
static const Query list = {"SELECT " COLUMNS " FROM kms_material WHERE " OF_KEY " AND serial > ?4"
                           " AND (NOT ?6 OR rotation > 0) ORDER BY serial LIMIT ?5"};
static const Query count = {"SELECT count(*) FROM kms_material WHERE " OF_KEY " AND rotation = ?4"};
static const Query last_serial = {"SELECT coalesce(max(serial), 0) FROM kms_material WHERE " OF_KEY};
static const Query put = {"INSERT OR REPLACE INTO kms_material (account, region, key_id, " COLUMNS ")"
                          " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)"};
static const Query forget_expired = {"UPDATE kms_material SET sealed = NULL, expires_ms = -1 WHERE " OF_KEY
                                     " AND expires_ms > 0 AND expires_ms <= ?4"};
static const Query copy = {"INSERT OR REPLACE INTO kms_material (account, region, key_id, " COLUMNS ")"
                           " SELECT account, ?4, key_id, " COLUMNS " FROM kms_material WHERE " OF_KEY};

/* No region in it: the material of a replica is the primary's. */
static Bytes place_of(const Scope *scope, Bytes key_id, Bytes id)
{
    return arena_text(scope->arena, BYTES_FMT "/" BYTES_FMT "/" BYTES_FMT, BYTES_ARG(scope->account), BYTES_ARG(key_id),
                      BYTES_ARG(id));
}

Bytes material_id_of(const Scope *scope, Bytes key_id, Bytes plain)
{
    unsigned char hash[32];
    char text[2 * sizeof hash + 1];
    Arena *arena = scope->arena;
    Bytes named = arena_text(arena, BYTES_FMT "/", BYTES_ARG(key_id));
    char *whole = arena_take_raw(arena, named.len + plain.len);
    memcpy(whole, named.ptr, named.len);
    memcpy(whole + named.len, plain.ptr, plain.len);
    vault_mac(scope->service, VAULT_MATERIAL_ID, (Bytes){whole, named.len + plain.len}, hash, sizeof hash);
    sodium_bin2hex(text, sizeof text, hash, sizeof hash);
    return arena_copy(arena, (Bytes){text, sizeof text - 1});
}

Bytes material_id_new(const Scope *scope)
{
    unsigned char bytes[32];
    char text[2 * sizeof bytes + 1];
    random_fill(scope->runtime->random, bytes, sizeof bytes);
    sodium_bin2hex(text, sizeof text, bytes, sizeof bytes);
    return arena_copy(scope->arena, (Bytes){text, sizeof text - 1});
}

int material_find(const Scope *scope, Bytes key_id, Bytes id, Material *ret_material)
{
    Statement *statement = key_part_begin(scope, &find, key_id);
    bind_text(statement, 4, id);
    return row_one(scope->arena, statement, &material_row, ret_material);
}

int material_pending(const Scope *scope, Bytes key_id, Material *ret_material)
{
    return row_one(scope->arena, key_part_begin(scope, &find_pending, key_id), &material_row, ret_material);
}

int material_list(const Scope *scope, Bytes key_id, const MaterialPage *page, Material *ret_materials,
                  size_t *ret_count)
{
    Statement *statement = key_part_begin(scope, &list, key_id);
    bind_int64(statement, 4, page->after);
    bind_int64(statement, 5, (int64_t)page->limit);
    bind_int64(statement, 6, page->only_rotations);
    int code;
    for (*ret_count = 0; (code = statement_step(statement)) == STORE_ROW; ++*ret_count)
        row_read(scope->arena, statement, &material_row, &ret_materials[*ret_count]);
    return code;
}

static int one_number(Statement *statement, int64_t *ret_number)
{
    int code = statement_one(statement);
    if (code != STORE_ROW)
        return code == STORE_NOT_FOUND ? STORE_BROKEN : code;
    *ret_number = column_int64(statement, 0);
    statement_end(statement);
    return STORE_OK;
}

int material_count_rotations(const Scope *scope, Bytes key_id, Rotation rotation, int64_t *ret_count)
{
    Statement *statement = key_part_begin(scope, &count, key_id);
    bind_int64(statement, 4, rotation);
    return one_number(statement, ret_count);
}

int material_save(const Scope *scope, Bytes key_id, const Material *material)
{
    Statement *statement = key_part_begin(scope, &put, key_id);
    row_bind(statement, 4, &material_row, material);
    return statement_run(statement);
}

int material_put(const Scope *scope, Bytes key_id, Material *material, Bytes plain)
{
    int64_t last;
    material->sealed = vault_close(scope->service, scope->arena, place_of(scope, key_id, material->id), plain);
    if (!present(material->description))
        material->description = TEXT("");
    if (!material->serial) {
        int code = one_number(key_part_begin(scope, &last_serial, key_id), &last);
        if (code != STORE_OK)
            return code;
        material->serial = last + 1;
    }
    return material_save(scope, key_id, material);
}

int material_forget_expired(const Scope *scope, Bytes key_id)
{
    Statement *statement = key_part_begin(scope, &forget_expired, key_id);
    bind_int64(statement, 4, scope->now_ms);
    return statement_run(statement);
}

int material_copy(const Scope *from, Bytes key_id, Bytes to_region)
{
    Statement *statement = key_part_begin(from, &copy, key_id);
    bind_text(statement, 4, to_region);
    return statement_run(statement);
}

/* Keys of files that were made before there was material have an id alone: their material follows from it. */
static Bytes older_material(const Scope *scope, Bytes key_id, Bytes id)
{
    unsigned char *plain = arena_take(scope->arena, KEY_SIZE);
    vault_mac(scope->service, VAULT_OLDER, place_of(scope, key_id, id), plain, KEY_SIZE);
    return (Bytes){(const char *)plain, KEY_SIZE};
}

int material_open(const Scope *scope, Bytes key_id, Bytes id, Bytes *ret_plain)
{
    Material material;
    int code = material_find(scope, key_id, id, &material);
    if (code != STORE_OK)
        return code;
    if (!present(material.sealed)) {
        *ret_plain = older_material(scope, key_id, id);
        return material.serial ? STORE_NOT_FOUND : STORE_OK;
    }
    return vault_open(scope->service, scope->arena, place_of(scope, key_id, id), material.sealed, ret_plain)
               ? STORE_OK
               : STORE_BROKEN;
}

Status material_of(Call *call, const KmsKey *key, Bytes *ret_plain)
{
    return expect_ok(call, material_open(&call->scope, key->id, key->material_id, ret_plain));
}
