/* dashboard.h - a dashboard is a name and a JSON text. aws: PutDashboard: "All dashboards in your account are global,
 * not region-specific." */
#pragma once
#include "cloudwatch.h"
#include "cloudwatch_model.h"

/* aws: Dashboard Body Structure and Syntax. What is wrong with the text is refused, with each place; what is only
 * strange is told. */
MUST_CHECK Status dashboard_body_check(Call *call, Bytes body, CloudwatchDashboardValidationMessages *ret_warnings);
