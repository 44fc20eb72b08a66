/* tags.c - TagResource, UntagResource, ListResourceTags. */
#include "key.h"
#include "tagging.h"

OPERATION(KmsTagResource, tag_resource, WRITES);
OPERATION(KmsUntagResource, untag_resource, WRITES);
OPERATION(KmsListResourceTags, list_resource_tags, WRITES);

#define TAGS_PAGE 50 /* aws: ListResourceTags: "between 1 and 50. If you do not include a value, it defaults to 50" */

static const TagTable table = {TAG_QUERIES("kms_tag", "account, region, key_id", "?4, ?5, ?6"), .texts = 3};

static TagOwner tags_of(const Scope *scope, Bytes key_id)
{
    return (TagOwner){.table = &table, .texts = {scope->account, scope->region, key_id}};
}

Status key_tags_check(Call *call, const KmsTagList *tags)
{
    Bytes key;
    switch (tags_judge(TAGS_OF(tags), &key)) {
    case TAGS_TOO_MANY:
        return fail(call, &KMS_TAG, "Too many tags");
    case TAGS_RESERVED:
        return fail(call, &KMS_TAG, "Tags beginning with aws: are reserved");
    case TAGS_DOUBLE:
        return fail(call, &KMS_TAG, "Duplicate tag keys");
    case TAGS_BAD_CHARACTER:
    case TAGS_FINE:
        break;
    }
    return OK;
}

int key_tags_put(const Scope *scope, Bytes key_id, const KmsTagList *tags)
{
    TagOwner owner = tags_of(scope, key_id);
    return tags_put(scope, &owner, TAGS_OF(tags));
}

static Status tag_resource(Call *call, const KmsTagResourceInput *in, KmsTagResourceOutput *out)
{
    KmsKey key;
    size_t count;
    (void)out;
    TRY(key_tags_check(call, &in->tags));
    TRY(key_find_for_change(call, in->key_id, &key));
    TagOwner owner = tags_of(&call->scope, key.id);
    TRY(expect_ok(call, tags_count_with(&call->scope, &owner, TAGS_OF(&in->tags), &count)));
    if (count > TAGS_MAX)
        return fail(call, &KMS_TAG, "Too many tags");

    return expect_ok(call, tags_put(&call->scope, &owner, TAGS_OF(&in->tags)));
}

static Status untag_resource(Call *call, const KmsUntagResourceInput *in, KmsUntagResourceOutput *out)
{
    KmsKey key;
    (void)out;
    TRY(key_find_for_change(call, in->key_id, &key));
    TagOwner owner = tags_of(&call->scope, key.id);
    return expect_ok(call, tags_remove(&call->scope, &owner, in->tag_keys.items, in->tag_keys.len));
}

static Status list_resource_tags(Call *call, const KmsListResourceTagsInput *in, KmsListResourceTagsOutput *out)
{
    KmsKey key;
    Tags tags;
    size_t limit = in->has_limit ? (size_t)in->limit : TAGS_PAGE;
    TRY(key_find_by_id(call, in->key_id, &key));
    TagOwner owner = tags_of(&call->scope, key.id);
    TRY(expect_ok(call, tags_list(&call->scope, &owner, in->marker, limit + 1, &tags)));

    SET(out, truncated, tags.len > limit);
    if (tags.len > limit)
        tags.len = limit;
    TAGS_TELL(&out->tags, tags);
    if (out->truncated)
        out->next_marker = out->tags.items[limit - 1].tag_key;
    return OK;
}
