/* tags.c */
#include "tags.h"
#include "tagging.h"

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
