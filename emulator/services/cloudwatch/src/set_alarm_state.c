/* set_alarm_state.c - SetAlarmState, EnableAlarmActions, DisableAlarmActions, DeleteAlarms. CloudWatch API Reference.
 */
#include "alarm.h"
#include "alarm_history.h"
#include "tags.h"
#include <jansson.h>

OPERATION(CloudwatchSetAlarmState, set_alarm_state, WRITES);
OPERATION(CloudwatchEnableAlarmActions, enable_alarm_actions, WRITES);
OPERATION(CloudwatchDisableAlarmActions, disable_alarm_actions, WRITES);
OPERATION(CloudwatchDeleteAlarms, delete_alarms, WRITES);

/* Recorded from AWS: without a message. */
static Status find(Call *call, Bytes name, Alarm *ret)
{
    int code = alarm_find(&call->scope, name, ret);
    if (code == STORE_NOT_FOUND)
        return fail(call, &CLOUDWATCH_RESOURCE_NOT_FOUND, "%s", "");
    return expect_ok(call, code);
}

/* aws: SetAlarmState: "The state returns to its actual state the next time the alarm is evaluated". */
static Status set_alarm_state(Call *call, const CloudwatchSetAlarmStateInput *in, CloudwatchSetAlarmStateOutput *out)
{
    Alarm alarm;
    AlarmChange change = {in->state_value, in->state_reason, in->state_reason_data, call->now_ms};
    (void)out;
    if (present(in->state_reason_data)) {
        json_t *json = json_loadb(in->state_reason_data.ptr, in->state_reason_data.len, 0, NULL);
        json_decref(json);
        if (!json)
            return fail(call, &CLOUDWATCH_INVALID_FORMAT, "StateReasonData must be valid JSON");
    }
    TRY(find(call, in->alarm_name, &alarm));
    alarm.chain = 0;
    TRY(expect_ok(call, alarm_change(&call->scope, &alarm, &change)));
    alarms_wake(call->service, alarm.due_ms);
    return OK;
}

/* aws: which names are none is not told. */
static Status set_actions(Call *call, const CloudwatchAlarmNames *names, bool are_enabled)
{
    for (size_t i = 0; i < names->len; i++) {
        Alarm alarm;
        int code = alarm_find(&call->scope, names->items[i], &alarm);
        if (code == STORE_NOT_FOUND || (code == STORE_OK && alarm.actions_enabled == are_enabled))
            continue;
        TRY(expect_ok(call, code));
        alarm.actions_enabled = are_enabled;
        TRY(alarm_put(call, &alarm, NULL));
    }
    return OK;
}

static Status enable_alarm_actions(Call *call, const CloudwatchEnableAlarmActionsInput *in,
                                   CloudwatchEnableAlarmActionsOutput *out)
{
    (void)out;
    return set_actions(call, &in->alarm_names, true);
}

static Status disable_alarm_actions(Call *call, const CloudwatchDisableAlarmActionsInput *in,
                                    CloudwatchDisableAlarmActionsOutput *out)
{
    (void)out;
    return set_actions(call, &in->alarm_names, false);
}

static Status check_unwatched(Call *call, const CloudwatchAlarmNames *names, Bytes name)
{
    Bytes watcher;
    int code = alarm_watcher(&call->scope, name, names, &watcher);
    if (code != STORE_ROW)
        return expect_ok(call, code);
    return fail(call, &cloudwatch_validation,
                "Cannot delete " BYTES_FMT " as there are composite alarm(s) depending on it: [" BYTES_FMT "]",
                BYTES_ARG(name), BYTES_ARG(watcher));
}

static Status remove_one(Call *call, const Alarm *alarm)
{
    HistoryItem item = {.type = CLOUDWATCH_HISTORY_ITEM_TYPE_CONFIGURATIONUPDATE, .time_ms = call->now_ms};
    item.summary = arena_text(call->arena, "Alarm \"" BYTES_FMT "\" deleted", BYTES_ARG(alarm->name));
    item.data = TEXT("{\"version\":\"1.0\",\"type\":\"Delete\"}");
    TRY(expect_ok(call, history_add(&call->scope, alarm, &item)));
    TRY(expect_ok(call, alarm_remove(&call->scope, alarm)));
    return expect_ok(call, resource_tags_forget(&call->scope, alarm_arn(&call->scope, alarm->name)));
}

/* aws: DeleteAlarms: "If you specify an incorrect alarm name or make any other error in the operation, no alarms are
 * deleted"; "you can't delete a composite alarm that another composite alarm depends on". */
static Status delete_alarms(Call *call, const CloudwatchDeleteAlarmsInput *in, CloudwatchDeleteAlarmsOutput *out)
{
    Alarm *alarms = arena_new_array(call->arena, Alarm, in->alarm_names.len);
    (void)out;
    for (size_t i = 0; i < in->alarm_names.len; i++) {
        TRY(find(call, in->alarm_names.items[i], &alarms[i]));
        TRY(check_unwatched(call, &in->alarm_names, in->alarm_names.items[i]));
    }

    for (size_t i = 0; i < in->alarm_names.len; i++)
        TRY(remove_one(call, &alarms[i]));
    return OK;
}
