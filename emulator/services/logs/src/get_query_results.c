/* get_query_results.c - GetQueryResults, StopQuery, DescribeQueries. What is asked for goes on by a step.
 * CloudWatch Logs API Reference. */
#include "budget.h"
#include "logs_operations.h"
#include "query.h"
#include "words.h"

OPERATION(LogsGetQueryResults, get_query_results, WRITES);
OPERATION(LogsStopQuery, stop_query, WRITES);
OPERATION(LogsDescribeQueries, describe_queries, WRITES);

#define PAGE_MAX       1000 /* aws: DescribeQueries, maxResults */
#define ROW_STEPS      50
#define STEPS_TOGETHER 2 /* of queries that are listed */

static Status query_for(Call *call, Bytes id, LogQuery *ret_query)
{
    int code = log_query_find(&call->scope, id, ret_query);
    if (code == STORE_NOT_FOUND)
        return fail(call, &LOGS_RESOURCE_NOT_FOUND, "Query " BYTES_FMT " not found.", BYTES_ARG(id));
    return expect_ok(call, code);
}

static uint32_t take_number(Bytes *rest)
{
    const unsigned char *c = (const unsigned char *)rest->ptr;
    if (rest->len < 4)
        return 0;
    *rest = bytes_slice(*rest, 4, rest->len - 4);
    return (uint32_t)c[0] << 24 | (uint32_t)c[1] << 16 | (uint32_t)c[2] << 8 | c[3];
}

static Bytes take_text(Bytes *rest)
{
    uint32_t len = take_number(rest);
    Bytes text = bytes_slice(*rest, 0, len < rest->len ? len : rest->len);
    *rest = bytes_slice(*rest, text.len, rest->len - text.len);
    return text;
}

static void tell_row(Arena *arena, Bytes *rest, LogsResultRows *ret)
{
    uint32_t count = take_number(rest);
    ret->items = arena_take_array(arena, count + 1, sizeof *ret->items);
    for (; ret->len < count; ret->len++)
        ret->items[ret->len] = (LogsResultField){.field = take_text(rest), .value = take_text(rest)};
    budget_work(arena, 2 + count);
}

/* Rows of before the page are read over. */
static void tell_results(Call *call, const LogQuery *query, uint64_t from, size_t most, LogsGetQueryResultsOutput *out)
{
    Bytes rest = query->results;
    uint64_t at = 0;
    out->results.items = arena_take_array(call->arena, most + 1, sizeof *out->results.items);
    while (rest.len) {
        if (out->results.len == most) {
            out->next_token = arena_text(call->arena, "%llu", (unsigned long long)at);
            return;
        }
        LogsResultRows row = {0};
        tell_row(call->arena, &rest, &row);
        if (at++ >= from)
            out->results.items[out->results.len++] = row;
    }
}

static void tell_statistics(Call *call, const LogQuery *query, LogsGetQueryResultsOutput *out)
{
    LogsQueryStatistics *statistics = arena_new_of(call->arena, LogsQueryStatistics);
    int64_t groups = 0;
    for (size_t i = 0; i < query->groups.len; i++)
        groups += query->groups.ptr[i] == '\n';
    SET(statistics, records_matched, (double)query->matched);
    SET(statistics, records_scanned, (double)query->scanned);
    SET(statistics, bytes_scanned, (double)query->bytes);
    SET(statistics, estimated_records_skipped, 0);
    SET(statistics, estimated_bytes_skipped, 0);
    SET(statistics, log_groups_scanned, (double)groups);
    out->statistics = statistics;
}

static Status get_query_results(Call *call, const LogsGetQueryResultsInput *in, LogsGetQueryResultsOutput *out)
{
    LogQuery query;
    uint64_t from = 0;
    TRY(query_for(call, in->query_id, &query));
    if (present(in->next_token) && !bytes_to_uint64(in->next_token, &from))
        return fail_token(call);
    if (log_query_is_going_on(&query))
        TRY(expect_ok(call, log_query_step(&call->scope, &query)));

    size_t most = in->has_max_items && in->max_items ? (size_t)in->max_items : INSIGHTS_RESULTS_MAX;
    tell_results(call, &query, from, most, out);
    tell_statistics(call, &query, out);
    out->status = query.status;
    out->query_language = TEXT("CWLI");
    return OK;
}

/* aws: "If the query has already ended, the operation returns an error indicating that the specified query is not
 * running." */
static Status stop_query(Call *call, const LogsStopQueryInput *in, LogsStopQueryOutput *out)
{
    LogQuery query;
    TRY(query_for(call, in->query_id, &query));
    if (!log_query_is_going_on(&query))
        return fail(call, &LOGS_INVALID_PARAMETER, "Query " BYTES_FMT " is not running.", BYTES_ARG(in->query_id));

    TRY(expect_ok(call, log_query_cancel(&call->scope, &query)));
    SET(out, success, true);
    return OK;
}

/* aws: recorded: SOURCE "group" START=<seconds>000 END=<seconds>999 | fields @message */
static Bytes whole_text(Arena *arena, const LogQuery *query, Bytes first_group)
{
    return arena_text(arena, "SOURCE \"" BYTES_FMT "\" START=%lld000 END=%lld999 | " BYTES_FMT, BYTES_ARG(first_group),
                      (long long)query->from_s, (long long)query->to_s, BYTES_ARG(query->text));
}

static void tell_query(Call *call, const LogQuery *query, LogsQueryInfo *ret)
{
    Bytes rest = query->groups, first = bytes_cut(&rest, '\n');
    ret->query_id = query->id;
    ret->query_language = TEXT("CWLI");
    ret->query_string = whole_text(call->arena, query, first);
    ret->status = query->status;
    ret->log_group_name = first;
    SET(ret, create_time, query->created_ms);
}

static bool is_wanted(const LogsDescribeQueriesInput *in, const LogQuery *query)
{
    Bytes rest = query->groups;
    bool is_of_group = !present(in->log_group_name);
    while (!is_of_group && rest.len)
        is_of_group = bytes_equal(bytes_cut(&rest, '\n'), in->log_group_name);
    return is_of_group && (!present(in->status) || bytes_equal(in->status, query->status)) &&
           (!present(in->query_language) || bytes_is(in->query_language, "CWLI"));
}

/* Those that are listed first go on, so that one who only lists sees them end. */
static int go_on(Call *call, int64_t before)
{
    LogQuery going[STEPS_TOGETHER], query;
    int count = 0, code;
    Statement *rows = log_queries_before(&call->scope, before);
    while ((code = statement_step(rows)) == STORE_ROW) {
        budget_work(call->arena, ROW_STEPS);
        ArenaMark mark = arena_mark(call->arena);
        log_query_read(call->arena, rows, &query);
        if (!log_query_is_going_on(&query))
            arena_rewind(call->arena, mark);
        else
            going[count++] = query;
        if (count == STEPS_TOGETHER)
            break;
    }
    if (code == STORE_ROW)
        statement_end(rows);
    code = code == STORE_ROW ? STORE_OK : code;
    for (int i = 0; code == STORE_OK && i < count; i++)
        code = log_query_step(&call->scope, &going[i]);
    return code;
}

static Status describe_queries(Call *call, const LogsDescribeQueriesInput *in, LogsDescribeQueriesOutput *out)
{
    uint64_t before = 0;
    size_t limit = in->has_max_results ? (size_t)in->max_results : PAGE_MAX;
    LogQuery query;
    int code;
    if (present(in->next_token) && (!bytes_to_uint64(in->next_token, &before) || !before || before > INT64_MAX))
        return fail_token(call);
    TRY(expect_ok(call, go_on(call, (int64_t)before)));

    out->queries.items = arena_take_array(call->arena, limit, sizeof *out->queries.items);
    int64_t last = 0;
    Statement *rows = log_queries_before(&call->scope, (int64_t)before);
    while ((code = statement_step(rows)) == STORE_ROW) {
        budget_work(call->arena, ROW_STEPS);
        log_query_read(call->arena, rows, &query);
        if (!is_wanted(in, &query))
            continue;
        if (out->queries.len == limit) {
            out->next_token = arena_text(call->arena, "%lld", (long long)last);
            statement_end(rows);
            return OK;
        }
        last = query.number;
        tell_query(call, &query, &out->queries.items[out->queries.len++]);
    }
    return expect_ok(call, code);
}
