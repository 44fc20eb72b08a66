/* statistic.c - what is made of the data points of a period. aws: CloudWatch User Guide, CloudWatch statistics
 * definitions. */
#include "aggregate.h"
#include <math.h>
#include <stdlib.h>

/* "99.9"; all of it. */
static bool read_number(Bytes text, double *ret)
{
    char number[32], *end;
    if (!text.len || text.len >= sizeof number || !((text.ptr[0] >= '0' && text.ptr[0] <= '9') || text.ptr[0] == '-'))
        return false;
    memcpy(number, text.ptr, text.len);
    number[text.len] = '\0';
    *ret = strtod(number, &end);
    return !*end && isfinite(*ret) && !memchr(number, 'x', text.len) && !memchr(number, 'X', text.len);
}

/* One side of "10%:90%", "150:1000", ":300". */
static bool read_bound(Bytes text, bool *is_percent, bool *is_value, double *ret)
{
    if (!text.len)
        return true;
    bool has_percent = text.ptr[text.len - 1] == '%';
    *is_percent |= has_percent;
    *is_value |= !has_percent;
    text.len -= has_percent;
    return read_number(text, ret) && (!has_percent || (*ret >= 0 && *ret <= 100));
}

static bool read_bounds(Bytes text, Statistic *ret)
{
    bool is_percent = false, is_value = false;
    ret->from = -INFINITY;
    ret->to = INFINITY;
    if (bytes_find(text, ':') < 0)
        return false;
    Bytes from = bytes_cut(&text, ':');
    if (!from.len && !text.len)
        return false;
    if (!read_bound(from, &is_percent, &is_value, &ret->from) || !read_bound(text, &is_percent, &is_value, &ret->to) ||
        (is_percent && is_value))
        return false;
    ret->are_percents = is_percent;
    return ret->from < ret->to;
}

static const struct {
    const char *name;
    StatisticKind kind;
} families[] = {
    {"TM", STATISTIC_TRIMMED_MEAN}, {"WM", STATISTIC_WINSORIZED_MEAN}, {"TC", STATISTIC_TRIMMED_COUNT},
    {"TS", STATISTIC_TRIMMED_SUM},  {"PR", STATISTIC_PERCENTILE_RANK},
};

/* "tm90": without the highest tenth; "TM(10%:90%)". PR asks for values only. */
static bool parse_family(Bytes text, Statistic *ret)
{
    for (size_t i = 0; i < sizeof families / sizeof *families; i++) {
        if (text.len < 3 || !bytes_equal_ignoring_case(bytes_slice(text, 0, 2), bytes_of(families[i].name)))
            continue;
        Bytes rest = bytes_slice(text, 2, text.len - 2);
        bool is_rank = families[i].kind == STATISTIC_PERCENTILE_RANK;
        *ret = (Statistic){.kind = families[i].kind};
        if (rest.ptr[0] == '(' && rest.ptr[rest.len - 1] == ')')
            return read_bounds(bytes_slice(rest, 1, rest.len - 2), ret) && (!is_rank || !ret->are_percents);
        ret->from = -INFINITY;
        ret->are_percents = true;
        return !is_rank && read_number(rest, &ret->to) && ret->to > 0 && ret->to <= 100;
    }
    return false;
}

bool statistic_parse(Bytes text, Statistic *ret)
{
    static const char *const names[] = {"SampleCount", "Average", "Sum", "Minimum", "Maximum"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (bytes_is(text, names[i])) {
            *ret = (Statistic){.kind = (StatisticKind)i};
            return true;
        }
    if (bytes_is(text, "IQM")) { /* the mean of the middle half */
        *ret = (Statistic){.kind = STATISTIC_TRIMMED_MEAN, .from = 25, .to = 75, .are_percents = true};
        return true;
    }
    if (text.len >= 2 && text.ptr[0] == 'p' && text.ptr[1] != '-') {
        *ret = (Statistic){.kind = STATISTIC_PERCENTILE};
        return read_number(bytes_slice(text, 1, text.len - 1), &ret->percentile) && ret->percentile <= 100;
    }
    return parse_family(text, ret);
}

bool statistic_needs_values(const Statistic *statistic)
{
    return statistic->kind >= STATISTIC_PERCENTILE;
}

/* The smallest value that so many percent of the samples do not exceed. */
static double percentile(const Bucket *bucket, double percent)
{
    double wanted = bucket->count * percent / 100, seen = 0;
    for (size_t i = 0; i < bucket->values.len; i++) {
        seen += bucket->values.items[i].count;
        if (seen >= wanted)
            return bucket->values.items[i].value;
    }
    return bucket->maximum;
}

typedef struct Part {
    double count, sum, least, most; /* of the samples inside */
} Part;

static void add(Part *part, double value, double count)
{
    if (!(count > 0))
        return;
    part->least = part->count > 0 ? part->least : value;
    part->most = value;
    part->count += count;
    part->sum += value * count;
}

/* aws: TM: "the mean of all values that are between two specified boundaries"; of percents, by the samples in order.
 * By values: TM(150:1000) counts what is greater than 150 and not greater than 1000. */
static Part part_of(const Bucket *bucket, const Statistic *statistic)
{
    Part part = {0};
    double from = statistic->are_percents ? bucket->count * statistic->from / 100 : 0, seen = 0;
    double to = statistic->are_percents ? bucket->count * statistic->to / 100 : 0;
    for (size_t i = 0; i < bucket->values.len; i++) {
        const ValueCount *values = &bucket->values.items[i];
        double end = seen + values->count;
        if (statistic->are_percents)
            add(&part, values->value, fmin(end, to) - fmax(seen, from));
        else if (values->value > statistic->from && values->value <= statistic->to)
            add(&part, values->value, values->count);
        seen = end;
    }
    return part;
}

/* aws: WM: "values outside the boundary are not ignored, but instead considered to be equal to the value at the edge".
 */
static double winsorized(const Bucket *bucket, const Part *part)
{
    double sum = part->sum;
    for (size_t i = 0; i < bucket->values.len; i++) {
        const ValueCount *values = &bucket->values.items[i];
        if (values->value < part->least)
            sum += part->least * values->count;
        else if (values->value > part->most)
            sum += part->most * values->count;
    }
    double outside = 0;
    for (size_t i = 0; i < bucket->values.len; i++)
        if (bucket->values.items[i].value < part->least || bucket->values.items[i].value > part->most)
            outside += bucket->values.items[i].count;
    return sum / (part->count + outside);
}

static bool extended(const Bucket *bucket, const Statistic *statistic, double *ret)
{
    Part part = part_of(bucket, statistic);
    switch (statistic->kind) {
    case STATISTIC_TRIMMED_COUNT:
        *ret = part.count;
        return true;
    case STATISTIC_TRIMMED_SUM:
        *ret = part.sum;
        return true;
    case STATISTIC_PERCENTILE_RANK:
        *ret = bucket->count > 0 ? part.count / bucket->count * 100 : 0;
        return true;
    case STATISTIC_WINSORIZED_MEAN:
        *ret = part.count > 0 ? winsorized(bucket, &part) : 0;
        return part.count > 0;
    default:
        *ret = part.count > 0 ? part.sum / part.count : 0;
        return part.count > 0;
    }
}

bool bucket_statistic(const Bucket *bucket, const Statistic *statistic, double *ret)
{
    switch (statistic->kind) {
    case STATISTIC_SAMPLE_COUNT:
        *ret = bucket->count;
        return true;
    case STATISTIC_AVERAGE:
        *ret = bucket->count > 0 ? bucket->sum / bucket->count : 0;
        return true;
    case STATISTIC_SUM:
        *ret = bucket->sum;
        return true;
    case STATISTIC_MINIMUM:
        *ret = bucket->minimum;
        return true;
    case STATISTIC_MAXIMUM:
        *ret = bucket->maximum;
        return true;
    case STATISTIC_PERCENTILE:
        *ret = percentile(bucket, statistic->percentile);
        return bucket->values.len != 0;
    default:
        return bucket->values.len != 0 && extended(bucket, statistic, ret);
    }
}
