/* databases.c - CreateDatabase, GetDatabase, GetDatabases, UpdateDatabase, DeleteDatabase. */
#include "catalogue.h"
#include "lifetimes.h"
#include "row.h"
#include "tags.h"
#include "wire.h"

OPERATION(GlueCreateDatabase, create_database, WRITES);
OPERATION(GlueGetDatabase, get_database, READS);
OPERATION(GlueGetDatabases, get_databases, READS);
OPERATION(GlueUpdateDatabase, update_database, WRITES);
OPERATION(GlueDeleteDatabase, delete_database, WRITES);

#define OF_NAMESPACE " WHERE account = ?1 AND region = ?2"
static const Query find = {"SELECT id, name, json FROM glue_database" OF_NAMESPACE " AND name = ?3"};
static const Query list = {"SELECT name, json FROM glue_database" OF_NAMESPACE " AND name > ?3 ORDER BY name"};
static const Query count = {"SELECT count(*) FROM glue_database" OF_NAMESPACE};
static const Query insert = {"INSERT INTO glue_database (account, region, name, json) VALUES (?1, ?2, ?3, ?4)"};
static const Query update = {"UPDATE glue_database SET json = ?2 WHERE id = ?1"};
static const Query delete_it = {"DELETE FROM glue_database WHERE id = ?1"};

static const Column columns[] = {COLUMN(Database, id), COLUMN(Database, name), COLUMN(Database, json)};
static const Row database_row = ROW(columns);

#define DATABASES_MAX 10000 /* aws: General Reference, "AWS Glue endpoints and quotas": databases per account */

static Statement *begin(const Scope *scope, const Query *query)
{
    Statement *statement = statement_begin(scope->store, query);
    bind_text(statement, 1, scope->account);
    bind_text(statement, 2, scope->region);
    return statement;
}

int database_load(const Scope *scope, Bytes name, Database *ret_database)
{
    Statement *row = begin(scope, &find);
    bind_text(row, 3, arena_lower(scope->arena, name));
    return row_one(scope->arena, row, &database_row, ret_database);
}

Status database_find(Call *call, Bytes catalog_id, Bytes name, Database *ret_database)
{
    bool is_ours = !present(catalog_id) || bytes_equal(catalog_id, call->account);
    int code = is_ours ? database_load(&call->scope, name, ret_database) : STORE_NOT_FOUND;
    if (code == STORE_NOT_FOUND)
        return fail(call, &GLUE_ENTITY_NOT_FOUND, "Database " BYTES_FMT " not found.", BYTES_ARG(name));
    return expect_ok(call, code);
}

static Bytes json_of(Call *call, const GlueDatabaseInput *in, int64_t created_ms)
{
    GlueDatabase told = {
        .name = arena_lower(call->arena, in->name),
        .description = in->description,
        .location_uri = in->location_uri,
        .parameters = in->parameters,
        .create_table_default_permissions = in->create_table_default_permissions,
        .target_database = in->target_database,
        .federated_database = in->federated_database,
        .catalog_id = call->account,
    };
    SET(&told, create_time, created_ms);
    return json_text(call->arena, &GLUE_SHAPE_DATABASE, &told);
}

static Status read_json(Call *call, Bytes json, GlueDatabase *ret)
{
    Bytes message;
    if (json_decode(call->arena, &GLUE_SHAPE_DATABASE, json, ret, &message) != WIRE_OK)
        return fault(call, STORE_BROKEN);
    return OK;
}

static Status check_new_name(Call *call, Bytes name)
{
    Database there;
    int code = database_load(&call->scope, name, &there);
    if (code == STORE_OK)
        return fail(call, &GLUE_ALREADY_EXISTS, "Database already exists.");
    return code == STORE_NOT_FOUND ? OK : expect_ok(call, code);
}

static Status check_count(Call *call)
{
    Statement *counting = begin(&call->scope, &count);
    int64_t there = 0;
    TRY(expect_ok(call, statement_one_number(counting, &there)));
    if (there >= DATABASES_MAX)
        return fail(call, &GLUE_RESOURCE_NUMBER_LIMIT_EXCEEDED, "Number of databases exceeds the limit of %d.",
                    DATABASES_MAX);
    return OK;
}

static Status create_database(Call *call, const GlueCreateDatabaseInput *in, GlueCreateDatabaseOutput *out)
{
    (void)out;
    const GlueDatabaseInput *told = in->database_input;
    if (present(in->catalog_id) && !bytes_equal(in->catalog_id, call->account))
        return fail(call, &GLUE_INVALID_INPUT, "CatalogId must be the account's own.");
    TRY(glue_tags_check(call, &in->tags));
    TRY(check_new_name(call, told->name));
    TRY(check_count(call));

    Statement *row = begin(&call->scope, &insert);
    bind_text(row, 3, arena_lower(call->arena, told->name));
    bind_text(row, 4, json_of(call, told, call->now_ms));
    TRY(expect_ok(call, statement_run(row)));
    TagOwner owner = glue_tags_of(TEXT("database"), store_last_rowid(call->store));
    return expect_ok(call, tags_put(&call->scope, &owner, TAGS_OF(&in->tags)));
}

static Status get_database(Call *call, const GlueGetDatabaseInput *in, GlueGetDatabaseOutput *out)
{
    Database database;
    TRY(database_find(call, in->catalog_id, in->name, &database));
    out->database = arena_new_of(call->arena, GlueDatabase);
    return read_json(call, database.json, out->database);
}

static Status get_databases(Call *call, const GlueGetDatabasesInput *in, GlueGetDatabasesOutput *out)
{
    Listing listing = {.limit = in->has_max_results ? (size_t)in->max_results : CATALOGUE_PAGE};
    Statement *rows = begin(&call->scope, &list);
    bind_text(rows, 3, present(in->next_token) ? in->next_token : TEXT(""));
    TRY(listing_read(call, rows, &listing));
    out->database_list.items = arena_new_array(call->arena, GlueDatabase, listing.len);
    for (size_t i = 0; i < listing.len; i++)
        TRY(read_json(call, listing.jsons[i], &out->database_list.items[out->database_list.len++]));
    out->next_token = listing.next_token;
    return OK;
}

static Status update_database(Call *call, const GlueUpdateDatabaseInput *in, GlueUpdateDatabaseOutput *out)
{
    Database database;
    GlueDatabase before = {0};
    (void)out;
    TRY(database_find(call, in->catalog_id, in->name, &database));
    TRY(read_json(call, database.json, &before));
    /* Tables tell the database's name, too: one that is renamed would have to tell all of them. */
    if (!bytes_equal(arena_lower(call->arena, in->database_input->name), database.name))
        return fail(call, &GLUE_INVALID_INPUT, "Database name cannot be changed.");

    Statement *row = statement_begin(call->store, &update);
    bind_int64(row, 1, database.id);
    bind_text(row, 2, json_of(call, in->database_input, before.create_time));
    return expect_ok(call, statement_run(row));
}

/* aws: DeleteDatabase: "you no longer have access to the tables (and all table versions and partitions that might
 * belong to the tables) … deletes these 'orphaned' resources asynchronously in a timely manner". */
static Status delete_database(Call *call, const GlueDeleteDatabaseInput *in, GlueDeleteDatabaseOutput *out)
{
    Database database;
    (void)out;
    TRY(database_find(call, in->catalog_id, in->name, &database));

    Statement *row = statement_begin(call->store, &delete_it);
    bind_int64(row, 1, database.id);
    TRY(expect_ok(call, statement_run(row)));
    return expect_ok(call, lifetimes_settle(glue_of(call)));
}
