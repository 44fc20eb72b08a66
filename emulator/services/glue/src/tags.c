/* tags.c - TagResource, UntagResource, GetTags, for what has an ARN here: registries, schemas and databases. */
#include "tags.h"
#include "catalogue/catalogue.h"

OPERATION(GlueTagResource, tag_resource, WRITES);
OPERATION(GlueUntagResource, untag_resource, WRITES);
OPERATION(GlueGetTags, get_tags, READS);

static const TagTable table = {TAG_QUERIES("glue_tag", "kind, resource_id", "?4, ?5"), .texts = 1, .has_id = true};

TagOwner glue_tags_of(Bytes kind, int64_t id)
{
    return (TagOwner){.table = &table, .texts = {kind}, .id = id};
}

Status glue_tags_check(Call *call, const GlueTagsMap *tags)
{
    Bytes key;
    if (tags_judge(TAGS_OF(tags), &key) == TAGS_RESERVED)
        return fail(call, &GLUE_INVALID_INPUT, "Tag keys that begin with aws: are reserved for AWS.");
    return OK;
}

static Status find(Call *call, Bytes arn, TagOwner *ret_owner)
{
    Schema schema;
    Registry registry;
    Database database;
    Bytes name = arn_resource(call, arn, TEXT("database"));
    if (present(name)) {
        TRY(database_find(call, (Bytes){0}, name, &database));
        *ret_owner = glue_tags_of(TEXT("database"), database.id);
        return OK;
    }
    if (present(arn_resource(call, arn, TEXT("schema")))) {
        TRY(schema_find(call, &(GlueSchemaId){.schema_arn = arn}, &schema));
        *ret_owner = glue_tags_of(TEXT("schema"), schema.id);
        return OK;
    }
    TRY(registry_find(call, &(GlueRegistryId){.registry_arn = arn}, &registry));
    *ret_owner = glue_tags_of(TEXT("registry"), registry.id);
    return OK;
}

static Status tag_resource(Call *call, const GlueTagResourceInput *in, GlueTagResourceOutput *out)
{
    TagOwner owner;
    size_t count;
    (void)out;
    TRY(find(call, in->resource_arn, &owner));
    TRY(glue_tags_check(call, &in->tags_to_add));
    TRY(expect_ok(call, tags_count_with(&call->scope, &owner, TAGS_OF(&in->tags_to_add), &count)));
    if (!in->tags_to_add.len || count > TAGS_MAX)
        return fail(call, &GLUE_INVALID_INPUT, "New Tags cannot be empty or more than %d", TAGS_MAX);

    return expect_ok(call, tags_put(&call->scope, &owner, TAGS_OF(&in->tags_to_add)));
}

static Status untag_resource(Call *call, const GlueUntagResourceInput *in, GlueUntagResourceOutput *out)
{
    TagOwner owner;
    (void)out;
    TRY(find(call, in->resource_arn, &owner));
    return expect_ok(call, tags_remove(&call->scope, &owner, in->tags_to_remove.items, in->tags_to_remove.len));
}

static Status get_tags(Call *call, const GlueGetTagsInput *in, GlueGetTagsOutput *out)
{
    TagOwner owner;
    Tags tags;
    TRY(find(call, in->resource_arn, &owner));
    TRY(expect_ok(call, tags_list(&call->scope, &owner, (Bytes){0}, TAGS_MAX, &tags)));
    TAGS_TELL(&out->tags, tags);
    return OK;
}
