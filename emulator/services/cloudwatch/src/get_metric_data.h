/* get_metric_data.h - GetMetricData's two ways: metrics alone are read page by page; where there are expressions, or
 * labels that tell of the data, all is worked out and a page of it told. */
#pragma once
#include "maths.h"

#define DATA_POINTS_MAX 100800 /* aws: GetMetricData: "A single call can return up to 100,800 data points" */
#define NO_TIME         INT64_MIN

bool data_needs_maths(const CloudwatchGetMetricDataInput *in);
/* "3": the page begins with result 3; "3:1767261600000": with its data point of that time. */
MUST_CHECK Status data_read_token(Call *call, Bytes token, size_t *ret_at, int64_t *ret_ms);
MUST_CHECK Status data_of_maths(Call *call, const CloudwatchGetMetricDataInput *in, CloudwatchGetMetricDataOutput *out);
CloudwatchMetricDataResultMessages data_units_message(Arena *arena, Bytes names);
