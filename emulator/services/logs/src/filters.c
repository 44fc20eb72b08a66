/* filters.c - rows of metric filters, and what is said of patterns. */
#include "filters.h"
#include "row.h"

const Migration logs_filters_schema = {
    "logs_filters",
    (const char *const[]){
        "CREATE TABLE logs_metric_filter ("
        " group_id INTEGER NOT NULL, name TEXT NOT NULL, pattern TEXT NOT NULL, metric_name TEXT NOT NULL,"
        " metric_namespace TEXT NOT NULL, metric_value TEXT NOT NULL, unit TEXT, dimensions TEXT NOT NULL,"
        " default_value REAL NOT NULL, has_default INTEGER NOT NULL, created_ms INTEGER NOT NULL,"
        " PRIMARY KEY (group_id, name)) WITHOUT ROWID;",
        NULL,
    },
};

static const Column columns[] = {COLUMN(MetricFilter, group_id),
                                 COLUMN(MetricFilter, name),
                                 COLUMN(MetricFilter, pattern),
                                 COLUMN(MetricFilter, metric_name),
                                 COLUMN(MetricFilter, metric_namespace),
                                 COLUMN(MetricFilter, metric_value),
                                 COLUMN(MetricFilter, unit),
                                 COLUMN(MetricFilter, dimensions),
                                 COLUMN(MetricFilter, default_value),
                                 COLUMN(MetricFilter, has_default),
                                 COLUMN(MetricFilter, created_ms),
                                 COLUMN_AS("group_name", MetricFilter, group)};
static const Row whole = ROW(columns), stored = {columns, 11};
#define COLUMNS                                                                                                        \
    "f.group_id, f.name, pattern, metric_name, metric_namespace, metric_value, unit, dimensions, default_value,"       \
    " has_default, f.created_ms"

static const Query of_group = {"SELECT " COLUMNS ", ?2 AS group_name FROM logs_metric_filter f"
                               " WHERE f.group_id = ?1 AND f.name > ?3 ORDER BY f.name"};
static const Query of_region = {
    "SELECT " COLUMNS ", g.name AS group_name FROM logs_group g"
    " JOIN logs_metric_filter f ON f.group_id = g.id"
    " WHERE g.account = ?1 AND g.region = ?2 AND g.name >= ?3 AND (g.name, f.name) > (?3, ?4)"
    " ORDER BY g.name, f.name"};
static const Query write_row = {
    "INSERT OR REPLACE INTO logs_metric_filter (group_id, name, pattern, metric_name,"
    " metric_namespace, metric_value, unit, dimensions, default_value, has_default, created_ms)"
    " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)"};
static const Query remove_row = {"DELETE FROM logs_metric_filter WHERE group_id = ?1 AND name = ?2"};
static const Query count_rows = {"SELECT count(*) FROM logs_metric_filter WHERE group_id = ?1"};
static const Query forget_rows = {"DELETE FROM logs_metric_filter WHERE group_id = ?1"};

Status filter_pattern_for(Call *call, Bytes text, const FilterPattern **ret_pattern)
{
    FilterPatternFault fault;
    Bytes detail;
    *ret_pattern = filter_pattern_read(call->arena, text, &fault, &detail);
    if (*ret_pattern)
        return OK;
    /* aws: both seen in use */
    if (fault == FILTER_PATTERN_BAD_TERM)
        return fail(call, &LOGS_INVALID_PARAMETER, "Invalid character(s) in term '" BYTES_FMT "'", BYTES_ARG(detail));
    return fail(call, &LOGS_INVALID_PARAMETER, "Invalid filter pattern");
}

Statement *metric_filters_after(const Scope *scope, int64_t group_id, Bytes group, Bytes name)
{
    Statement *rows = statement_begin(scope->store, group_id ? &of_group : &of_region);
    int at = 1;
    if (group_id) {
        bind_int64(rows, at++, group_id);
    } else {
        bind_text(rows, at++, scope->account);
        bind_text(rows, at++, scope->region);
    }
    bind_text(rows, at++, present(group) ? group : TEXT(""));
    bind_text(rows, at, present(name) ? name : TEXT(""));
    return rows;
}

void metric_filter_read(Arena *arena, Statement *row, MetricFilter *ret_filter)
{
    row_read(arena, row, &whole, ret_filter);
}

int metric_filter_write(const Scope *scope, const MetricFilter *filter)
{
    Statement *row = statement_begin(scope->store, &write_row);
    row_bind(row, 1, &stored, filter);
    return statement_run(row);
}

int metric_filter_remove(const Scope *scope, int64_t group_id, Bytes name)
{
    Statement *row = statement_begin(scope->store, &remove_row);
    bind_int64(row, 1, group_id);
    bind_text(row, 2, name);
    int code = statement_run(row);
    return code == STORE_OK && !store_changes(scope->store) ? STORE_NOT_FOUND : code;
}

int metric_filters_count(const Scope *scope, int64_t group_id, int64_t *ret_count)
{
    Statement *row = statement_begin(scope->store, &count_rows);
    bind_int64(row, 1, group_id);
    return statement_one_number(row, ret_count);
}

int metric_filters_forget(const Scope *scope, int64_t group_id)
{
    return query_run_with(scope->store, &forget_rows, group_id);
}
