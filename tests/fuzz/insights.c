/* insights.c - a query of Logs Insights, and behind the first zero the event that it runs over, twice. */
#include "insights.h"
#include "budgeted.h"
#include "fuzz.h"

static void free_arena(void *arena)
{
    arena_free(arena);
}

static void use(Arena *arena, Bytes input)
{
    InsightsFault fault;
    InsightsBounds bounds = {.now_ms = 1767225600000};
    Bytes rest = input, text = bytes_cut(&rest, '\0');
    const InsightsQuery *query = insights_read(arena, text, &fault);
    EXPECT((query == NULL) == present(fault.message));
    EXPECT(query || (fault.start <= fault.end && fault.end <= text.len));
    if (!query)
        return;
    InsightsEvent event = {1767225600001,
                           1767225600002,
                           present(rest) ? rest : TEXT("{\"a\":{\"b\":[1,\"2\"]}}"),
                           TEXT("stream"),
                           TEXT("111122223333:/aws/lambda/f"),
                           TEXT("pointer")};
    InsightsRun *run = insights_begin(arena, query, &bounds);
    Arena *scratch = arena_new();
    arena_defer(arena, free_arena, scratch);
    for (int i = 0; i < 2; i++)
        insights_feed(run, scratch, &event);
    InsightsResults results = insights_end(run);
    EXPECT(results.records_scanned == 2 && results.records_matched <= 2 && results.count <= 2);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    budgeted(use, (Bytes){(const char *)data, size});
    return 0;
}
