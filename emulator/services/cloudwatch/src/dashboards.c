/* dashboards.c - PutDashboard, GetDashboard, ListDashboards, DeleteDashboards. CloudWatch API Reference. */
#include "dashboard.h"
#include "store.h"
#include "tags.h"

OPERATION(CloudwatchPutDashboard, put_dashboard, WRITES);
OPERATION(CloudwatchGetDashboard, get_dashboard, READS);
OPERATION(CloudwatchListDashboards, list_dashboards, READS);
OPERATION(CloudwatchDeleteDashboards, delete_dashboards, WRITES);

#define NAME_MAX_LEN 255  /* aws: PutDashboard, DashboardName */
#define PAGE_MAX     1000 /* aws: ListDashboards: "The call may return up to 1000 results" */
#define DELETED_MAX  100  /* of one call */

static const Query put = {"INSERT INTO cloudwatch_dashboard (account, name, body, modified_ms) VALUES (?1, ?2, ?3, ?4)"
                          " ON CONFLICT DO UPDATE SET body = excluded.body, modified_ms = excluded.modified_ms"};
static const Query get = {"SELECT body FROM cloudwatch_dashboard WHERE account = ?1 AND name = ?2"};
static const Query has = {"SELECT 1 FROM cloudwatch_dashboard WHERE account = ?1 AND name = ?2"};
static const Query list = {
    "SELECT name, length(CAST(body AS BLOB)), modified_ms FROM cloudwatch_dashboard WHERE account = ?1"
    " AND name > ?2 AND name >= ?3 ORDER BY name"};
static const Query remove_one = {"DELETE FROM cloudwatch_dashboard WHERE account = ?1 AND name = ?2"};

static Statement *begin(const Call *call, const Query *query, Bytes name)
{
    Statement *statement = statement_begin(call->store, query);
    bind_text(statement, 1, call->account);
    bind_text(statement, 2, name);
    return statement;
}

bool dashboard_is_there(Call *call, Bytes name)
{
    Statement *row = begin(call, &has, name);
    bool is_there = statement_one(row) == STORE_ROW;
    if (is_there)
        statement_end(row);
    return is_there;
}

static bool is_name(Bytes name)
{
    for (size_t i = 0; i < name.len; i++) {
        char c = name.ptr[i];
        if (!(c >= 'a' && c <= 'z') && !(c >= 'A' && c <= 'Z') && !(c >= '0' && c <= '9') && c != '-' && c != '_')
            return false;
    }
    return true;
}

/* Recorded from AWS, the line's end too. */
static Status check_name(Call *call, Bytes name)
{
    if (!name.len)
        return fail(call, &CLOUDWATCH_INVALID_PARAMETER_VALUE, "The value for field DashboardName must not be empty.");
    if (name.len > NAME_MAX_LEN)
        return fail(call, &CLOUDWATCH_INVALID_PARAMETER_VALUE,
                    "The value for field DashboardName exceeds the maximum length of %d characters.", NAME_MAX_LEN);
    if (!is_name(name))
        return fail(
            call, &CLOUDWATCH_INVALID_PARAMETER_VALUE,
            "The value for field DashboardName contains invalid characters. It can only contain alphanumerics, dash (-) and underscore (_).\n");
    return OK;
}

/* aws: PutDashboard, Tags: "If you are updating an existing dashboard, any tags you specify are ignored". */
static Status put_dashboard(Call *call, const CloudwatchPutDashboardInput *in, CloudwatchPutDashboardOutput *out)
{
    CloudwatchDashboardValidationMessages warnings = {0};
    Bytes arn = dashboard_arn(call, in->dashboard_name);
    TRY(check_name(call, in->dashboard_name));
    TRY(dashboard_body_check(call, in->dashboard_body, &warnings));
    TRY(resource_tags_check(call, &in->tags));
    Statement *there = begin(call, &has, in->dashboard_name);
    int found = statement_one(there);
    if (found < 0)
        return fault(call, found);
    if (found == STORE_ROW)
        statement_end(there);

    Statement *row = begin(call, &put, in->dashboard_name);
    bind_text(row, 3, in->dashboard_body);
    bind_int64(row, 4, call->now_ms);
    TRY(expect_ok(call, statement_run(row)));
    if (found == STORE_NOT_FOUND)
        TRY(expect_ok(call, resource_tags_put(&call->scope, arn, &in->tags)));

    out->dashboard_validation_messages = warnings;
    if (!warnings.items)
        out->dashboard_validation_messages.items = arena_new_of(call->arena, CloudwatchDashboardValidationMessage);
    return OK;
}

static Status no_dashboard(Call *call, Bytes name)
{
    return fail(call, &CLOUDWATCH_DASHBOARD_NOT_FOUND, "Dashboard " BYTES_FMT " does not exist", BYTES_ARG(name));
}

static Status get_dashboard(Call *call, const CloudwatchGetDashboardInput *in, CloudwatchGetDashboardOutput *out)
{
    TRY(check_name(call, in->dashboard_name));
    Statement *row = begin(call, &get, in->dashboard_name);
    int code = statement_one(row);
    if (code == STORE_NOT_FOUND)
        return no_dashboard(call, in->dashboard_name);
    if (code != STORE_ROW)
        return fault(call, code);
    out->dashboard_body = arena_copy(call->arena, column_bytes(row, 0));
    statement_end(row);
    out->dashboard_name = in->dashboard_name;
    out->dashboard_arn = dashboard_arn(call, in->dashboard_name);
    return OK;
}

static void tell(Call *call, Statement *row, CloudwatchDashboardEntry *ret)
{
    ret->dashboard_name = arena_copy(call->arena, column_bytes(row, 0));
    ret->dashboard_arn = dashboard_arn(call, ret->dashboard_name);
    SET(ret, size, column_int64(row, 1));
    SET(ret, last_modified, column_int64(row, 2));
}

/* A token is the last name told. */
static Status list_dashboards(Call *call, const CloudwatchListDashboardsInput *in, CloudwatchListDashboardsOutput *out)
{
    Bytes prefix = present(in->dashboard_name_prefix) ? in->dashboard_name_prefix : TEXT("");
    int code;
    if (!is_name(in->next_token) || in->next_token.len > NAME_MAX_LEN)
        return fail(call, &CLOUDWATCH_INVALID_PARAMETER_VALUE, "The value for field NextToken is invalid.");
    TRY(prefix.len ? check_name(call, prefix) : OK);

    out->dashboard_entries.items = arena_new_array(call->arena, CloudwatchDashboardEntry, PAGE_MAX);
    Statement *row = begin(call, &list, present(in->next_token) ? in->next_token : TEXT(""));
    bind_text(row, 3, prefix);
    while ((code = statement_step(row)) == STORE_ROW) {
        bool is_of_prefix = bytes_starts_with(column_bytes(row, 0), prefix);
        bool is_full = out->dashboard_entries.len == PAGE_MAX;
        if (is_of_prefix && is_full)
            out->next_token = out->dashboard_entries.items[PAGE_MAX - 1].dashboard_name;
        if (!is_of_prefix || is_full)
            return statement_end(row), OK;
        tell(call, row, &out->dashboard_entries.items[out->dashboard_entries.len++]);
    }
    return expect_ok(call, code);
}

static Status check_there(Call *call, Bytes name)
{
    TRY(check_name(call, name));
    Statement *row = begin(call, &has, name);
    int code = statement_one(row);
    if (code == STORE_NOT_FOUND)
        return no_dashboard(call, name);
    if (code != STORE_ROW)
        return fault(call, code);
    statement_end(row);
    return OK;
}

/* aws: DeleteDashboards: "If there is an error during this call, no dashboards are deleted." */
static Status delete_dashboards(Call *call, const CloudwatchDeleteDashboardsInput *in,
                                CloudwatchDeleteDashboardsOutput *out)
{
    (void)out;
    if (in->dashboard_names.len > DELETED_MAX)
        return fail(call, &CLOUDWATCH_INVALID_PARAMETER_VALUE,
                    "The collection DashboardNames must not have a size greater than %d.", DELETED_MAX);
    for (size_t i = 0; i < in->dashboard_names.len; i++)
        TRY(check_there(call, in->dashboard_names.items[i]));

    for (size_t i = 0; i < in->dashboard_names.len; i++) {
        TRY(expect_ok(call, statement_run(begin(call, &remove_one, in->dashboard_names.items[i]))));
        TRY(expect_ok(call, resource_tags_forget(&call->scope, dashboard_arn(call, in->dashboard_names.items[i]))));
    }
    return OK;
}
