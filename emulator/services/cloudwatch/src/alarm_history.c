/* alarm_history.c - the history's table, and DescribeAlarmHistory. CloudWatch API Reference, DescribeAlarmHistory. */
#include "alarm_history.h"
#include "budget.h"
#include "row.h"

OPERATION(CloudwatchDescribeAlarmHistory, describe_alarm_history, READS);

#define KEPT_MS        (INT64_C(30) * 24 * 3600 * 1000)
#define FORGOTTEN_ONCE 3 /* old items for each that is new: so they all go */
#define PAGE_MAX       100
#define LOOKED_AT_MAX  20000
#define ROW_STEPS      20

static const Column columns[] = {
    COLUMN(HistoryItem, id),   COLUMN(HistoryItem, account),      COLUMN(HistoryItem, region),
    COLUMN(HistoryItem, name), COLUMN(HistoryItem, is_composite), COLUMN(HistoryItem, time_ms),
    COLUMN(HistoryItem, type), COLUMN(HistoryItem, summary),      COLUMN(HistoryItem, data),
};
static const Row item_row = ROW(columns);

#define COLUMNS "id, account, region, name, is_composite, time_ms, type, summary, data"
static const Query add = {"INSERT INTO cloudwatch_alarm_history (" COLUMNS
                          ") VALUES (nullif(?1, 0), ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)"};
static const Query forget = {"DELETE FROM cloudwatch_alarm_history WHERE id IN (SELECT id FROM cloudwatch_alarm_history"
                             " WHERE time_ms < ?1 ORDER BY time_ms LIMIT ?2)"};

#define ITEMS(where, order)                                                                                            \
    "SELECT " COLUMNS " FROM cloudwatch_alarm_history WHERE account = ?1 AND region = ?2 AND " where                   \
    " ORDER BY time_ms " order ", id " order
#define BEHIND  "(time_ms, id) > (?4, ?5)"
#define BEFORE_ "(time_ms, id) < (?4, ?5)"
static const Query all_ascending = {ITEMS(BEHIND, "ASC")};
static const Query all_descending = {ITEMS(BEFORE_, "DESC")};
static const Query one_ascending = {ITEMS("name = ?3 AND " BEHIND, "ASC")};
static const Query one_descending = {ITEMS("name = ?3 AND " BEFORE_, "DESC")};

int history_add(const Scope *scope, const Alarm *alarm, const HistoryItem *item)
{
    HistoryItem whole = *item;
    whole.account = scope->account;
    whole.region = scope->region;
    whole.name = alarm->name;
    whole.is_composite = alarm->is_composite;
    Statement *row = statement_begin(scope->store, &add);
    row_bind(row, 1, &item_row, &whole);
    int code = statement_run(row);
    if (code != STORE_OK)
        return code;
    Statement *old = statement_begin(scope->store, &forget);
    bind_int64(old, 1, item->time_ms - KEPT_MS);
    bind_int64(old, 2, FORGOTTEN_ONCE);
    return statement_run(old);
}

/* "1767261600000:17": behind that item. */
static Status read_token(Call *call, Bytes token, bool is_ascending, HistoryItem *ret)
{
    ret->time_ms = is_ascending ? INT64_MIN : INT64_MAX;
    ret->id = is_ascending ? INT64_MIN : INT64_MAX;
    if (!present(token))
        return OK;
    Bytes time = bytes_cut(&token, ':');
    if (bytes_to_int64(time, &ret->time_ms) && present(token) && bytes_to_int64(token, &ret->id))
        return OK;
    return fail(call, &CLOUDWATCH_INVALID_NEXT_TOKEN, "The NextToken is not one that was given.");
}

static bool has_type(const CloudwatchAlarmTypes *types, bool is_composite)
{
    Bytes type = is_composite ? CLOUDWATCH_ALARM_TYPE_COMPOSITEALARM : CLOUDWATCH_ALARM_TYPE_METRICALARM;
    for (size_t i = 0; i < types->len; i++)
        if (bytes_equal(types->items[i], type))
            return true;
    return !types->len && !is_composite;
}

static bool is_wanted(const CloudwatchDescribeAlarmHistoryInput *in, const HistoryItem *item)
{
    return has_type(&in->alarm_types, item->is_composite) &&
           (!present(in->history_item_type) || bytes_equal(in->history_item_type, item->type)) &&
           (!in->has_start_date || item->time_ms >= in->start_date) &&
           (!in->has_end_date || item->time_ms <= in->end_date);
}

static Statement *begin(Call *call, const CloudwatchDescribeAlarmHistoryInput *in, const HistoryItem *from)
{
    static const Query *const queries[] = {&all_descending, &all_ascending, &one_descending, &one_ascending};
    bool is_ascending = bytes_equal(in->scan_by, CLOUDWATCH_SCAN_BY_TIMESTAMPASCENDING);
    Statement *rows = statement_begin(call->store, queries[(present(in->alarm_name) ? 2 : 0) + is_ascending]);
    bind_text(rows, 1, call->account);
    bind_text(rows, 2, call->region);
    if (present(in->alarm_name))
        bind_text(rows, 3, in->alarm_name);
    bind_int64(rows, 4, from->time_ms);
    bind_int64(rows, 5, from->id);
    return rows;
}

static void tell(const HistoryItem *item, CloudwatchAlarmHistoryItem *ret)
{
    ret->alarm_name = item->name;
    ret->alarm_type = item->is_composite ? CLOUDWATCH_ALARM_TYPE_COMPOSITEALARM : CLOUDWATCH_ALARM_TYPE_METRICALARM;
    SET(ret, timestamp, item->time_ms);
    ret->history_item_type = item->type;
    ret->history_summary = item->summary;
    ret->history_data = item->data;
}

static Status describe_alarm_history(Call *call, const CloudwatchDescribeAlarmHistoryInput *in,
                                     CloudwatchDescribeAlarmHistoryOutput *out)
{
    size_t most = in->has_max_records ? (size_t)in->max_records : PAGE_MAX;
    int code, looked_at = 0;
    HistoryItem at = {0}, item;
    TRY(read_token(call, in->next_token, bytes_equal(in->scan_by, CLOUDWATCH_SCAN_BY_TIMESTAMPASCENDING), &at));

    out->alarm_history_items.items = arena_new_array(call->arena, CloudwatchAlarmHistoryItem, most);
    Statement *rows = begin(call, in, &at);
    while ((code = statement_step(rows)) == STORE_ROW) {
        if (out->alarm_history_items.len == most || looked_at++ == LOOKED_AT_MAX) {
            out->next_token = arena_text(call->arena, "%lld:%lld", (long long)at.time_ms, (long long)at.id);
            statement_end(rows);
            return OK;
        }
        budget_work(call->arena, ROW_STEPS);
        ArenaMark mark = arena_mark(call->arena);
        row_read(call->arena, rows, &item_row, &item);
        at.time_ms = item.time_ms;
        at.id = item.id;
        if (is_wanted(in, &item))
            tell(&item, &out->alarm_history_items.items[out->alarm_history_items.len++]);
        else
            arena_rewind(call->arena, mark);
    }
    return expect_ok(call, code);
}
