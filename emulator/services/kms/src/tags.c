/* tags.c - TagResource, UntagResource, ListResourceTags. */
#include "key.h"

OPERATION(KmsTagResource, tag_resource, WRITES);
OPERATION(KmsUntagResource, untag_resource, WRITES);
OPERATION(KmsListResourceTags, list_resource_tags, WRITES);

#define TAGS_MAX  50
#define TAGS_PAGE 50 /* aws: ListResourceTags: "between 1 and 50. If you do not include a value, it defaults to 50" */

static const Query put_tag = {"INSERT INTO kms_tag (account, region, key_id, key, value) VALUES (?1, ?2, ?3, ?4, ?5)"
                              " ON CONFLICT (account, region, key_id, key) DO UPDATE SET value = excluded.value"};
static const Query delete_tag = {"DELETE FROM kms_tag WHERE account = ?1 AND region = ?2 AND key_id = ?3 AND key = ?4"};
static const Query list_tags = {"SELECT key, value FROM kms_tag WHERE account = ?1 AND region = ?2 AND key_id = ?3"
                                " AND key > ?4 ORDER BY key LIMIT ?5"};
static const Query count_others = {"SELECT COUNT(*) FROM kms_tag WHERE account = ?1 AND region = ?2 AND key_id = ?3"};
static const Query has_tag = {"SELECT 1 FROM kms_tag WHERE account = ?1 AND region = ?2 AND key_id = ?3 AND key = ?4"};

static Statement *begin(Call *call, const Query *query, Bytes key_id)
{
    Statement *statement = store_begin(call->store, query);
    bind_text(statement, 1, call->account);
    bind_text(statement, 2, call->region);
    bind_text(statement, 3, key_id);
    return statement;
}

static bool is_reserved(Bytes key)
{
    static const char prefix[] = "aws:";
    for (size_t i = 0; i < sizeof prefix - 1; i++)
        if (i >= key.len || (key.ptr[i] | 0x20) != (prefix[i] | 0x20))
            return false;
    return true;
}

Status key_tags_check(Call *call, const KmsTagList *tags)
{
    if (tags->len > TAGS_MAX)
        return fail(call, &KMS_TAG, "Too many tags");
    for (size_t i = 0; i < tags->len; i++) {
        if (is_reserved(tags->items[i].tag_key))
            return fail(call, &KMS_TAG, "Tags beginning with aws: are reserved");
        for (size_t j = 0; j < i; j++)
            if (bytes_equal(tags->items[i].tag_key, tags->items[j].tag_key))
                return fail(call, &KMS_TAG, "Duplicate tag keys");
    }
    return OK;
}

int key_tags_put(Call *call, Bytes key_id, const KmsTagList *tags)
{
    int code = STORE_OK;
    for (size_t i = 0; code == STORE_OK && i < tags->len; i++) {
        Statement *put = begin(call, &put_tag, key_id);
        bind_text(put, 4, tags->items[i].tag_key);
        bind_text(put, 5, tags->items[i].tag_value);
        code = store_run(put);
    }
    return code;
}

/* With those it has. */
static Status check_room(Call *call, Bytes key_id, const KmsTagList *tags)
{
    Statement *count = begin(call, &count_others, key_id);
    int code = store_one(count);
    if (code != STORE_ROW)
        return fault(call, code);
    size_t all = (size_t)column_int64(count, 0);
    store_end(count);
    for (size_t i = 0; i < tags->len; i++) {
        Statement *has = begin(call, &has_tag, key_id);
        bind_text(has, 4, tags->items[i].tag_key);
        code = store_one(has);
        if (code == STORE_ROW)
            store_end(has);
        else if (code == STORE_NOT_FOUND)
            all++;
        else
            return fault(call, code);
    }
    return all > TAGS_MAX ? fail(call, &KMS_TAG, "Too many tags") : OK;
}

static Status tag_resource(Call *call, const KmsTagResourceInput *in, KmsTagResourceOutput *out)
{
    KmsKey key;
    (void)out;
    TRY(key_tags_check(call, &in->tags));
    TRY(key_find_for_change(call, in->key_id, &key));
    TRY(check_room(call, key.id, &in->tags));
    return expect_ok(call, key_tags_put(call, key.id, &in->tags));
}

static Status untag_resource(Call *call, const KmsUntagResourceInput *in, KmsUntagResourceOutput *out)
{
    KmsKey key;
    (void)out;
    TRY(key_find_for_change(call, in->key_id, &key));
    for (size_t i = 0; i < in->tag_keys.len; i++) {
        Statement *delete = begin(call, &delete_tag, key.id);
        bind_text(delete, 4, in->tag_keys.items[i]);
        TRY(expect_ok(call, store_run(delete)));
    }
    return OK;
}

static Status list_resource_tags(Call *call, const KmsListResourceTagsInput *in, KmsListResourceTagsOutput *out)
{
    KmsKey key;
    size_t limit = in->has_limit ? (size_t)in->limit : TAGS_PAGE;
    int code;
    TRY(key_find_by_id(call, in->key_id, &key));

    out->tags.items = arena_new_array(call->arena, KmsTag, limit);
    SET(out, truncated, false);
    Statement *list = begin(call, &list_tags, key.id);
    bind_text(list, 4, present(in->marker) ? in->marker : TEXT(""));
    bind_int64(list, 5, (int64_t)limit + 1);
    while ((code = store_step(list)) == STORE_ROW) {
        if (out->tags.len == limit) {
            SET(out, truncated, true);
            out->next_marker = out->tags.items[limit - 1].tag_key;
            continue;
        }
        out->tags.items[out->tags.len++] =
            (KmsTag){arena_copy(call->arena, column_bytes(list, 0)), arena_copy(call->arena, column_bytes(list, 1))};
    }
    return expect_ok(call, code);
}
