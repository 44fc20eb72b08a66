/* label.h - ${…} in labels. aws: CloudWatch User Guide, Using dynamic labels. */
#pragma once
#include "series.h"

/* A label without any comes back as it is. region, account: of PROP. */
Bytes label_told(Call *call, Bytes label, const Series *series);
/* Of a metric whose query names none. */
Bytes label_default(Arena *arena, const CloudwatchMetricDataQueries *queries, size_t at);
