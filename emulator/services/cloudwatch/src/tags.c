/* tags.c */
#include "tags.h"
#include "alarm.h"
#include "metric_stream.h"
#include "tagging.h"

OPERATION(CloudwatchTagResource, tag_resource, WRITES);
OPERATION(CloudwatchUntagResource, untag_resource, WRITES);
OPERATION(CloudwatchListTagsForResource, list_tags_for_resource, READS);

static const TagTable table = {TAG_QUERIES("cloudwatch_tag", "arn", "?4"), .texts = 1};
static const Query forget = {"DELETE FROM cloudwatch_tag WHERE arn = ?1"};

/* Without a region: recorded from AWS. */
Bytes dashboard_arn(Call *call, Bytes name)
{
    Bytes partition = arn_partition(call->region);
    return arena_text(call->arena, "arn:" BYTES_FMT ":cloudwatch::" BYTES_FMT ":dashboard/" BYTES_FMT,
                      BYTES_ARG(partition), BYTES_ARG(call->account), BYTES_ARG(name));
}

Bytes alarm_arn(const Scope *scope, Bytes name)
{
    Bytes resource = arena_text(scope->arena, "alarm:" BYTES_FMT, BYTES_ARG(name));
    return arn_text(scope->arena, "cloudwatch", scope->region, scope->account, resource);
}

Status resource_tags_check(Call *call, const CloudwatchTagList *tags)
{
    Bytes key;
    switch (tags_judge(TAGS_OF(tags), &key)) {
    case TAGS_TOO_MANY:
        return fail(call, &CLOUDWATCH_INVALID_PARAMETER_VALUE,
                    "The collection Tags must not have a size greater than %d.", TAGS_MAX);
    case TAGS_RESERVED:
        return fail(call, &CLOUDWATCH_INVALID_PARAMETER_VALUE, "aws: prefixed tag key names are not allowed");
    case TAGS_DOUBLE:
        return fail(call, &CLOUDWATCH_INVALID_PARAMETER_VALUE, "Duplicate tag keys: " BYTES_FMT, BYTES_ARG(key));
    case TAGS_BAD_CHARACTER:
    case TAGS_FINE:
        break;
    }
    return OK;
}

static TagOwner tags_of(Bytes arn)
{
    return (TagOwner){.table = &table, .texts = {arn}};
}

int resource_tags_put(const Scope *scope, Bytes arn, const CloudwatchTagList *tags)
{
    TagOwner owner = tags_of(arn);
    return tags_put(scope, &owner, TAGS_OF(tags));
}

int resource_tags_forget(const Scope *scope, Bytes arn)
{
    Statement *row = statement_begin(scope->store, &forget);
    bind_text(row, 1, arn);
    return statement_run(row);
}

static Status no_resource(Call *call, Bytes arn)
{
    CloudwatchResourceNotFoundException *fields = arena_new_of(call->arena, CloudwatchResourceNotFoundException);
    fields->resource_id = arn;
    return fail_with(call, &CLOUDWATCH_RESOURCE_NOT_FOUND_EXCEPTION, fields, "Resource " BYTES_FMT " does not exist",
                     BYTES_ARG(arn));
}

/* An alarm or a metric stream of this place that is there, or a dashboard. */
static Status check_resource(Call *call, Bytes text)
{
    Arn arn;
    Alarm alarm;
    if (!arn_parse(text, &arn) || !bytes_is(arn.service, "cloudwatch") || !bytes_equal(arn.account, call->account))
        return fail(call, &CLOUDWATCH_INVALID_PARAMETER_VALUE,
                    "The value " BYTES_FMT " for parameter ResourceARN is invalid.", BYTES_ARG(text));
    if (bytes_starts_with(arn.resource, TEXT("dashboard/")))
        return dashboard_is_there(call, bytes_slice(arn.resource, 10, arn.resource.len - 10)) ? OK
                                                                                              : no_resource(call, text);
    if (bytes_starts_with(arn.resource, TEXT("metric-stream/"))) {
        MetricStream stream;
        int found = metric_stream_find(&call->scope, bytes_slice(arn.resource, 14, arn.resource.len - 14), &stream);
        return found == STORE_NOT_FOUND ? no_resource(call, text) : expect_ok(call, found);
    }
    Bytes name = alarm_name_of(&call->scope, text);
    int code = present(name) ? alarm_find(&call->scope, name, &alarm) : STORE_NOT_FOUND;
    return code == STORE_NOT_FOUND ? no_resource(call, text) : expect_ok(call, code);
}

static Status tag_resource(Call *call, const CloudwatchTagResourceInput *in, CloudwatchTagResourceOutput *out)
{
    TagOwner owner = tags_of(in->resource_arn);
    size_t count;
    (void)out;
    TRY(check_resource(call, in->resource_arn));
    TRY(resource_tags_check(call, &in->tags));
    TRY(expect_ok(call, tags_count_with(&call->scope, &owner, TAGS_OF(&in->tags), &count)));
    if (count > TAGS_MAX)
        return fail(call, &CLOUDWATCH_INVALID_PARAMETER_VALUE, "A resource must not have more than %d tags.", TAGS_MAX);
    return expect_ok(call, tags_put(&call->scope, &owner, TAGS_OF(&in->tags)));
}

static Status untag_resource(Call *call, const CloudwatchUntagResourceInput *in, CloudwatchUntagResourceOutput *out)
{
    TagOwner owner = tags_of(in->resource_arn);
    (void)out;
    TRY(check_resource(call, in->resource_arn));
    return expect_ok(call, tags_remove(&call->scope, &owner, in->tag_keys.items, in->tag_keys.len));
}

/* Recorded from AWS: an alarm that is gone has no tags, and that is no error. */
static Status list_tags_for_resource(Call *call, const CloudwatchListTagsForResourceInput *in,
                                     CloudwatchListTagsForResourceOutput *out)
{
    TagOwner owner = tags_of(in->resource_arn);
    Arn arn;
    Tags tags;
    if (!arn_parse(in->resource_arn, &arn) || !bytes_is(arn.service, "cloudwatch"))
        return fail(call, &CLOUDWATCH_INVALID_PARAMETER_VALUE,
                    "The value " BYTES_FMT " for parameter ResourceARN is invalid.", BYTES_ARG(in->resource_arn));
    if (!bytes_starts_with(arn.resource, TEXT("alarm:")))
        TRY(check_resource(call, in->resource_arn));
    TRY(expect_ok(call, tags_list(&call->scope, &owner, (Bytes){0}, TAGS_MAX, &tags)));
    TAGS_TELL(&out->tags, tags);
    if (!out->tags.items)
        out->tags.items = arena_new_of(call->arena, CloudwatchTag);
    return OK;
}
