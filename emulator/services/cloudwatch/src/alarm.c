/* alarm.c */
#include "alarm.h"
#include "alarm_history.h"
#include "metric.h"
#include "row.h"
#include "state.h"
#include "tags.h"
#include "wire.h"
#include "words.h"

#define CHAIN_MAX 100 /* aws: "the evaluation of composite alarms stops if CloudWatch detects a cycle" */

static const Column columns[] = {
    COLUMN(Alarm, id),         COLUMN(Alarm, account),         COLUMN(Alarm, region),
    COLUMN(Alarm, name),       COLUMN(Alarm, is_composite),    COLUMN(Alarm, metric),
    COLUMN(Alarm, config),     COLUMN(Alarm, actions_enabled), COLUMN(Alarm, configured_ms),
    COLUMN(Alarm, state),      COLUMN(Alarm, reason),          COLUMN(Alarm, reason_data),
    COLUMN(Alarm, updated_ms), COLUMN(Alarm, transitioned_ms), COLUMN(Alarm, due_ms),
    COLUMN(Alarm, chain),      COLUMN(Alarm, suppressed_by),   COLUMN(Alarm, suppressed_reason),
    COLUMN(Alarm, held_from),  COLUMN(Alarm, woken_by),
};
static const Row alarm_row = ROW(columns);

#define COLUMNS                                                                                                        \
    "id, account, region, name, is_composite, metric, config, actions_enabled, configured_ms, state, reason,"          \
    " reason_data, updated_ms, transitioned_ms, due_ms, chain, suppressed_by, suppressed_reason, held_from,"           \
    " woken_by"
static const Query find = {"SELECT " COLUMNS " FROM cloudwatch_alarm WHERE account = ?1 AND region = ?2 AND name = ?3"};
static const Query after = {"SELECT " COLUMNS " FROM cloudwatch_alarm WHERE account = ?1 AND region = ?2 AND name > ?3"
                            " ORDER BY name"};
static const Query of_metric = {
    "SELECT " COLUMNS " FROM cloudwatch_alarm WHERE account = ?1 AND region = ?2 AND metric = ?3 ORDER BY name"};
static const Query due = {"SELECT " COLUMNS " FROM cloudwatch_alarm WHERE due_ms <= ?1 ORDER BY due_ms, id LIMIT ?2"};
static const Query next_due = {"SELECT min(due_ms) FROM cloudwatch_alarm"};
static const Query save = {"INSERT OR REPLACE INTO cloudwatch_alarm (" COLUMNS
                           ") VALUES (nullif(?1, 0), ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15,"
                           " ?16, ?17, ?18, ?19, ?20)"};
static const Query set_due = {"UPDATE cloudwatch_alarm SET due_ms = ?2, chain = ?3 WHERE id = ?1"};
static const Query remove_alarm = {"DELETE FROM cloudwatch_alarm WHERE id = ?1"};
static const Query forget_watches = {"DELETE FROM cloudwatch_alarm_watch WHERE alarm_id = ?1"};
static const Query add_watch = {
    "INSERT OR IGNORE INTO cloudwatch_alarm_watch (alarm_id, account, region, name) VALUES (?1, ?2, ?3, ?4)"};
static const Query wake = {
    "UPDATE cloudwatch_alarm SET due_ms = min(due_ms, ?4), chain = ?5, woken_by = ?3 WHERE id IN (SELECT alarm_id FROM"
    " cloudwatch_alarm_watch WHERE account = ?1 AND region = ?2 AND name = ?3)"};
static const Query watchers = {
    "SELECT a.name FROM cloudwatch_alarm_watch w JOIN cloudwatch_alarm a ON a.id = w.alarm_id"
    " WHERE w.account = ?1 AND w.region = ?2 AND w.name = ?3 AND a.name > ?4 ORDER BY a.name"};

Bytes alarm_metric_key(Arena *arena, Bytes name_space, Bytes name, const CloudwatchDimensions *dimensions)
{
    Bytes text = metric_dimensions_text(arena, dimensions);
    return arena_text(arena, BYTES_FMT "\036" BYTES_FMT "\036" BYTES_FMT, BYTES_ARG(name_space), BYTES_ARG(name),
                      BYTES_ARG(text));
}

static Statement *begin(const Scope *scope, const Query *query, Bytes text)
{
    Statement *statement = statement_begin(scope->store, query);
    bind_text(statement, 1, scope->account);
    bind_text(statement, 2, scope->region);
    bind_text(statement, 3, text);
    return statement;
}

int alarm_find(const Scope *scope, Bytes name, Alarm *ret)
{
    return row_one(scope->arena, begin(scope, &find, name), &alarm_row, ret);
}

Bytes alarm_name_of(const Scope *scope, Bytes name_or_arn)
{
    Arn arn;
    if (!bytes_starts_with(name_or_arn, TEXT("arn:")))
        return name_or_arn;
    bool is_here = arn_parse(name_or_arn, &arn) && bytes_is(arn.service, "cloudwatch") &&
                   bytes_equal(arn.region, scope->region) && bytes_equal(arn.account, scope->account) &&
                   bytes_starts_with(arn.resource, TEXT("alarm:"));
    return is_here ? bytes_slice(arn.resource, 6, arn.resource.len - 6) : (Bytes){0};
}

Statement *alarms_after(const Scope *scope, Bytes name)
{
    return begin(scope, &after, present(name) ? name : TEXT(""));
}

Statement *alarms_of_metric(const Scope *scope, Bytes metric_key)
{
    return begin(scope, &of_metric, metric_key);
}

Statement *alarms_due(Store *store, int64_t due_ms, int limit)
{
    Statement *statement = statement_begin(store, &due);
    bind_int64(statement, 1, due_ms);
    bind_int64(statement, 2, limit);
    return statement;
}

void alarm_read(Arena *arena, Statement *row, Alarm *ret)
{
    row_read(arena, row, &alarm_row, ret);
}

int alarms_next_due(Store *store, int64_t *ret_due_ms)
{
    Statement *row = statement_begin(store, &next_due);
    int code = statement_one(row);
    if (code != STORE_ROW)
        return code;
    *ret_due_ms = column_is_null(row, 0) ? DUE_NEVER : column_int64(row, 0);
    statement_end(row);
    return STORE_OK;
}

int alarm_save(const Scope *scope, Alarm *alarm)
{
    Statement *row = statement_begin(scope->store, &save);
    row_bind(row, 1, &alarm_row, alarm);
    int code = statement_run(row);
    if (!alarm->id)
        alarm->id = store_last_rowid(scope->store);
    return code;
}

int alarm_set_due(const Scope *scope, const Alarm *alarm)
{
    Statement *row = statement_begin(scope->store, &set_due);
    bind_int64(row, 1, alarm->id);
    bind_int64(row, 2, alarm->due_ms);
    bind_int64(row, 3, alarm->chain);
    return statement_run(row);
}

int alarm_remove(const Scope *scope, const Alarm *alarm)
{
    int code = query_run_with(scope->store, &forget_watches, alarm->id);
    return code == STORE_OK ? query_run_with(scope->store, &remove_alarm, alarm->id) : code;
}

int alarm_watches(const Scope *scope, const Alarm *alarm, const Bytes *names, size_t count)
{
    int code = query_run_with(scope->store, &forget_watches, alarm->id);
    for (size_t i = 0; i < count && code == STORE_OK; i++) {
        Statement *add = statement_begin(scope->store, &add_watch);
        bind_int64(add, 1, alarm->id);
        bind_text(add, 2, scope->account);
        bind_text(add, 3, scope->region);
        bind_text(add, 4, names[i]);
        code = statement_run(add);
    }
    return code;
}

int alarm_wake_watchers(const Scope *scope, const Alarm *alarm, int64_t at_ms)
{
    if (alarm->chain >= CHAIN_MAX)
        return STORE_OK;
    Statement *row = begin(scope, &wake, alarm->name);
    bind_int64(row, 4, at_ms);
    bind_int64(row, 5, alarm->chain + 1);
    int code = statement_run(row);
    if (code == STORE_OK && store_changes(scope->store) > 0)
        alarms_wake(scope->service, at_ms);
    return code;
}

static bool is_among(const CloudwatchAlarmNames *names, Bytes name)
{
    for (size_t i = 0; names && i < names->len; i++)
        if (bytes_equal(names->items[i], name))
            return true;
    return false;
}

int alarm_watcher(const Scope *scope, Bytes name, const CloudwatchAlarmNames *but, Bytes *ret_watcher)
{
    Statement *row = begin(scope, &watchers, name);
    int code;
    bind_text(row, 4, TEXT(""));
    while ((code = statement_step(row)) == STORE_ROW) {
        *ret_watcher = arena_copy(scope->arena, column_bytes(row, 0));
        if (is_among(but, *ret_watcher))
            continue;
        statement_end(row);
        return STORE_ROW;
    }
    return code;
}

#define WATCHERS_MAX 1000

int alarm_watchers(const Scope *scope, Bytes name, const Bytes **ret_names, size_t *ret_count)
{
    Bytes *names = arena_new_array(scope->arena, Bytes, WATCHERS_MAX);
    Statement *row = begin(scope, &watchers, name);
    size_t count = 0;
    int code;
    bind_text(row, 4, TEXT(""));
    while ((code = statement_step(row)) == STORE_ROW && count < WATCHERS_MAX)
        names[count++] = arena_copy(scope->arena, column_bytes(row, 0));
    if (code == STORE_ROW)
        statement_end(row);
    *ret_names = names;
    *ret_count = count;
    return code == STORE_ROW ? STORE_OK : code;
}

Bytes kept_text(Arena *arena, const Shape *shape, const void *value)
{
    Buffer *text = text_new(arena);
    json_encode(text, shape, value);
    return buffer_bytes(text);
}

void kept_read(Arena *arena, Bytes text, const Shape *shape, void *ret)
{
    Bytes message;
    if (json_decode(arena, shape, text, ret, &message) != WIRE_OK)
        memset(ret, 0, shape->size);
}

static void fill_actions(Arena *arena, CloudwatchResourceList *list)
{
    if (!list->items)
        list->items = arena_new_of(arena, Bytes);
}

/* What both kinds tell: their structs name these members alike. */
#define TELL_ALARM(ret, scope, alarm)                                                                                  \
    do {                                                                                                               \
        (ret)->alarm_name = (alarm)->name;                                                                             \
        (ret)->alarm_arn = alarm_arn((scope), (alarm)->name);                                                          \
        SET((ret), actions_enabled, (alarm)->actions_enabled);                                                         \
        SET((ret), alarm_configuration_updated_timestamp, (alarm)->configured_ms);                                     \
        SET((ret), state_updated_timestamp, (alarm)->updated_ms);                                                      \
        SET((ret), state_transitioned_timestamp, (alarm)->transitioned_ms);                                            \
        (ret)->state_value = (alarm)->state;                                                                           \
        (ret)->state_reason = (alarm)->reason;                                                                         \
        (ret)->state_reason_data = (alarm)->reason_data;                                                               \
        fill_actions((scope)->arena, &(ret)->ok_actions);                                                              \
        fill_actions((scope)->arena, &(ret)->alarm_actions);                                                           \
        fill_actions((scope)->arena, &(ret)->insufficient_data_actions);                                               \
    } while (0)

CloudwatchMetricAlarm *alarm_metric(const Scope *scope, const Alarm *alarm)
{
    CloudwatchMetricAlarm *ret = arena_new_of(scope->arena, CloudwatchMetricAlarm);
    kept_read(scope->arena, alarm->config, &CLOUDWATCH_SHAPE_METRIC_ALARM, ret);
    TELL_ALARM(ret, scope, alarm);
    if (!ret->dimensions.items)
        ret->dimensions.items = arena_new_of(scope->arena, CloudwatchDimension);
    return ret;
}

CloudwatchCompositeAlarm *alarm_composite(const Scope *scope, const Alarm *alarm)
{
    CloudwatchCompositeAlarm *ret = arena_new_of(scope->arena, CloudwatchCompositeAlarm);
    kept_read(scope->arena, alarm->config, &CLOUDWATCH_SHAPE_COMPOSITE_ALARM, ret);
    TELL_ALARM(ret, scope, alarm);
    ret->actions_suppressed_by = alarm->suppressed_by;
    ret->actions_suppressed_reason = alarm->suppressed_reason;
    return ret;
}

/* AWS's words. */
Status alarm_check_actions(Call *call, const CloudwatchResourceList *actions)
{
    Arn arn;
    for (size_t i = 0; i < actions->len; i++) {
        Bytes action = actions->items[i];
        if (!arn_parse(action, &arn))
            return fail(call, &cloudwatch_validation, "Invalid arn syntax: " BYTES_FMT, BYTES_ARG(action));
        if (arn.region.len && !bytes_equal(arn.region, call->region))
            return fail(call, &cloudwatch_validation,
                        "Invalid region " BYTES_FMT " specified. Only " BYTES_FMT " is supported.",
                        BYTES_ARG(arn.region), BYTES_ARG(call->region));
    }
    return OK;
}

static Bytes configured(Call *call, const Alarm *alarm, bool is_new)
{
    Buffer *text = text_new(call->arena);
    buffer_append_format(text,
                         "{\"version\":\"1.0\",\"type\":\"%s\",\"%s\":{\"alarmName\":", is_new ? "Create" : "Update",
                         is_new ? "createdAlarm" : "updatedAlarm");
    json_append_string(text, alarm->name);
    buffer_append_text(text, ",\"alarmArn\":");
    json_append_string(text, alarm_arn(&call->scope, alarm->name));
    buffer_append_text(text, ",\"stateValue\":");
    json_append_string(text, alarm->state);
    buffer_append_format(text, ",\"actionsEnabled\":%s,\"alarmConfigurationUpdatedTimestamp\":\"",
                         alarm->actions_enabled ? "true" : "false");
    text_time(text, call->now_ms);
    buffer_append_text(text, "\"}}");
    return buffer_bytes(text);
}

/* aws: PutMetricAlarm: "When you update an existing alarm, its state is left unchanged, but the update completely
 * overwrites the previous configuration of the alarm"; Tags: only of a new one. */
Status alarm_put(Call *call, Alarm *alarm, const CloudwatchTagList *tags)
{
    bool is_new = alarm->id == 0;
    HistoryItem item = {.type = CLOUDWATCH_HISTORY_ITEM_TYPE_CONFIGURATIONUPDATE, .time_ms = call->now_ms};
    alarm->configured_ms = call->now_ms;
    if (is_new) {
        alarm->state = CLOUDWATCH_STATE_VALUE_INSUFFICIENT_DATA;
        alarm->reason = TEXT("Unchecked: Initial alarm creation");
        alarm->updated_ms = alarm->transitioned_ms = call->now_ms;
    }
    item.summary =
        arena_text(call->arena, "Alarm \"" BYTES_FMT "\" %s", BYTES_ARG(alarm->name), is_new ? "created" : "updated");
    item.data = configured(call, alarm, is_new);
    TRY(expect_ok(call, alarm_save(&call->scope, alarm)));
    TRY(expect_ok(call, history_add(&call->scope, alarm, &item)));
    if (is_new)
        TRY(expect_ok(call, resource_tags_put(&call->scope, alarm_arn(&call->scope, alarm->name), tags)));
    alarms_wake(call->service, alarm->due_ms);
    return OK;
}
