/* tag.c - TagResource, UntagResource, ListTagsOfResource. DynamoDB API Reference, TagResource. */
#include "tag.h"
#include "bytes_index.h"

OPERATION(DynamodbTagResource, tag_resource, WRITES);
OPERATION(DynamodbUntagResource, untag_resource, WRITES);
OPERATION(DynamodbListTagsOfResource, list_tags_of_resource, READS);

static const Query put_tag = {
    "INSERT INTO dynamodb_tag (table_id, key, value) VALUES (?1, ?2, ?3) ON CONFLICT DO UPDATE SET "
    "value = excluded.value"};
static const Query delete_tag = {"DELETE FROM dynamodb_tag WHERE table_id = ?1 AND key = ?2"};
static const Query list_tags = {"SELECT key, value FROM dynamodb_tag WHERE table_id = ?1 ORDER BY key"};

Status table_tags_check(Call *call, const DynamodbTagList *tags)
{
    if (tags->len > TAGS_MAX)
        return fail(call, &DYNAMODB_VALIDATION,
                    "One or more parameter values were invalid: Too many tags: %zu, the limit is %d", tags->len,
                    TAGS_MAX);
    for (size_t i = 0; i < tags->len; i++) {
        Bytes key = tags->items[i].key;
        if (bytes_starts_with(key, TEXT("aws:")))
            return fail(
                call, &DYNAMODB_VALIDATION,
                "One or more parameter values were invalid: Tag keys starting with 'aws:' are reserved for system use");
        for (size_t j = 0; j < i; j++)
            if (bytes_equal(tags->items[j].key, key))
                return fail(call, &DYNAMODB_VALIDATION,
                            "One or more parameter values were invalid: Duplicate Tag key: " BYTES_FMT, BYTES_ARG(key));
    }
    return OK;
}

int table_tags_put(Call *call, int64_t table_id, const DynamodbTagList *tags)
{
    int code = STORE_OK;
    for (size_t i = 0; i < tags->len && code == STORE_OK; i++) {
        Statement *put = store_begin(call->store, &put_tag);
        bind_int64(put, 1, table_id);
        bind_text(put, 2, tags->items[i].key);
        bind_text(put, 3, present(tags->items[i].value) ? tags->items[i].value : TEXT(""));
        code = store_run(put);
    }
    return code;
}

/* aws: only by ARN; another's is as if it weren't there */
static Status find(Call *call, Bytes arn, Table **ret_table)
{
    Arn parts;
    bool is_ours = arn_parse(arn, &parts) && bytes_is(parts.service, "dynamodb") &&
                   bytes_starts_with(parts.resource, TEXT("table/"));
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

static int read_tags(Call *call, int64_t table_id, DynamodbTagList *ret_tags)
{
    Statement *row = store_begin(call->store, &list_tags);
    int code;
    *ret_tags = (DynamodbTagList){arena_new_array(call->arena, DynamodbTag, TAGS_MAX), 0};
    bind_int64(row, 1, table_id);
    while ((code = store_step(row)) == STORE_ROW)
        ret_tags->items[ret_tags->len++] =
            (DynamodbTag){arena_copy(call->arena, column_bytes(row, 0)), arena_copy(call->arena, column_bytes(row, 1))};
    return code;
}

static bool has_key(const DynamodbTagList *tags, Bytes key)
{
    for (size_t i = 0; i < tags->len; i++)
        if (bytes_equal(tags->items[i].key, key))
            return true;
    return false;
}

static Status tag_resource(Call *call, const DynamodbTagResourceInput *in, DynamodbTagResourceOutput *out)
{
    DynamodbTagList before;
    Table *table;
    (void)out;
    TRY(table_tags_check(call, &in->tags));
    TRY(find(call, in->resource_arn, &table));
    TRY(expect_ok(call, read_tags(call, table->id, &before)));
    size_t count = before.len;
    for (size_t i = 0; i < in->tags.len; i++)
        count += !has_key(&before, in->tags.items[i].key);
    if (count > TAGS_MAX)
        return fail(call, &DYNAMODB_LIMIT_EXCEEDED, "Subscriber limit exceeded: The number of tags is limited to %d",
                    TAGS_MAX);
    return expect_ok(call, table_tags_put(call, table->id, &in->tags));
}

static Status untag_resource(Call *call, const DynamodbUntagResourceInput *in, DynamodbUntagResourceOutput *out)
{
    DynamodbTagList tags;
    Table *table;
    (void)out;
    TRY(find(call, in->resource_arn, &table));
    TRY(expect_ok(call, read_tags(call, table->id, &tags)));
    BytesIndex named = bytes_index_of(call->arena, in->tag_keys.items, in->tag_keys.len, sizeof *in->tag_keys.items);
    /* Those that are there, not those that are named: a request may name any number. */
    for (size_t i = 0; i < tags.len; i++) {
        if (bytes_index_find(&named, tags.items[i].key) < 0)
            continue;
        Statement *statement = store_begin(call->store, &delete_tag);
        bind_int64(statement, 1, table->id);
        bind_text(statement, 2, tags.items[i].key);
        TRY(expect_ok(call, store_run(statement)));
    }
    return OK;
}

/* aws: pages of ten; 50 fit into one of ours */
static Status list_tags_of_resource(Call *call, const DynamodbListTagsOfResourceInput *in,
                                    DynamodbListTagsOfResourceOutput *out)
{
    Table *table;
    TRY(find(call, in->resource_arn, &table));
    return expect_ok(call, read_tags(call, table->id, &out->tags));
}
