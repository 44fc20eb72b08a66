/* maths_combine.c - operators: between numbers, time series, and arrays of these.
 *
 * aws: CloudWatch User Guide, Metric math syntax and functions: an operation on two time series is done for each time
 * that both have; on an array and something else, for each of its series; comparisons and logical operators give 1 or
 * 0. */
#include "budget.h"
#include "maths_node.h"
#include <math.h>

#define POINT_STEPS 1

static double apply(Operator operator_, double a, double b)
{
    switch (operator_) {
    case OPERATOR_ADD:
        return a + b;
    case OPERATOR_SUBTRACT:
        return a - b;
    case OPERATOR_MULTIPLY:
        return a * b;
    case OPERATOR_DIVIDE:
        return a / b;
    case OPERATOR_POWER:
        return pow(a, b);
    case OPERATOR_EQUAL:
        return a == b;
    case OPERATOR_UNEQUAL:
        return a != b;
    case OPERATOR_LESS:
        return a < b;
    case OPERATOR_LESS_EQUAL:
        return a <= b;
    case OPERATOR_GREATER:
        return a > b;
    case OPERATOR_GREATER_EQUAL:
        return a >= b;
    case OPERATOR_AND:
        return a != 0 && b != 0;
    case OPERATOR_OR:
        break;
    }
    return a != 0 || b != 0;
}

/* What is no number (a division by zero) is no data point. */
static void add_finite(Maths *maths, Series *out, int64_t time_ms, double value)
{
    if (isfinite(value))
        series_add(maths->arena, out, time_ms, value);
}

static Series *with_scalar(Maths *maths, Operator operator_, const Series *series, double scalar, bool is_first)
{
    Series *out = maths_new_series(maths, series);
    budget_work(maths->arena, series->len * POINT_STEPS + 1);
    for (size_t i = 0; i < series->len; i++)
        add_finite(maths, out, series->times[i],
                   is_first ? apply(operator_, scalar, series->values[i])
                            : apply(operator_, series->values[i], scalar));
    return out;
}

static Series *both(Maths *maths, Operator operator_, const Series *one, const Series *other)
{
    Series *out = maths_new_series(maths, one->period_s <= other->period_s ? one : other);
    budget_work(maths->arena, (one->len + other->len) * POINT_STEPS + 1);
    for (size_t i = 0, j = 0; i < one->len && j < other->len;) {
        if (one->times[i] == other->times[j]) {
            add_finite(maths, out, one->times[i], apply(operator_, one->values[i], other->values[j]));
            i++, j++;
        } else if (one->times[i] < other->times[j]) {
            i++;
        } else {
            j++;
        }
    }
    return out;
}

static const Series *item(const MathsValue *value, size_t at)
{
    return value->items[value->kind == VALUE_SERIES ? 0 : at];
}

MathsValue maths_combine(Maths *maths, Operator operator_, MathsValue one, MathsValue other)
{
    if (one.kind == VALUE_SCALAR && other.kind == VALUE_SCALAR)
        return maths_scalar(apply(operator_, one.scalar, other.scalar));
    if (one.kind == VALUE_ARRAY && other.kind == VALUE_ARRAY && one.len != other.len)
        return maths_fail(maths, "Operands of type array must have the same number of time series");
    bool is_array = one.kind == VALUE_ARRAY || other.kind == VALUE_ARRAY;
    MathsValue value = {.kind = is_array ? VALUE_ARRAY : VALUE_SERIES};
    value.len = one.kind == VALUE_ARRAY ? one.len : other.kind == VALUE_ARRAY ? other.len : 1;
    value.items = arena_new_array(maths->arena, Series *, value.len);
    for (size_t i = 0; i < value.len; i++) {
        if (one.kind == VALUE_SCALAR)
            value.items[i] = with_scalar(maths, operator_, item(&other, i), one.scalar, true);
        else if (other.kind == VALUE_SCALAR)
            value.items[i] = with_scalar(maths, operator_, item(&one, i), other.scalar, false);
        else
            value.items[i] = both(maths, operator_, item(&one, i), item(&other, i));
    }
    return value;
}

/* The value at a time; false: there is none. `at` goes up with the times that are asked. */
static bool value_at(const MathsValue *value, int64_t time_ms, size_t *at, double *ret)
{
    if (value->kind == VALUE_SCALAR)
        return *ret = value->scalar, true;
    const Series *series = value->items[0];
    while (*at < series->len && series->times[*at] < time_ms)
        ++*at;
    if (*at == series->len || series->times[*at] != time_ms)
        return false;
    *ret = series->values[*at];
    return true;
}

static int64_t next_time(const MathsValue *value, size_t at)
{
    return value->kind == VALUE_SCALAR || at >= value->items[0]->len ? INT64_MAX : value->items[0]->times[at];
}

/* aws: IF: "IF(ts, trueValue, falseValue) … if the value is missing, it is false". So each time that any of them has.
 */
MathsValue maths_if(Maths *maths, MathsValue condition, MathsValue yes, MathsValue no, bool has_no)
{
    const MathsValue *all[] = {&condition, &yes, &no};
    size_t at[3] = {0};
    const Series *like = NULL;
    for (int i = 0; i < 3; i++) {
        if (all[i]->kind == VALUE_ARRAY)
            return maths_fail(maths, "IF does not support arrays of time series");
        if (all[i]->kind == VALUE_SERIES && (i < 2 || has_no))
            like = like ? like : all[i]->items[0];
    }
    if (!like)
        return condition.scalar != 0 ? yes : has_no ? no : maths_fail(maths, "IF of three scalars needs a false value");
    Series *out = maths_new_series(maths, like);
    for (;;) {
        int64_t time_ms = INT64_MAX;
        double test = 0, value;
        for (int i = 0; i < (has_no ? 3 : 2); i++)
            time_ms = next_time(all[i], at[i]) < time_ms ? next_time(all[i], at[i]) : time_ms;
        if (time_ms == INT64_MAX)
            break;
        budget_work(maths->arena, 4);
        bool is_true = value_at(&condition, time_ms, &at[0], &test) && test != 0;
        if ((is_true || has_no) && value_at(is_true ? &yes : &no, time_ms, &at[is_true ? 1 : 2], &value))
            add_finite(maths, out, time_ms, value);
        for (int i = 0; i < 3; i++)
            at[i] += next_time(all[i], at[i]) <= time_ms;
    }
    return maths_series(maths, out);
}
