/* query_definitions.c - PutQueryDefinition, DescribeQueryDefinitions, DeleteQueryDefinition. A definition's query isn't
 * read before it is run. CloudWatch Logs API Reference. */
#include "budget.h"
#include "logs_operations.h"
#include "query_definition.h"
#include "row.h"
#include "uuid.h"
#include "words.h"

OPERATION(LogsPutQueryDefinition, put_query_definition, WRITES);
OPERATION(LogsDescribeQueryDefinitions, describe_query_definitions, READS);
OPERATION(LogsDeleteQueryDefinition, delete_query_definition, WRITES);

#define PAGE_MAX  1000
#define ROW_STEPS 50

typedef struct Definition {
    Bytes id, name, groups, text;
    int64_t modified_ms;
} Definition;

const Migration logs_definition_schema = {
    "logs_query_definitions",
    (const char *const[]){
        "CREATE TABLE logs_query_definition ("
        " account TEXT NOT NULL, region TEXT NOT NULL, id TEXT NOT NULL, name TEXT NOT NULL, groups TEXT NOT NULL,"
        " text TEXT NOT NULL, modified_ms INTEGER NOT NULL, PRIMARY KEY (account, region, id)) WITHOUT ROWID;",
        NULL,
    },
};

static const Column columns[] = {COLUMN(Definition, id), COLUMN(Definition, name), COLUMN(Definition, groups),
                                 COLUMN(Definition, text), COLUMN(Definition, modified_ms)};
static const Row whole = ROW(columns);

static const Query write_row = {
    "INSERT OR REPLACE INTO logs_query_definition (id, name, groups, text, modified_ms, account,"
    " region) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)"};
static const Query after = {"SELECT id, name, groups, text, modified_ms FROM logs_query_definition"
                            " WHERE account = ?1 AND region = ?2 AND id > ?3 ORDER BY id"};
static const Query find_row = {"SELECT id, name, groups, text, modified_ms FROM logs_query_definition"
                               " WHERE account = ?1 AND region = ?2 AND id = ?3"};
static const Query remove_row = {"DELETE FROM logs_query_definition WHERE account = ?1 AND region = ?2 AND id = ?3"};

static Statement *begin(Call *call, const Query *query, Bytes id)
{
    Statement *row = statement_begin(call->store, query);
    bind_text(row, 1, call->account);
    bind_text(row, 2, call->region);
    bind_text(row, 3, id);
    return row;
}

static Status definition_for(Call *call, Bytes id, Definition *ret_definition)
{
    int code = row_one(call->arena, begin(call, &find_row, id), &whole, ret_definition);
    if (code == STORE_NOT_FOUND)
        return fail(call, &LOGS_RESOURCE_NOT_FOUND, "The specified query definition does not exist.");
    return expect_ok(call, code);
}

static Status put_query_definition(Call *call, const LogsPutQueryDefinitionInput *in, LogsPutQueryDefinitionOutput *out)
{
    const Logs *logs = call->service;
    Definition definition = {.groups = TEXT("")};
    if (present(in->query_language) && !bytes_is(in->query_language, "CWLI"))
        return fail(call, &COMMON_NOT_IMPLEMENTED, "Queries in " BYTES_FMT " are not implemented.",
                    BYTES_ARG(in->query_language));
    if (in->parameters.len)
        return fail(call, &COMMON_NOT_IMPLEMENTED, "Parameters of query definitions are not implemented.");
    if (present(in->query_definition_id))
        TRY(definition_for(call, in->query_definition_id, &definition));

    definition.id =
        present(in->query_definition_id) ? in->query_definition_id : uuid_new(call->arena, logs->runtime->random);
    definition.name = in->name;
    definition.text = in->query_string;
    definition.modified_ms = call->now_ms;
    definition.groups = TEXT("");
    for (size_t i = 0; i < in->log_group_names.len; i++) {
        budget_work(call->arena, definition.groups.len / 32);
        definition.groups = arena_text(call->arena, BYTES_FMT BYTES_FMT "\n", BYTES_ARG(definition.groups),
                                       BYTES_ARG(in->log_group_names.items[i]));
    }
    Statement *row = statement_begin(call->store, &write_row);
    int next = row_bind(row, 1, &whole, &definition);
    bind_text(row, next, call->account);
    bind_text(row, next + 1, call->region);
    TRY(expect_ok(call, statement_run(row)));
    out->query_definition_id = definition.id;
    return OK;
}

static void tell_definition(Call *call, const Definition *definition, LogsQueryDefinition *ret)
{
    Bytes rest = definition->groups;
    size_t count = 0;
    for (size_t i = 0; i < rest.len; i++)
        count += rest.ptr[i] == '\n';
    ret->query_definition_id = definition->id;
    ret->name = definition->name;
    ret->query_string = definition->text;
    ret->query_language = TEXT("CWLI");
    SET(ret, last_modified, definition->modified_ms);
    ret->log_group_names.items = arena_take_array(call->arena, count + 1, sizeof *ret->log_group_names.items);
    while (ret->log_group_names.len < count)
        ret->log_group_names.items[ret->log_group_names.len++] = bytes_cut(&rest, '\n');
}

static Status describe_query_definitions(Call *call, const LogsDescribeQueryDefinitionsInput *in,
                                         LogsDescribeQueryDefinitionsOutput *out)
{
    size_t limit = in->has_max_results ? (size_t)in->max_results : PAGE_MAX;
    Definition definition;
    int code;
    if (present(in->next_token) && !uuid_is(in->next_token))
        return fail_token(call);
    out->query_definitions.items = arena_take_array(call->arena, limit, sizeof *out->query_definitions.items);
    Statement *rows = begin(call, &after, present(in->next_token) ? in->next_token : TEXT(""));
    while ((code = statement_step(rows)) == STORE_ROW) {
        budget_work(call->arena, ROW_STEPS);
        row_read(call->arena, rows, &whole, &definition);
        if (present(in->query_definition_name_prefix) &&
            !bytes_starts_with(definition.name, in->query_definition_name_prefix))
            continue;
        if (out->query_definitions.len == limit) {
            out->next_token = out->query_definitions.items[limit - 1].query_definition_id;
            statement_end(rows);
            return OK;
        }
        tell_definition(call, &definition, &out->query_definitions.items[out->query_definitions.len++]);
    }
    return expect_ok(call, code);
}

static Status delete_query_definition(Call *call, const LogsDeleteQueryDefinitionInput *in,
                                      LogsDeleteQueryDefinitionOutput *out)
{
    Definition definition;
    TRY(definition_for(call, in->query_definition_id, &definition));
    TRY(expect_ok(call, statement_run(begin(call, &remove_row, in->query_definition_id))));
    SET(out, success, true);
    return OK;
}
