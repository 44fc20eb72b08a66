/* aggregate.c - the functions of stats. aws: "Functions that are supported in the stats command". */
#include "aggregate.h"
#include "budget.h"
#include "row.h"
#include <math.h>

static void take_number(Arena *arena, Aggregate *aggregate, double number, bool keeps)
{
    aggregate->sum += number;
    double distance = number - aggregate->mean;
    aggregate->mean += distance / (double)(aggregate->count + 1);
    aggregate->squares += distance * (number - aggregate->mean);
    if (!keeps)
        return;
    if (aggregate->count == aggregate->numbers_capacity) {
        size_t wanted = aggregate->numbers_capacity ? 2 * aggregate->numbers_capacity : 8;
        aggregate->numbers = arena_grown(arena, aggregate->numbers, aggregate->numbers_capacity * sizeof(double),
                                         wanted * sizeof(double));
        aggregate->numbers_capacity = wanted;
    }
    aggregate->numbers[aggregate->count] = number;
}

static bool is_better(Arena *arena, const Aggregate *aggregate, AggregateKind kind, const Cell *cell, int64_t time_ms)
{
    if (!aggregate->has_best)
        return true;
    switch (kind) {
    case AGGREGATE_EARLIEST:
        return time_ms < aggregate->best_ms;
    case AGGREGATE_LATEST:
        return time_ms > aggregate->best_ms;
    case AGGREGATE_MIN:
    case AGGREGATE_FIRST:
        return cell_compare(arena, cell, &aggregate->best) < 0;
    default:
        return cell_compare(arena, cell, &aggregate->best) > 0;
    }
}

static bool is_of_numbers(AggregateKind kind)
{
    return kind == AGGREGATE_SUM || kind == AGGREGATE_AVG || kind == AGGREGATE_STDDEV || kind == AGGREGATE_PCT ||
           kind == AGGREGATE_MEDIAN;
}

static void take_distinct(Arena *arena, Aggregate *aggregate, Context *context, const Cell *cell)
{
    Bytes text = cell_shown(context->arena, cell);
    if (!aggregate->distinct)
        aggregate->distinct = map_new_in(arena);
    budget_work(context->arena, 4 + text.len / 32);
    (void)map_put(aggregate->distinct, text, aggregate);
}

void aggregate_take(Arena *arena, Aggregate *aggregate, Context *context, const Node *node)
{
    bool counts_rows = node->aggregate == AGGREGATE_COUNT && !node->first;
    Cell cell = counts_rows ? cell_truth(true) : context_argument(context, node, 0);
    double number;
    if (cell.kind == CELL_ABSENT)
        return;
    if (is_of_numbers(node->aggregate)) {
        if (!cell_as_number(&cell, &number))
            return;
        take_number(arena, aggregate, number, node->aggregate == AGGREGATE_PCT || node->aggregate == AGGREGATE_MEDIAN);
    } else if (node->aggregate == AGGREGATE_COUNT_DISTINCT) {
        take_distinct(arena, aggregate, context, &cell);
    } else if (node->aggregate != AGGREGATE_COUNT &&
               is_better(context->arena, aggregate, node->aggregate, &cell, context->row->time_ms)) {
        bool is_text = aggregate->has_best && aggregate->best.kind == CELL_TEXT && cell.kind == CELL_TEXT &&
                       cell.text.len <= aggregate->best.text.len;
        if (is_text) { /* in the place of the one before: thousands may come, each better */
            memcpy((char *)(uintptr_t)aggregate->best.text.ptr, cell.text.ptr, cell.text.len);
            aggregate->best.text.len = cell.text.len;
        } else {
            aggregate->best = cell_copy(arena, &cell);
        }
        aggregate->best_ms = context->row->time_ms;
        aggregate->has_best = true;
    }
    aggregate->count++;
}

static double middle_of(double a, double b, double c)
{
    return fmax(fmin(a, b), fmin(fmax(a, b), c));
}

/* What stands at nth once they are in order; smaller ones lie before it then, larger ones behind (quickselect). Sorting
 * them all takes ten times as long, and there may be hundreds of thousands. */
static double select_nth(Arena *arena, double *numbers, size_t count, size_t nth)
{
    size_t from = 0, to = count;
    while (to - from > 1) {
        double pivot = middle_of(numbers[from], numbers[from + (to - from) / 2], numbers[to - 1]);
        size_t less = from, at = from, more = to;
        budget_work(arena, 1 + (to - from) / 8);
        while (at < more) {
            double number = numbers[at];
            if (number < pivot) {
                numbers[at++] = numbers[less];
                numbers[less++] = number;
            } else if (number > pivot) {
                numbers[at] = numbers[--more];
                numbers[more] = number;
            } else {
                at++;
            }
        }
        if (nth >= less && nth < more)
            break;
        from = nth < less ? from : more;
        to = nth < less ? less : to;
    }
    return numbers[nth];
}

static double least_of(const double *numbers, size_t count)
{
    double least = numbers[0];
    for (size_t i = 1; i < count; i++)
        least = fmin(least, numbers[i]);
    return least;
}

/* Between two of them in proportion. */
static double percentile(Arena *arena, Aggregate *aggregate, double percent)
{
    size_t count = (size_t)aggregate->count;
    double at = (percent < 0 ? 0 : percent > 100 ? 100 : percent) / 100 * (double)(count - 1);
    size_t below = (size_t)at;
    double number = select_nth(arena, aggregate->numbers, count, below);
    if (below + 1 == count)
        return number;
    return number + (least_of(aggregate->numbers + below + 1, count - below - 1) - number) * (at - (double)below);
}

Cell aggregate_result(Arena *arena, Aggregate *aggregate, const Node *node)
{
    double percent = 50;
    double count = (double)aggregate->count;
    if (node->aggregate == AGGREGATE_COUNT)
        return cell_number(count);
    if (node->aggregate == AGGREGATE_COUNT_DISTINCT)
        return cell_number(aggregate->distinct ? (double)map_count(aggregate->distinct) : 0);
    if (!aggregate->count)
        return (Cell){0};
    switch (node->aggregate) {
    case AGGREGATE_SUM:
        return cell_number(aggregate->sum);
    case AGGREGATE_AVG:
        return cell_number(aggregate->sum / count);
    case AGGREGATE_STDDEV:
        return cell_number(sqrt(aggregate->squares / count));
    case AGGREGATE_PCT:
        return cell_as_number(&node->last->constant, &percent) ? cell_number(percentile(arena, aggregate, percent))
                                                               : (Cell){0};
    case AGGREGATE_MEDIAN:
        return cell_number(percentile(arena, aggregate, percent));
    default:
        return aggregate->best;
    }
}
