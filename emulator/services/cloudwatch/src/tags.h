/* tags.h - the tags of alarms and dashboards, by the thing's ARN. */
#pragma once
#include "cloudwatch.h"
#include "cloudwatch_model.h"

Bytes dashboard_arn(Call *call, Bytes name);
bool dashboard_is_there(Call *call, Bytes name);
Bytes alarm_arn(const Scope *scope, Bytes name);

MUST_CHECK Status resource_tags_check(Call *call, const CloudwatchTagList *tags);
MUST_CHECK int resource_tags_put(const Scope *scope, Bytes arn, const CloudwatchTagList *tags);
MUST_CHECK int resource_tags_forget(const Scope *scope, Bytes arn);
