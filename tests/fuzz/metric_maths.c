/* metric_maths.c - expressions of metric maths, worked out over no data; rules of composite alarms. */
#include "budget.h"
#include "fuzz.h"
#include "maths_node.h"
#include "rule.h"
#include <setjmp.h>

static jmp_buf given_up;

__attribute__((noreturn)) static void give_up(void *context, BudgetKind kind)
{
    (void)context;
    longjmp(given_up, (int)kind);
}

static Bytes no_state(void *context, Bytes name)
{
    (void)context;
    (void)name;
    return (Bytes){0};
}

static void run(Arena *arena, Bytes text)
{
    CloudwatchMetric metric = {TEXT("n"), TEXT("m"), {NULL, 0}};
    CloudwatchMetricStat stat = {.metric = &metric, .period = 60, .stat = TEXT("Sum")};
    CloudwatchMetricDataQuery items[] = {{.id = TEXT("a"), .metric_stat = &stat},
                                         {.id = TEXT("e"), .expression = text}};
    CloudwatchMetricDataQueries queries = {items, 2};
    MathsEntry *entries = arena_new_array(arena, MathsEntry, 2);
    Maths maths = {.arena = arena, .queries = &queries, .entries = entries, .at = 1, .only_checks = true};
    MathsParser parser = {.arena = arena};
    maths.window = (Window){.start_ms = 0, .end_ms = 600000};
    maths_parser_run(&parser, text);
    entries[1].root = parser.root;
    if (parser.root)
        (void)maths_entry(&maths, 1);
    EXPECT(!present(maths.error) || maths.error.len);
    Rule rule = rule_parse(arena, text);
    if (rule.root)
        (void)rule_holds(rule.root, no_state, NULL);
    EXPECT(rule.root || rule.error_at <= text.len);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    Budget budget = {64 << 20, 4000000, 1 << 20, give_up, NULL};
    Arena *arena = arena_new();
    Bytes text = {arena_cstr(arena, (Bytes){(const char *)data, size}), size};
    if (!setjmp(given_up)) {
        budget_set(arena, &budget);
        run(arena, text);
    }
    arena_free(arena);
    return 0;
}
