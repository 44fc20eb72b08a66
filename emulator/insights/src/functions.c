/* functions.c - the functions of expressions, and the names of those that aggregate. aws: CloudWatch Logs User Guide,
 * "Boolean, comparison, numeric, datetime, and other functions". */
#include "functions.h"
#include "budget.h"
#include "context.h"
#include "insights_parser.h"
#include <math.h>

static bool number_of(Context *context, const Node *node, int i, double *ret)
{
    Cell cell = context_argument(context, node, i);
    return cell_as_number(&cell, ret);
}

#define OF_ONE_NUMBER(name_, expression_)                                                                              \
    static Cell call_##name_(Context *context, const Node *node)                                                       \
    {                                                                                                                  \
        double x;                                                                                                      \
        return number_of(context, node, 0, &x) ? cell_number(expression_) : (Cell){0};                                 \
    }
OF_ONE_NUMBER(abs, fabs(x))
OF_ONE_NUMBER(ceil, ceil(x))
OF_ONE_NUMBER(floor, floor(x))
OF_ONE_NUMBER(log, log(x))
OF_ONE_NUMBER(sqrt, sqrt(x))
OF_ONE_NUMBER(to_millis, x)

static Cell outermost(Context *context, const Node *node, double sign)
{
    double best = 0, number;
    bool has_one = false;
    for (const Node *one = node->first; one; one = one->next) {
        Cell cell = context_evaluate(context, one);
        if (!cell_as_number(&cell, &number))
            return (Cell){0};
        best = !has_one || number * sign > best * sign ? number : best;
        has_one = true;
    }
    return cell_number(best);
}

static Cell call_greatest(Context *context, const Node *node)
{
    return outermost(context, node, 1);
}

static Cell call_least(Context *context, const Node *node)
{
    return outermost(context, node, -1);
}

static Cell cut_time(Context *context, const Node *node, bool is_up)
{
    double ms;
    bool is_of_event = node->first == node->last; /* bin(5m) */
    Cell cell = is_of_event ? cell_time((double)context->row->time_ms) : context_argument(context, node, 0);
    if (!cell_as_number(&cell, &ms) || fabs(ms) > 4e15)
        return (Cell){0};
    return cell_time(period_floor(&node->last->period, ms, is_up));
}

static Cell call_datefloor(Context *context, const Node *node)
{
    return cut_time(context, node, false);
}

static Cell call_dateceil(Context *context, const Node *node)
{
    return cut_time(context, node, true);
}

static Cell call_from_millis(Context *context, const Node *node)
{
    double ms;
    return number_of(context, node, 0, &ms) ? cell_time(floor(ms)) : (Cell){0};
}

/* aws: "the time that the query processing was started, in epoch seconds" */
static Cell call_now(Context *context, const Node *node)
{
    (void)node;
    return cell_number(floor((double)context->now_ms / 1000));
}

static Cell call_ispresent(Context *context, const Node *node)
{
    return cell_truth(context_argument(context, node, 0).kind != CELL_ABSENT);
}

static Cell call_coalesce(Context *context, const Node *node)
{
    for (const Node *one = node->first; one; one = one->next) {
        Cell cell = context_evaluate(context, one);
        if (cell.kind != CELL_ABSENT)
            return cell;
    }
    return (Cell){0};
}

static Cell call_if(Context *context, const Node *node)
{
    return context_argument(context, node, context_holds(context, node->first) ? 1 : 2);
}

static Cell call_json_parse(Context *context, const Node *node)
{
    Cell cell = context_argument(context, node, 0);
    if (cell.kind != CELL_TEXT)
        return cell.kind == CELL_JSON ? cell : (Cell){0};
    return cell_of_json(json_tree_read(context->arena, cell.text, (TreeRules){INSIGHTS_JSON_DEPTH_MAX, true}));
}

static Cell call_json_stringify(Context *context, const Node *node)
{
    Cell cell = context_argument(context, node, 0);
    return cell_text(cell_shown(context->arena, &cell));
}

static const Function functions[] = {
    {"abs", 1, 1, call_abs},
    {"ceil", 1, 1, call_ceil},
    {"floor", 1, 1, call_floor},
    {"greatest", 1, -1, call_greatest},
    {"least", 1, -1, call_least},
    {"log", 1, 1, call_log},
    {"sqrt", 1, 1, call_sqrt},
    {"bin", 1, 1, call_datefloor},
    {"datefloor", 2, 2, call_datefloor},
    {"dateceil", 2, 2, call_dateceil},
    {"fromMillis", 1, 1, call_from_millis},
    {"toMillis", 1, 1, call_to_millis},
    {"now", 0, 0, call_now},
    {"ispresent", 1, 1, call_ispresent},
    {"coalesce", 1, -1, call_coalesce},
    {"if", 3, 3, call_if},
    {"jsonParse", 1, 1, call_json_parse},
    {"jsonStringify", 1, 1, call_json_stringify},
    {"isempty", 1, 1, call_isempty},
    {"isblank", 1, 1, call_isblank},
    {"concat", 1, -1, call_concat},
    {"ltrim", 1, 2, call_ltrim},
    {"rtrim", 1, 2, call_rtrim},
    {"trim", 1, 2, call_trim},
    {"strlen", 1, 1, call_strlen},
    {"toupper", 1, 1, call_toupper},
    {"tolower", 1, 1, call_tolower},
    {"substr", 2, 3, call_substr},
    {"replace", 3, 3, call_replace},
    {"strcontains", 2, 2, call_strcontains},
    {"isValidIp", 1, 1, call_is_valid_ip},
    {"isValidIpv4", 1, 1, call_is_valid_ipv4},
    {"isValidIpv6", 1, 1, call_is_valid_ipv6},
    {"isIpInSubnet", 2, 2, call_is_ip_in_subnet},
    {"isIpv4InSubnet", 2, 2, call_is_ipv4_in_subnet},
    {"isIpv6InSubnet", 2, 2, call_is_ipv6_in_subnet},
};

const Function *insights_function(Bytes name)
{
    for (size_t i = 0; i < sizeof functions / sizeof *functions; i++)
        if (bytes_equal_ignoring_case(name, bytes_of(functions[i].name)))
            return &functions[i];
    return NULL;
}

bool insights_aggregate(Bytes name, AggregateKind *ret, int *ret_least, int *ret_most)
{
    static const struct {
        const char *name;
        AggregateKind kind;
        int least, most;
    } known[] = {
        {"count", AGGREGATE_COUNT, 0, 1},    {"count_distinct", AGGREGATE_COUNT_DISTINCT, 1, 1},
        {"sum", AGGREGATE_SUM, 1, 1},        {"avg", AGGREGATE_AVG, 1, 1},
        {"min", AGGREGATE_MIN, 1, 1},        {"max", AGGREGATE_MAX, 1, 1},
        {"pct", AGGREGATE_PCT, 2, 2},        {"median", AGGREGATE_MEDIAN, 1, 1},
        {"stddev", AGGREGATE_STDDEV, 1, 1},  {"earliest", AGGREGATE_EARLIEST, 1, 1},
        {"latest", AGGREGATE_LATEST, 1, 1},  {"sortsFirst", AGGREGATE_FIRST, 1, 1},
        {"sortsLast", AGGREGATE_LAST, 1, 1},
    };
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (bytes_equal_ignoring_case(name, bytes_of(known[i].name))) {
            *ret = known[i].kind;
            *ret_least = known[i].least;
            *ret_most = known[i].most;
            return true;
        }
    return false;
}
