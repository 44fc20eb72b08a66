/* alarm_composite.c - a composite alarm follows its rule; where it has a suppressor, its actions wait for that.
 *
 * aws: PutCompositeAlarm, ActionsSuppressor: "Actions will be suppressed if the suppressor alarm is in the ALARM
 * state"; ActionsSuppressorWaitPeriod: "The maximum time in seconds that the composite alarm waits for the suppressor
 * alarm to go into the ALARM state. After this time, the composite alarm performs its actions";
 * ActionsSuppressorExtensionPeriod: "… waits after suppressor alarm goes out of the ALARM state". */
#include "alarm.h"
#include "rule.h"
#include "tags.h"
#include "wire.h"
#include "words.h"

typedef struct Watching {
    const Scope *scope;
    int code;
} Watching;

static Bytes state_of(void *context, Bytes name_or_arn)
{
    Watching *watching = context;
    Bytes name = alarm_name_of(watching->scope, name_or_arn);
    Alarm alarm;
    int code = present(name) ? alarm_find(watching->scope, name, &alarm) : STORE_NOT_FOUND;
    if (code < 0)
        watching->code = code;
    return code == STORE_OK ? alarm.state : (Bytes){0};
}

static Bytes reason_of(const Scope *scope, const Alarm *alarm, const Alarm *child, bool is_first)
{
    Buffer *text = text_new(scope->arena);
    if (is_first || !child->id) {
        buffer_append(text, alarm_arn(scope, alarm->name));
        buffer_append_text(text, " was created and its alarm rule evaluates to ");
        return buffer_bytes(text);
    }
    buffer_append(text, alarm_arn(scope, child->name));
    buffer_append_text(text, " transitioned to ");
    buffer_append(text, child->state);
    buffer_append_text(text, " at ");
    text_long_time(text, child->transitioned_ms);
    return buffer_bytes(text);
}

/* aws-recorded: test_trigger_composite_alarm. */
static Bytes reason_data(const Scope *scope, const Alarm *child)
{
    Buffer *text = text_new(scope->arena);
    if (!child->id)
        return TEXT("{\"triggeringAlarms\":[]}");
    buffer_append_text(text, "{\"triggeringAlarms\":[{\"arn\":");
    json_append_string(text, alarm_arn(scope, child->name));
    buffer_append_text(text, ",\"state\":{\"value\":");
    json_append_string(text, child->state);
    buffer_append_text(text, ",\"timestamp\":\"");
    text_time(text, child->transitioned_ms);
    buffer_append_text(text, "\"}}]}");
    return buffer_bytes(text);
}

static int follow_rule(const Scope *scope, Alarm *alarm, const CloudwatchCompositeAlarm *composite, int64_t at_ms)
{
    Watching watching = {.scope = scope};
    Alarm child = {0};
    Rule rule = rule_parse(scope->arena, composite->alarm_rule);
    bool is_first = alarm_is_in(alarm, "INSUFFICIENT_DATA");
    const char *state = rule.root && rule_holds(rule.root, state_of, &watching) ? "ALARM" : "OK";
    if (watching.code || alarm_is_in(alarm, state))
        return watching.code;
    int code = present(alarm->woken_by) ? alarm_find(scope, alarm->woken_by, &child) : STORE_NOT_FOUND;
    if (code < 0)
        return code;
    AlarmChange change = {bytes_of(state), reason_of(scope, alarm, &child, is_first), reason_data(scope, &child),
                          at_ms};
    if (is_first || !child.id)
        change.reason = arena_text(scope->arena, BYTES_FMT "%s", BYTES_ARG(change.reason), state);
    return alarm_change(scope, alarm, &change);
}

static void suppress(Alarm *alarm, const char *by)
{
    alarm->suppressed_by = bytes_of(by);
    alarm->suppressed_reason = bytes_is(alarm->suppressed_by, "Alarm") ? TEXT("Actions suppressed by Alarm")
                               : bytes_is(alarm->suppressed_by, "WaitPeriod")
                                   ? TEXT("Actions suppressed by WaitPeriod")
                                   : TEXT("Actions suppressed by ExtensionPeriod");
}

/* When the waiting that is on ends; DUE_NEVER: it is not a matter of time. */
static int64_t waits_until(const Alarm *alarm, const Alarm *suppressor, const CloudwatchCompositeAlarm *composite)
{
    if (bytes_is(alarm->suppressed_by, "WaitPeriod"))
        return alarm->transitioned_ms + composite->actions_suppressor_wait_period * INT64_C(1000);
    if (bytes_is(alarm->suppressed_by, "ExtensionPeriod"))
        return suppressor->transitioned_ms + composite->actions_suppressor_extension_period * INT64_C(1000);
    return DUE_NEVER;
}

static int settle_suppression(const Scope *scope, Alarm *alarm, const CloudwatchCompositeAlarm *composite,
                              int64_t at_ms)
{
    Alarm suppressor = {0};
    Bytes name = alarm_name_of(scope, composite->actions_suppressor), from = alarm->held_from;
    int code = present(name) ? alarm_find(scope, name, &suppressor) : STORE_NOT_FOUND;
    if (code < 0)
        return code;
    bool was_suppressed = bytes_is(alarm->suppressed_by, "Alarm");
    if (code == STORE_OK && alarm_is_in(&suppressor, "ALARM"))
        suppress(alarm, "Alarm");
    else if (was_suppressed)
        suppress(alarm, "ExtensionPeriod");
    else if (!present(alarm->suppressed_by))
        suppress(alarm, "WaitPeriod");
    alarm->due_ms = waits_until(alarm, &suppressor, composite);
    if (alarm->due_ms > at_ms)
        return alarm_save(scope, alarm);
    alarm->suppressed_by = alarm->suppressed_reason = alarm->held_from = (Bytes){0};
    alarm->due_ms = DUE_NEVER;
    code = alarm_save(scope, alarm);
    return code == STORE_OK ? alarm_act(scope, alarm, from, at_ms) : code;
}

int composite_evaluate(const Scope *scope, Alarm *alarm, int64_t at_ms)
{
    const CloudwatchCompositeAlarm *composite = alarm_composite(scope, alarm);
    alarm->due_ms = DUE_NEVER;
    int code = follow_rule(scope, alarm, composite, at_ms);
    if (code == STORE_OK && present(alarm->held_from))
        return settle_suppression(scope, alarm, composite, at_ms);
    return code == STORE_OK ? alarm_set_due(scope, alarm) : code;
}
