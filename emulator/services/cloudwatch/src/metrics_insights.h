/* metrics_insights.h - Metrics Insights: SELECT AVG(CPU) FROM SCHEMA("AWS/EC2", InstanceId) WHERE … GROUP BY … ORDER BY
 * … LIMIT n. aws: CloudWatch User Guide, Metrics Insights query components and syntax. */
#pragma once
#include "maths_node.h"

typedef struct MetricsInsights MetricsInsights;

bool metrics_insights_is_query(Bytes expression);
/* NULL: it is none; *ret_wrong says what does not fit. */
MetricsInsights *metrics_insights_parse(Arena *arena, Bytes text, const char **ret_wrong);
/* A time series; with GROUP BY an array of these. */
MathsValue metrics_insights_evaluate(Maths *maths, const MetricsInsights *query);
