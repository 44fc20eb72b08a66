/* none_there.c - what tools ask of an account: anomaly detectors, insight rules, mute rules, kept queries. None can be
 * made here, so there are none. */
#include "cloudwatch.h"
#include "cloudwatch_model.h"

OPERATION(CloudwatchDescribeAnomalyDetectors, describe_anomaly_detectors, READS);
OPERATION(CloudwatchDescribeInsightRules, describe_insight_rules, READS);
OPERATION(CloudwatchListManagedInsightRules, list_managed_insight_rules, READS);
OPERATION(CloudwatchListAlarmMuteRules, list_alarm_mute_rules, READS);
OPERATION(CloudwatchGetAlarmMuteRule, get_alarm_mute_rule, READS);
OPERATION(CloudwatchListMetricDataQueryDefinitions, list_metric_data_query_definitions, READS);

/* Nobody has been given one. */
static Status check_token(Call *call, Bytes token)
{
    return present(token) ? fail(call, &CLOUDWATCH_INVALID_NEXT_TOKEN, "Invalid nextToken") : OK;
}

static Status describe_anomaly_detectors(Call *call, const CloudwatchDescribeAnomalyDetectorsInput *in,
                                         CloudwatchDescribeAnomalyDetectorsOutput *out)
{
    out->anomaly_detectors.items = arena_new_of(call->arena, CloudwatchAnomalyDetector);
    return check_token(call, in->next_token);
}

static Status describe_insight_rules(Call *call, const CloudwatchDescribeInsightRulesInput *in,
                                     CloudwatchDescribeInsightRulesOutput *out)
{
    out->insight_rules.items = arena_new_of(call->arena, CloudwatchInsightRule);
    return check_token(call, in->next_token);
}

static Status list_managed_insight_rules(Call *call, const CloudwatchListManagedInsightRulesInput *in,
                                         CloudwatchListManagedInsightRulesOutput *out)
{
    out->managed_rules.items = arena_new_of(call->arena, CloudwatchManagedRuleDescription);
    return check_token(call, in->next_token);
}

static Status list_alarm_mute_rules(Call *call, const CloudwatchListAlarmMuteRulesInput *in,
                                    CloudwatchListAlarmMuteRulesOutput *out)
{
    out->alarm_mute_rule_summaries.items = arena_new_of(call->arena, CloudwatchAlarmMuteRuleSummary);
    return check_token(call, in->next_token);
}

static Status get_alarm_mute_rule(Call *call, const CloudwatchGetAlarmMuteRuleInput *in,
                                  CloudwatchGetAlarmMuteRuleOutput *out)
{
    (void)out;
    return fail(call, &CLOUDWATCH_RESOURCE_NOT_FOUND_EXCEPTION, "Alarm mute rule " BYTES_FMT " does not exist",
                BYTES_ARG(in->alarm_mute_rule_name));
}

static Status list_metric_data_query_definitions(Call *call, const CloudwatchListMetricDataQueryDefinitionsInput *in,
                                                 CloudwatchListMetricDataQueryDefinitionsOutput *out)
{
    (void)in;
    out->items.items = arena_new_of(call->arena, CloudwatchMetricDataQueryDefinitionSummary);
    return OK;
}
