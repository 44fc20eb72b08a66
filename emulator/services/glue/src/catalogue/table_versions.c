/* table_versions.c - GetTableVersion, GetTableVersions, DeleteTableVersion, BatchDeleteTableVersion: a table as it was
 * before its updates. */
#include "catalogue.h"

OPERATION(GlueGetTableVersion, get_table_version, READS);
OPERATION(GlueGetTableVersions, get_table_versions, READS);
OPERATION(GlueDeleteTableVersion, delete_table_version, WRITES);
OPERATION(GlueBatchDeleteTableVersion, batch_delete_table_version, WRITES);

static const Query exists = {"SELECT 1 FROM glue_table_version WHERE table_id = ?1 AND number = ?2"};
/* The table as it is counts as a version, too. */
static const Query list = {"SELECT version, json FROM glue_table WHERE id = ?1 AND version < ?2 UNION ALL SELECT * FROM"
                           " (SELECT number, json FROM glue_table_version WHERE table_id = ?1 AND number < ?2"
                           " ORDER BY number DESC)"};
static const Query delete_it = {"DELETE FROM glue_table_version WHERE table_id = ?1 AND number = ?2"};

static Statement *begin(Call *call, const Query *query, const Table *table, int64_t number)
{
    Statement *statement = statement_begin(call->store, query);
    bind_int64(statement, 1, table->id);
    bind_int64(statement, 2, number);
    return statement;
}

static Status get_table_version(Call *call, const GlueGetTableVersionInput *in, GlueGetTableVersionOutput *out)
{
    Table table;
    int64_t number;
    TRY(catalogue_table_find(call, &(TableName){in->catalog_id, in->database_name, in->table_name}, &table));
    number = table.version;
    if (present(in->version_id) && !bytes_to_int64(in->version_id, &number))
        return fail(call, &GLUE_INVALID_INPUT, "VersionId must be a number.");
    GlueTable *told = arena_new_of(call->arena, GlueTable);
    int code = catalogue_version_load(&call->scope, &table, number, told);
    if (code == STORE_NOT_FOUND)
        return fail(call, &GLUE_ENTITY_NOT_FOUND, "Version not found.");
    out->table_version = arena_new_of(call->arena, GlueTableVersion);
    *out->table_version = (GlueTableVersion){told, told->version_id};
    return expect_ok(call, code);
}

static Status get_table_versions(Call *call, const GlueGetTableVersionsInput *in, GlueGetTableVersionsOutput *out)
{
    Listing listing = {.limit = in->has_max_results ? (size_t)in->max_results : CATALOGUE_PAGE};
    int64_t before = INT64_MAX;
    Table table;
    TRY(catalogue_table_find(call, &(TableName){in->catalog_id, in->database_name, in->table_name}, &table));
    if (present(in->next_token))
        TRY(token_read(call, in->next_token, &before));
    TRY(listing_read(call, begin(call, &list, &table, before), &listing));

    out->table_versions.items = arena_new_array(call->arena, GlueTableVersion, listing.len + 1);
    for (size_t i = 0; i < listing.len; i++) {
        GlueTable *told = arena_new_of(call->arena, GlueTable);
        if (!catalogue_table_read(call->arena, listing.jsons[i], told))
            return fault(call, STORE_BROKEN);
        out->table_versions.items[out->table_versions.len++] = (GlueTableVersion){told, told->version_id};
    }
    out->next_token = listing.next_token;
    return OK;
}

static int delete_one(Call *call, const Table *table, Bytes version_id, Refusal *ret)
{
    int64_t number;
    *ret = (Refusal){0};
    if (!bytes_to_int64(version_id, &number)) {
        *ret = (Refusal){&GLUE_INVALID_INPUT, TEXT("VersionId must be a number.")};
        return STORE_OK;
    }
    if (number == table->version) {
        *ret = (Refusal){&GLUE_INVALID_INPUT, TEXT("Cannot delete the current version of a table.")};
        return STORE_OK;
    }
    Statement *row = begin(call, &exists, table, number);
    int code = statement_one(row);
    if (code == STORE_NOT_FOUND) {
        *ret = (Refusal){&GLUE_ENTITY_NOT_FOUND, TEXT("Version not found.")};
        return STORE_OK;
    }
    if (code != STORE_ROW)
        return code;
    statement_end(row);
    return statement_run(begin(call, &delete_it, table, number));
}

static Status delete_table_version(Call *call, const GlueDeleteTableVersionInput *in, GlueDeleteTableVersionOutput *out)
{
    Table table;
    Refusal refusal;
    (void)out;
    TRY(catalogue_table_find(call, &(TableName){in->catalog_id, in->database_name, in->table_name}, &table));
    int code = delete_one(call, &table, in->version_id, &refusal);
    return refused(call, code, &refusal);
}

static Status batch_delete_table_version(Call *call, const GlueBatchDeleteTableVersionInput *in,
                                         GlueBatchDeleteTableVersionOutput *out)
{
    Table table;
    TRY(catalogue_table_find(call, &(TableName){in->catalog_id, in->database_name, in->table_name}, &table));
    out->errors.items = arena_new_array(call->arena, GlueTableVersionError, in->version_ids.len + 1);
    for (size_t i = 0; i < in->version_ids.len; i++) {
        Refusal refusal;
        TRY(expect_ok(call, delete_one(call, &table, in->version_ids.items[i], &refusal)));
        if (refusal.error)
            out->errors.items[out->errors.len++] = (GlueTableVersionError){
                in->table_name,
                in->version_ids.items[i],
                refusal_detail(call->arena, &refusal),
            };
    }
    return OK;
}
