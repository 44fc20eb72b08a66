/* words.c */
#include "words.h"

bool is_group_name(Bytes name)
{
    for (size_t i = 0; i < name.len; i++) {
        char c = name.ptr[i];
        if (!(c >= 'a' && c <= 'z') && !(c >= 'A' && c <= 'Z') && !(c >= '0' && c <= '9') && !strchr(".-_/#", c))
            return false;
    }
    return name.len && name.len <= NAME_MAX_LEN && !memchr(name.ptr, 0, name.len);
}

bool is_stream_name(Bytes name)
{
    return name.len && bytes_find(name, ':') < 0 && bytes_find(name, '*') < 0 && bytes_is_utf8(name) &&
           bytes_utf8_length(name) <= NAME_MAX_LEN;
}

bool name_contains(Bytes name, Bytes part)
{
    return !part.len || memmem(name.ptr, name.len, part.ptr, part.len);
}

Status fail_token(Call *call)
{
    return fail(call, &LOGS_INVALID_PARAMETER, "The specified nextToken is invalid.");
}

/* A name that is too long is told in words of its own. aws: recorded, of CreateLogGroup. */
static bool is_long_name(const Complaint *complaint)
{
    return (bytes_is(bytes_of(complaint->member), "logGroupName") ||
            bytes_is(bytes_of(complaint->member), "logStreamName")) &&
           bytes_is(complaint->constraint, "Member must have length less than or equal to 512");
}

/* As Java's toString shows it; absent is null. */
static Bytes shown_transformation(Arena *arena, const LogsMetricTransformation *metric)
{
    Bytes unit = present(metric->unit) ? metric->unit : TEXT("null");
    Bytes value = metric->has_default_value ? arena_text(arena, "%.15g", metric->default_value) : TEXT("null");
    return arena_text(arena,
                      "MetricTransformation(metricName=" BYTES_FMT ", metricNamespace=" BYTES_FMT
                      ", metricValue=" BYTES_FMT ", defaultValue=" BYTES_FMT ", unit=" BYTES_FMT ", dimensions=%s)",
                      BYTES_ARG(metric->metric_name), BYTES_ARG(metric->metric_namespace),
                      BYTES_ARG(metric->metric_value), BYTES_ARG(value), BYTES_ARG(unit),
                      metric->dimensions.items ? "{}" : "null");
}

/* aws: recorded, of two transformations where one may be. */
static Status fail_transformations(Call *call, const LogsPutMetricFilterInput *in)
{
    const LogsMetricTransformation *metrics = in->metric_transformations.items;
    Bytes first = shown_transformation(call->arena, &metrics[0]),
          second = shown_transformation(call->arena, &metrics[1]);
    return fail(call, &LOGS_INVALID_PARAMETER,
                "1 validation error detected: Value '[" BYTES_FMT ", " BYTES_FMT
                "]' at 'metricTransformations' failed to satisfy"
                " constraint: Member must have length less than or equal to 1",
                BYTES_ARG(first), BYTES_ARG(second));
}

static bool are_two_transformations(const Call *call, const void *in, const Complaints *complaints)
{
    return bytes_is(bytes_of(call->operation->model->name), "PutMetricFilter") && complaints->count == 1 &&
           bytes_is(bytes_of(complaints->items[0].member), "metricTransformations") &&
           ((const LogsPutMetricFilterInput *)in)->metric_transformations.len == 2;
}

/* aws: recorded: the older operations tell an InvalidParameterException, those of deliveries a ValidationException. */
Status logs_judge(Call *call, const void *in, const Complaints *complaints)
{
    if (!complaints->count)
        return OK;
    if (are_two_transformations(call, in, complaints))
        return fail_transformations(call, in);
    for (int i = 0; i < complaints->count; i++)
        if (is_long_name(&complaints->items[i]))
            return fail(call, &LOGS_INVALID_PARAMETER,
                        "Invalid LogGroup or LogStream, both must have length less than or equal to 512.");
    bool is_delivery = memmem(call->operation->model->name, strlen(call->operation->model->name), "Deliver", 7);
    return fail(call, is_delivery ? &LOGS_VALIDATION : &LOGS_INVALID_PARAMETER, BYTES_FMT,
                BYTES_ARG(complaints_message(call->arena, complaints)));
}
