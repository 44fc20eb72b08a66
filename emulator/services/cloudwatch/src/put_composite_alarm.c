/* put_composite_alarm.c - PutCompositeAlarm. CloudWatch API Reference, PutCompositeAlarm. */
#include "alarm.h"
#include "rule.h"
#include "tags.h"

OPERATION(CloudwatchPutCompositeAlarm, put_composite_alarm, WRITES);

#define CHILDREN_MAX 100 /* aws: "up to 100 underlying alarms" */
#define WAIT_MAX_S   (86400 * 7)

static Status check_there(Call *call, Bytes name_or_arn, Bytes own_name, Bytes *ret_name)
{
    Alarm found;
    Bytes name = alarm_name_of(&call->scope, name_or_arn);
    int code = present(name) ? alarm_find(&call->scope, name, &found) : STORE_NOT_FOUND;
    *ret_name = name;
    if (code == STORE_OK || (code == STORE_NOT_FOUND && present(name) && bytes_equal(name, own_name)))
        return OK;
    if (code != STORE_NOT_FOUND)
        return fault(call, code);
    return fail(call, &cloudwatch_validation,
                "Could not save the composite alarm as alarms [" BYTES_FMT "] in the alarm rule do not exist",
                BYTES_ARG(name_or_arn));
}

static Status check_rule(Call *call, const CloudwatchPutCompositeAlarmInput *in, Rule *ret)
{
    *ret = rule_parse(call->arena, in->alarm_rule);
    if (ret->is_too_deep)
        return fail(call, &cloudwatch_validation, "The AlarmRule is nested too deeply");
    if (!ret->root)
        return fail(call, &cloudwatch_validation, "The AlarmRule is invalid: unexpected input at position %zu",
                    ret->error_at + 1);
    if (ret->names_count > CHILDREN_MAX)
        return fail(call, &cloudwatch_validation, "The AlarmRule must not contain more than %d alarms", CHILDREN_MAX);
    for (size_t i = 0; i < ret->names_count; i++)
        TRY(check_there(call, ret->names[i], in->alarm_name, &ret->names[i]));
    return OK;
}

/* aws: ActionsSuppressor: WaitPeriod and ExtensionPeriod are "required only when ActionsSuppressor is specified". */
static Status check_suppressor(Call *call, const CloudwatchPutCompositeAlarmInput *in, Bytes *ret_name)
{
    bool has_periods = in->has_actions_suppressor_wait_period && in->has_actions_suppressor_extension_period;
    bool has_a_period = in->has_actions_suppressor_wait_period || in->has_actions_suppressor_extension_period;
    if (!present(in->actions_suppressor) && !has_a_period)
        return OK;
    if (!present(in->actions_suppressor) || !has_periods)
        return fail(
            call, &cloudwatch_validation,
            "ActionsSuppressor, ActionsSuppressorWaitPeriod and ActionsSuppressorExtensionPeriod must be specified together");
    if (in->actions_suppressor_wait_period < 0 || in->actions_suppressor_wait_period > WAIT_MAX_S ||
        in->actions_suppressor_extension_period < 0 || in->actions_suppressor_extension_period > WAIT_MAX_S)
        return fail(call, &cloudwatch_validation,
                    "ActionsSuppressorWaitPeriod and ActionsSuppressorExtensionPeriod must be from 0 to %d",
                    WAIT_MAX_S);
    return check_there(call, in->actions_suppressor, TEXT(""), ret_name);
}

static Bytes config_of(Arena *arena, const CloudwatchPutCompositeAlarmInput *in)
{
    CloudwatchCompositeAlarm alarm = {
        .alarm_description = in->alarm_description,
        .alarm_rule = in->alarm_rule,
        .ok_actions = in->ok_actions,
        .alarm_actions = in->alarm_actions,
        .insufficient_data_actions = in->insufficient_data_actions,
        .actions_suppressor = in->actions_suppressor,
        .actions_suppressor_wait_period = in->actions_suppressor_wait_period,
        .has_actions_suppressor_wait_period = in->has_actions_suppressor_wait_period,
        .actions_suppressor_extension_period = in->actions_suppressor_extension_period,
        .has_actions_suppressor_extension_period = in->has_actions_suppressor_extension_period,
        .action_configuration = in->action_configuration,
    };
    return kept_text(arena, &CLOUDWATCH_SHAPE_COMPOSITE_ALARM, &alarm);
}

static Status put_composite_alarm(Call *call, const CloudwatchPutCompositeAlarmInput *in,
                                  CloudwatchPutCompositeAlarmOutput *out)
{
    Alarm alarm = {.account = call->account, .region = call->region, .name = in->alarm_name, .is_composite = true};
    Bytes suppressor = {0};
    Rule rule;
    (void)out;
    TRY(check_rule(call, in, &rule));
    TRY(check_suppressor(call, in, &suppressor));
    TRY(alarm_check_actions(call, &in->ok_actions));
    TRY(alarm_check_actions(call, &in->alarm_actions));
    TRY(alarm_check_actions(call, &in->insufficient_data_actions));
    TRY(resource_tags_check(call, &in->tags));
    int code = alarm_find(&call->scope, in->alarm_name, &alarm);
    if (code != STORE_OK && code != STORE_NOT_FOUND)
        return fault(call, code);
    if (!alarm.is_composite)
        return fail(call, &cloudwatch_validation, "A metric alarm named " BYTES_FMT " exists already.",
                    BYTES_ARG(in->alarm_name));

    Bytes *watched = arena_new_array(call->arena, Bytes, rule.names_count + 1);
    if (rule.names_count)
        memcpy(watched, rule.names, rule.names_count * sizeof *watched);
    watched[rule.names_count] = suppressor;
    alarm.config = config_of(call->arena, in);
    alarm.actions_enabled = !in->has_actions_enabled || in->actions_enabled;
    alarm.due_ms = call->now_ms;
    alarm.chain = 0;
    TRY(alarm_put(call, &alarm, &in->tags));
    return expect_ok(call,
                     alarm_watches(&call->scope, &alarm, watched, rule.names_count + (present(suppressor) ? 1 : 0)));
}
