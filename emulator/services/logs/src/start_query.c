/* start_query.c - StartQuery: the query is read and kept; its work is done when somebody asks how it goes.
 * aws: CloudWatch Logs API Reference, StartQuery. */
#include "budget.h"
#include "group_key.h"
#include "logs_operations.h"
#include "query.h"
#include "uuid.h"

OPERATION(LogsStartQuery, start_query, WRITES);

#define TIME_S_MAX INT64_C(4398046511) /* beyond it there are no events: their times have 42 bits */

/* aws: recorded */
static Status fail_group(Call *call, Bytes name)
{
    return fail(call, &LOGS_RESOURCE_NOT_FOUND,
                "Log group '" BYTES_FMT "' does not exist for account ID '" BYTES_FMT
                "' (Service: AWSLogs; Status Code: 400; Error Code: ResourceNotFoundException; Request ID: " BYTES_FMT
                "; Proxy: null)",
                BYTES_ARG(name), BYTES_ARG(call->account), BYTES_ARG(call->request_id));
}

/* *names: each with a line's end behind it. */
static Status take_group(Call *call, Bytes name, Bytes *names)
{
    LogGroup group;
    int code = log_group_find(&call->scope, name, &group);
    if (code == STORE_NOT_FOUND)
        return fail_group(call, name);
    TRY(expect_ok(call, code));
    TRY(log_group_key_check(call, &group));
    *names = arena_text(call->arena, BYTES_FMT BYTES_FMT "\n", BYTES_ARG(*names), BYTES_ARG(group.name));
    return OK;
}

static Status take_groups(Call *call, const LogsStartQueryInput *in, Bytes *ret_names)
{
    Bytes name;
    int given = present(in->log_group_name) + (in->log_group_names.len > 0) + (in->log_group_identifiers.len > 0);
    *ret_names = TEXT("");
    if (given != 1)
        return fail(call, &LOGS_INVALID_PARAMETER,
                    "Exactly one of logGroupName, logGroupNames or logGroupIdentifiers must be specified.");
    if (in->log_group_names.len > QUERY_GROUPS_MAX || in->log_group_identifiers.len > QUERY_GROUPS_MAX)
        return fail(call, &LOGS_INVALID_PARAMETER, "A query can have at most %d log groups.", QUERY_GROUPS_MAX);
    if (present(in->log_group_name))
        return take_group(call, in->log_group_name, ret_names);
    for (size_t i = 0; i < in->log_group_names.len; i++)
        TRY(take_group(call, in->log_group_names.items[i], ret_names));
    for (size_t i = 0; i < in->log_group_identifiers.len; i++) {
        TRY(log_group_name_of(call, in->log_group_identifiers.items[i], &name));
        TRY(take_group(call, name, ret_names));
    }
    return OK;
}

static Status fail_query(Call *call, const InsightsFault *fault)
{
    LogsQueryCompileErrorLocation *location = arena_new_of(call->arena, LogsQueryCompileErrorLocation);
    LogsQueryCompileError *error = arena_new_of(call->arena, LogsQueryCompileError);
    LogsMalformedQueryException *fields = arena_new_of(call->arena, LogsMalformedQueryException);
    SET(location, start_char_offset, (int32_t)fault->start);
    SET(location, end_char_offset, (int32_t)fault->end);
    error->location = location;
    error->message = fault->message;
    fields->query_compile_error = error;
    return fail_with(call, &LOGS_MALFORMED_QUERY, fields, BYTES_FMT, BYTES_ARG(fault->message));
}

static Status check(Call *call, const LogsStartQueryInput *in)
{
    InsightsFault fault;
    if (present(in->query_language) && !bytes_is(in->query_language, "CWLI"))
        return fail(call, &COMMON_NOT_IMPLEMENTED, "Queries in " BYTES_FMT " are not implemented.",
                    BYTES_ARG(in->query_language));
    if (in->end_time < in->start_time)
        return fail(call, &LOGS_INVALID_PARAMETER, "The end time of a query must not be before its start time.");
    if (!insights_read(call->arena, in->query_string, &fault))
        return fail_query(call, &fault);
    return OK;
}

static Status start_query(Call *call, const LogsStartQueryInput *in, LogsStartQueryOutput *out)
{
    const Logs *logs = call->service;
    LogQuery query = {.text = in->query_string,
                      .status = TEXT("Scheduled"),
                      .created_ms = call->now_ms,
                      .from_s = in->start_time > TIME_S_MAX ? TIME_S_MAX : in->start_time,
                      .to_s = in->end_time > TIME_S_MAX ? TIME_S_MAX : in->end_time,
                      .limit = in->has_limit ? in->limit : 0};
    TRY(check(call, in));
    TRY(take_groups(call, in, &query.groups));

    query.id = uuid_new(call->arena, logs->runtime->random);
    TRY(expect_ok(call, log_queries_sweep(&call->scope)));
    TRY(expect_ok(call, log_query_insert(&call->scope, &query)));
    out->query_id = query.id;
    return OK;
}
