/* grant.c - the table of grants. */
#include "grant.h"
#include "row.h"

#define COLUMNS                                                                                                        \
    "key_id, id, name, grantee, grantee_service, retiring, retiring_service, operations, constraints, created_ms"
#define IN_PLACE "account = ?1 AND region = ?2"

static const Column columns[] = {
    COLUMN(Grant, key_id),
    COLUMN(Grant, id),
    COLUMN(Grant, name),
    COLUMN(Grant, grantee),
    COLUMN(Grant, grantee_service),
    COLUMN(Grant, retiring),
    COLUMN(Grant, retiring_service),
    COLUMN(Grant, operations),
    COLUMN_BYTES("constraints", Grant, constraints),
    COLUMN(Grant, created_ms),
};
static const Row grant_row = ROW(columns);

static const Query put = {"INSERT INTO kms_grant (account, region, " COLUMNS ")"
                          " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)"};
static const Query find = {"SELECT " COLUMNS " FROM kms_grant WHERE " IN_PLACE " AND key_id = ?3 AND id = ?4"};
static const Query list_of_key = {"SELECT " COLUMNS " FROM kms_grant WHERE " IN_PLACE " AND key_id = ?3 AND id > ?4"
                                  " AND (?6 IS NULL OR id = ?6) AND (?7 IS NULL OR grantee = ?7)"
                                  " AND (?8 IS NULL OR grantee_service = ?8) ORDER BY id LIMIT ?5"};
static const Query list_retirable = {"SELECT " COLUMNS " FROM kms_grant WHERE " IN_PLACE
                                     " AND retiring = ?3 AND (key_id, id) > (?4, ?5) ORDER BY key_id, id LIMIT ?6"};
static const Query list_retirable_by_service = {"SELECT " COLUMNS " FROM kms_grant WHERE " IN_PLACE
                                                " AND retiring_service = ?3 AND (key_id, id) > (?4, ?5)"
                                                " ORDER BY key_id, id LIMIT ?6"};
static const Query find_same = {"SELECT " COLUMNS " FROM kms_grant WHERE " IN_PLACE
                                " AND key_id = ?3 AND name = ?4 AND grantee IS ?5 AND grantee_service IS ?6"
                                " AND retiring IS ?7 AND retiring_service IS ?8 AND operations = ?9"
                                " AND constraints IS ?10 LIMIT 1"};
static const Query count = {"SELECT count(*) FROM kms_grant WHERE " IN_PLACE " AND key_id = ?3"};
static const Query delete_one = {"DELETE FROM kms_grant WHERE " IN_PLACE " AND key_id = ?3 AND id = ?4"};

int grant_put(const Scope *scope, const Grant *grant)
{
    Statement *statement = key_part_begin(scope, &put, grant->key_id);
    row_bind(statement, 3, &grant_row, grant);
    return statement_run(statement);
}

int grant_find(const Scope *scope, Bytes key_id, Bytes id, Grant *ret_grant)
{
    Statement *statement = key_part_begin(scope, &find, key_id);
    bind_text(statement, 4, id);
    return row_one(scope->arena, statement, &grant_row, ret_grant);
}

static Statement *begin_list(const Scope *scope, const GrantPage *page)
{
    Bytes after = present(page->after) ? page->after : TEXT("");
    if (present(page->key_id)) {
        Statement *of_key = key_part_begin(scope, &list_of_key, page->key_id);
        bind_text(of_key, 4, after);
        bind_int64(of_key, 5, (int64_t)page->limit);
        bind_text(of_key, 6, page->id);
        bind_text(of_key, 7, page->grantee);
        bind_text(of_key, 8, page->grantee_service);
        return of_key;
    }
    Statement *retirable = present(page->retiring)
                               ? key_part_begin(scope, &list_retirable, page->retiring)
                               : key_part_begin(scope, &list_retirable_by_service, page->retiring_service);
    bind_text(retirable, 4, present(page->after_key) ? page->after_key : TEXT(""));
    bind_text(retirable, 5, after);
    bind_int64(retirable, 6, (int64_t)page->limit);
    return retirable;
}

int grant_list(const Scope *scope, const GrantPage *page, Grant *ret_grants, size_t *ret_count)
{
    Statement *statement = begin_list(scope, page);
    int code;
    for (*ret_count = 0; (code = statement_step(statement)) == STORE_ROW; ++*ret_count)
        row_read(scope->arena, statement, &grant_row, &ret_grants[*ret_count]);
    return code;
}

int grant_find_same(const Scope *scope, const Grant *like, Grant *ret_grant)
{
    Statement *statement = key_part_begin(scope, &find_same, like->key_id);
    bind_text(statement, 4, like->name);
    bind_text(statement, 5, like->grantee);
    bind_text(statement, 6, like->grantee_service);
    bind_text(statement, 7, like->retiring);
    bind_text(statement, 8, like->retiring_service);
    bind_text(statement, 9, like->operations);
    bind_bytes(statement, 10, like->constraints);
    return row_one(scope->arena, statement, &grant_row, ret_grant);
}

int grant_count(const Scope *scope, Bytes key_id, int64_t *ret_count)
{
    Statement *statement = key_part_begin(scope, &count, key_id);
    int code = statement_one(statement);
    if (code != STORE_ROW)
        return code == STORE_NOT_FOUND ? STORE_BROKEN : code;
    *ret_count = column_int64(statement, 0);
    statement_end(statement);
    return STORE_OK;
}

int grant_delete(const Scope *scope, Bytes key_id, Bytes id)
{
    Statement *statement = key_part_begin(scope, &delete_one, key_id);
    bind_text(statement, 4, id);
    return statement_run(statement);
}
