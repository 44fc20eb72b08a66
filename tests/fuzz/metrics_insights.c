/* metrics_insights.c - queries of Metrics Insights, read and worked out over nothing. */
#include "metrics_insights.h"
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    Arena *arena = arena_new();
    Bytes text = {(const char *)data, size};
    const char *wrong;
    CloudwatchMetricDataQuery item = {.id = TEXT("e"), .expression = text};
    CloudwatchMetricDataQueries queries = {&item, 1};
    Maths maths = {.arena = arena, .queries = &queries, .only_checks = true};
    (void)metrics_insights_is_query(text);
    MetricsInsights *query = metrics_insights_parse(arena, text, &wrong);
    EXPECT((query == NULL) == (wrong != NULL));
    if (query)
        EXPECT(metrics_insights_evaluate(&maths, query).len <= 1);
    arena_free(arena);
    return 0;
}
