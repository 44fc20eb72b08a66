/* label.h - ${…} in labels. aws: CloudWatch User Guide, Using dynamic labels. */
#pragma once
#include "maths.h"

/* A label without any comes back as it is. region, account: of PROP. */
Bytes label_told(Call *call, Bytes label, const Series *series);
/* Of a series among those that the query's value is. */
Bytes label_of_result(const Maths *maths, size_t at, const Series *series, const MathsValue *value);
/* Of a metric whose query names none. */
Bytes label_default(Arena *arena, const CloudwatchMetricDataQueries *queries, size_t at);
