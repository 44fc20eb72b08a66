/* tag.c - TagResource, UntagResource, ListTagsOfResource. DynamoDB API Reference, TagResource. */
#include "tag.h"
#include "request.h"

OPERATION(DynamodbTagResource, tag_resource, WRITES);
OPERATION(DynamodbUntagResource, untag_resource, WRITES);
OPERATION(DynamodbListTagsOfResource, list_tags_of_resource, READS);

static const TagTable tag_table = {TAG_QUERIES("dynamodb_tag", "table_id", "?4"), .has_id = true};

/* aws: Developer Guide, "Tagging restrictions in DynamoDB": "Allowed characters are letters, white space, and numbers,
 * plus the following special characters: + - = . _ : /". What is no ASCII is taken for a letter. */
static bool is_plain(Bytes text)
{
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.ptr[i];
        bool is_word = c >= 0x80 || (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
        if (!is_word && !(c && strchr(" \t+-=._:/", c)))
            return false;
    }
    return true;
}

static Status check_characters(Call *call, const DynamodbTagList *tags)
{
    for (size_t i = 0; i < tags->len; i++)
        if (!is_plain(tags->items[i].key) || !is_plain(tags->items[i].value))
            return fail(call, &DYNAMODB_VALIDATION,
                        "One or more parameter values were invalid: Tag with invalid characters: " BYTES_FMT,
                        BYTES_ARG(tags->items[i].key));
    return OK;
}

Status table_tags_check(Call *call, const DynamodbTagList *tags)
{
    Bytes key;
    switch (tags_judge(TAGS_OF(tags), &key)) {
    case TAGS_TOO_MANY:
        return fail(call, &DYNAMODB_VALIDATION,
                    "One or more parameter values were invalid: Too many tags: %zu, the limit is %d", tags->len,
                    TAGS_MAX);
    case TAGS_RESERVED:
        return fail(
            call, &DYNAMODB_VALIDATION,
            "One or more parameter values were invalid: Tag keys starting with 'aws:' are reserved for system use");
    case TAGS_DOUBLE:
        return fail(call, &DYNAMODB_VALIDATION,
                    "One or more parameter values were invalid: Duplicate Tag key: " BYTES_FMT, BYTES_ARG(key));
    case TAGS_BAD_CHARACTER:
    case TAGS_FINE:
        break;
    }
    return check_characters(call, tags);
}

static TagOwner tags_of(int64_t table_id)
{
    return (TagOwner){.table = &tag_table, .id = table_id};
}

int table_tags_all(const Scope *scope, int64_t table_id, Tags *ret_tags)
{
    TagOwner owner = tags_of(table_id);
    return tags_list(scope, &owner, (Bytes){0}, TAGS_MAX, ret_tags);
}

int table_tags_put(const Scope *scope, int64_t table_id, const DynamodbTagList *tags)
{
    TagOwner owner = tags_of(table_id);
    return tags_put(scope, &owner, TAGS_OF(tags));
}

/* aws: only by ARN; another's is as if it weren't there */
static Status find(Call *call, Bytes arn, Table **ret_table)
{
    Arn parts;
    bool is_ours = arn_parse(arn, &parts) && is_table_arn(arn);
    if (!is_ours)
        return fail(call, &DYNAMODB_VALIDATION, "Invalid TableArn: Invalid ResourceArn provided as input " BYTES_FMT,
                    BYTES_ARG(arn));
    int code = bytes_equal(parts.account, call->account) && bytes_equal(parts.region, call->region)
                   ? table_get(&call->scope, arn, ret_table)
                   : STORE_NOT_FOUND;
    if (code == STORE_NOT_FOUND)
        return fail(call, &DYNAMODB_RESOURCE_NOT_FOUND,
                    "Requested resource not found: ResourcArn: " BYTES_FMT " not found", BYTES_ARG(arn));
    return expect_ok(call, code);
}

static Status tag_resource(Call *call, const DynamodbTagResourceInput *in, DynamodbTagResourceOutput *out)
{
    size_t count;
    Table *table;
    (void)out;
    TRY(table_tags_check(call, &in->tags));
    TRY(find(call, in->resource_arn, &table));
    TagOwner owner = tags_of(table->id);
    TRY(expect_ok(call, tags_count_with(&call->scope, &owner, TAGS_OF(&in->tags), &count)));
    if (count > TAGS_MAX)
        return fail(call, &DYNAMODB_LIMIT_EXCEEDED, "Subscriber limit exceeded: The number of tags is limited to %d",
                    TAGS_MAX);
    return expect_ok(call, tags_put(&call->scope, &owner, TAGS_OF(&in->tags)));
}

static Status untag_resource(Call *call, const DynamodbUntagResourceInput *in, DynamodbUntagResourceOutput *out)
{
    Table *table;
    (void)out;
    TRY(find(call, in->resource_arn, &table));
    TagOwner owner = tags_of(table->id);
    return expect_ok(call, tags_remove(&call->scope, &owner, in->tag_keys.items, in->tag_keys.len));
}

/* aws: pages of ten; 50 fit into one of ours */
static Status list_tags_of_resource(Call *call, const DynamodbListTagsOfResourceInput *in,
                                    DynamodbListTagsOfResourceOutput *out)
{
    Table *table;
    Tags tags;
    TRY(find(call, in->resource_arn, &table));
    TagOwner owner = tags_of(table->id);
    TRY(expect_ok(call, tags_list(&call->scope, &owner, (Bytes){0}, TAGS_MAX, &tags)));
    TAGS_TELL(&out->tags, tags);
    return OK;
}
