/* tags.c - TagResource, UntagResource, GetTags, for what has an ARN here: registries and schemas. */
#include "tags.h"

OPERATION(GlueTagResource, tag_resource, WRITES);
OPERATION(GlueUntagResource, untag_resource, WRITES);
OPERATION(GlueGetTags, get_tags, READS);

static const Query put = {"INSERT INTO glue_tag (kind, resource_id, key, value) VALUES (?1, ?2, ?3, ?4)"
                          " ON CONFLICT DO UPDATE SET value = excluded.value"};
static const Query list = {"SELECT key, value FROM glue_tag WHERE kind = ?1 AND resource_id = ?2 ORDER BY key"};
static const Query delete_it = {"DELETE FROM glue_tag WHERE kind = ?1 AND resource_id = ?2 AND key = ?3"};

static Statement *begin(Call *call, const Query *query, Tagged resource)
{
    Statement *statement = store_begin(call->store, query);
    bind_text(statement, 1, resource.kind);
    bind_int64(statement, 2, resource.id);
    return statement;
}

Status glue_tags_check(Call *call, const GlueTagsMap *tags)
{
    for (size_t i = 0; i < tags->len; i++)
        if (bytes_starts_with(tags->items[i].key, TEXT("aws:")))
            return fail(call, &GLUE_INVALID_INPUT, "Tag keys that begin with aws: are reserved for AWS.");
    return OK;
}

int glue_tags_put(Call *call, Tagged resource, const GlueTagsMap *tags)
{
    int code = STORE_OK;
    for (size_t i = 0; code == STORE_OK && i < tags->len; i++) {
        Statement *row = begin(call, &put, resource);
        bind_text(row, 3, tags->items[i].key);
        bind_text(row, 4, tags->items[i].value);
        code = store_run(row);
    }
    return code;
}

static Status find(Call *call, Bytes arn, Tagged *ret_resource)
{
    Schema schema;
    Registry registry;
    if (present(arn_resource(call, arn, TEXT("schema")))) {
        TRY(schema_find(call, &(GlueSchemaId){.schema_arn = arn}, &schema));
        *ret_resource = (Tagged){TEXT("schema"), schema.id};
        return OK;
    }
    TRY(registry_find(call, &(GlueRegistryId){.registry_arn = arn}, &registry));
    *ret_resource = (Tagged){TEXT("registry"), registry.id};
    return OK;
}

static Status read_tags(Call *call, Tagged resource, GlueTagsMap *ret_tags)
{
    int code;
    Statement *rows = begin(call, &list, resource);
    ret_tags->items = arena_new_array(call->arena, GlueTagsMapEntry, TAGS_MAX);
    while ((code = store_step(rows)) == STORE_ROW)
        ret_tags->items[ret_tags->len++] = (GlueTagsMapEntry){arena_copy(call->arena, column_bytes(rows, 0)),
                                                              arena_copy(call->arena, column_bytes(rows, 1))};
    return expect_ok(call, code);
}

static bool has_key(const GlueTagsMap *tags, Bytes key)
{
    for (size_t i = 0; i < tags->len; i++)
        if (bytes_equal(tags->items[i].key, key))
            return true;
    return false;
}

static Status tag_resource(Call *call, const GlueTagResourceInput *in, GlueTagResourceOutput *out)
{
    Tagged resource;
    GlueTagsMap there = {0};
    (void)out;
    TRY(find(call, in->resource_arn, &resource));
    TRY(glue_tags_check(call, &in->tags_to_add));
    TRY(read_tags(call, resource, &there));
    size_t count = there.len;
    for (size_t i = 0; i < in->tags_to_add.len; i++)
        count += !has_key(&there, in->tags_to_add.items[i].key);
    if (!in->tags_to_add.len || count > TAGS_MAX)
        return fail(call, &GLUE_INVALID_INPUT, "New Tags cannot be empty or more than %d", TAGS_MAX);

    return expect_ok(call, glue_tags_put(call, resource, &in->tags_to_add));
}

static Status untag_resource(Call *call, const GlueUntagResourceInput *in, GlueUntagResourceOutput *out)
{
    Tagged resource;
    (void)out;
    TRY(find(call, in->resource_arn, &resource));
    for (size_t i = 0; i < in->tags_to_remove.len; i++) {
        Statement *row = begin(call, &delete_it, resource);
        bind_text(row, 3, in->tags_to_remove.items[i]);
        TRY(expect_ok(call, store_run(row)));
    }
    return OK;
}

static Status get_tags(Call *call, const GlueGetTagsInput *in, GlueGetTagsOutput *out)
{
    Tagged resource;
    TRY(find(call, in->resource_arn, &resource));
    return read_tags(call, resource, &out->tags);
}
