/* tags.c - TagResource, UntagResource, ListTagsForResource, and the older TagLogGroup, UntagLogGroup, ListTagsLogGroup,
 * which are about the same tags. What has some is known by its ARN. CloudWatch Logs API Reference. */
#include "tags.h"
#include "destination.h"
#include "group.h"
#include "logs_operations.h"

OPERATION(LogsTagResource, tag_resource, WRITES);
OPERATION(LogsUntagResource, untag_resource, WRITES);
OPERATION(LogsListTagsForResource, list_tags_for_resource, READS);
OPERATION(LogsTagLogGroup, tag_log_group, WRITES);
OPERATION(LogsUntagLogGroup, untag_log_group, WRITES);
OPERATION(LogsListTagsLogGroup, list_tags_log_group, READS);

static const TagTable table = {TAG_QUERIES("logs_tag", "arn", "?4"), .texts = 1};
static const Query forget = {"DELETE FROM logs_tag WHERE arn = ?1"};

Tags log_tags_of(Arena *arena, const LogsTags *map)
{
    Bytes *pairs = arena_new_array(arena, Bytes, 2 * map->len + 1);
    for (size_t i = 0; i < map->len; i++) {
        pairs[2 * i] = map->items[i].key;
        pairs[2 * i + 1] = present(map->items[i].value) ? map->items[i].value : TEXT("");
    }
    return (Tags){pairs, map->len};
}

TagOwner log_tags(Bytes arn)
{
    return (TagOwner){.table = &table, .texts = {arn}};
}

/* aws: CloudWatch Logs API Reference, TagResource: at most 50, none that begins with aws:. */
Status log_tags_check(Call *call, Tags tags)
{
    Bytes key;
    switch (tags_judge(tags, &key)) {
    case TAGS_TOO_MANY:
        return fail(call, &LOGS_INVALID_PARAMETER, "A resource cannot have more than %d tags.", TAGS_MAX);
    case TAGS_RESERVED:
        return fail(call, &LOGS_INVALID_PARAMETER, "Tag keys that begin with aws: are reserved for AWS.");
    case TAGS_DOUBLE:
        return fail(call, &LOGS_INVALID_PARAMETER, "The tag key " BYTES_FMT " is given more than once.",
                    BYTES_ARG(key));
    case TAGS_BAD_CHARACTER: /* the model's pattern says what they are made of */
    case TAGS_FINE:
        break;
    }
    return OK;
}

int log_tags_forget(const Scope *scope, Bytes arn)
{
    Statement *row = statement_begin(scope->store, &forget);
    bind_text(row, 1, arn);
    return statement_run(row);
}

static int find_tagged(const Scope *scope, bool is_group, Bytes name)
{
    LogGroup group;
    Destination destination;
    return is_group ? log_group_find(scope, name, &group) : destination_find(scope, name, &destination);
}

static Status check_resource(Call *call, Bytes text)
{
    Arn arn;
    if (!arn_parse(text, &arn) || !bytes_is(arn.service, "logs"))
        return fail(call, &LOGS_INVALID_PARAMETER, "The specified resource ARN is not valid.");
    Bytes name = arn.resource, kind = bytes_cut(&name, ':');
    bool is_group = bytes_is(kind, "log-group"),
         is_own = bytes_equal(arn.account, call->account) && bytes_equal(arn.region, call->region);
    if (is_own && present(name) && (is_group || bytes_is(kind, "destination"))) {
        int code = find_tagged(&call->scope, is_group, name);
        if (code != STORE_NOT_FOUND)
            return expect_ok(call, code);
    }
    return fail(call, &LOGS_RESOURCE_NOT_FOUND, "The specified resource does not exist.");
}

static Status put_tags(Call *call, Bytes arn, const LogsTags *map)
{
    TagOwner owner = log_tags(arn);
    Tags tags = log_tags_of(call->arena, map);
    size_t count;
    TRY(log_tags_check(call, tags));
    TRY(expect_ok(call, tags_count_with(&call->scope, &owner, tags, &count)));
    if (count > TAGS_MAX) {
        LogsTooManyTagsException *fields = arena_new_of(call->arena, LogsTooManyTagsException);
        fields->resource_name = arn;
        return fail_with(call, &LOGS_TOO_MANY_TAGS, fields, "A resource cannot have more than %d tags.", TAGS_MAX);
    }
    return expect_ok(call, tags_put(&call->scope, &owner, tags));
}

static Status list_tags(Call *call, Bytes arn, LogsTags *ret_map)
{
    TagOwner owner = log_tags(arn);
    Tags tags;
    TRY(expect_ok(call, tags_list(&call->scope, &owner, (Bytes){0}, TAGS_MAX, &tags)));
    TAGS_TELL(ret_map, tags);
    return OK;
}

static Status tag_resource(Call *call, const LogsTagResourceInput *in, LogsTagResourceOutput *out)
{
    (void)out;
    TRY(check_resource(call, in->resource_arn));
    return put_tags(call, in->resource_arn, &in->tags);
}

static Status untag_resource(Call *call, const LogsUntagResourceInput *in, LogsUntagResourceOutput *out)
{
    TagOwner owner = log_tags(in->resource_arn);
    (void)out;
    TRY(check_resource(call, in->resource_arn));
    return expect_ok(call, tags_remove(&call->scope, &owner, in->tag_keys.items, in->tag_keys.len));
}

static Status list_tags_for_resource(Call *call, const LogsListTagsForResourceInput *in,
                                     LogsListTagsForResourceOutput *out)
{
    TRY(check_resource(call, in->resource_arn));
    return list_tags(call, in->resource_arn, &out->tags);
}

static Status tag_log_group(Call *call, const LogsTagLogGroupInput *in, LogsTagLogGroupOutput *out)
{
    LogGroup group;
    (void)out;
    TRY(log_group_for(call, in->log_group_name, &group));
    return put_tags(call, log_group_arn(call->arena, &group), &in->tags);
}

static Status untag_log_group(Call *call, const LogsUntagLogGroupInput *in, LogsUntagLogGroupOutput *out)
{
    LogGroup group;
    (void)out;
    TRY(log_group_for(call, in->log_group_name, &group));
    TagOwner owner = log_tags(log_group_arn(call->arena, &group));
    return expect_ok(call, tags_remove(&call->scope, &owner, in->tags.items, in->tags.len));
}

static Status list_tags_log_group(Call *call, const LogsListTagsLogGroupInput *in, LogsListTagsLogGroupOutput *out)
{
    LogGroup group;
    TRY(log_group_for(call, in->log_group_name, &group));
    return list_tags(call, log_group_arn(call->arena, &group), &out->tags);
}
