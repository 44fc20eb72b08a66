/* token.c */
#include "token.h"
#include "budget.h"
#include <sodium.h>
#include <stdlib.h>

#define TOKEN_LIFE_MS (10 * INT64_C(60000))
#define DIGEST_BYTES  32

static const Query find_token = {
    "SELECT request FROM dynamodb_token WHERE account = ?1 AND region = ?2 AND token = ?3 AND "
    "expires_ms > ?4"};
static const Query put_token = {
    "INSERT INTO dynamodb_token (account, region, token, request, expires_ms) VALUES (?1, ?2, ?3, ?4, ?5)"
    " ON CONFLICT DO UPDATE SET request = excluded.request, expires_ms = excluded.expires_ms"};
static const Query forget_tokens = {"DELETE FROM dynamodb_token WHERE expires_ms <= ?1"};

/* Requests are compared by what they mean: members of maps and sets have no order, and Go's SDK gives them a new one
 * each time. All of the request goes into one running digest, so nothing is held while it is made. */
typedef struct Digest {
    crypto_generichash_state state;
    Arena *arena;
    unsigned char pending[4096]; /* small pieces are given to it together */
    size_t pending_len;
} Digest;

static void flush(Digest *digest)
{
    crypto_generichash_update(&digest->state, digest->pending, digest->pending_len);
    digest->pending_len = 0;
}

static void add_bytes(Digest *digest, const void *bytes, size_t len)
{
    if (len > sizeof digest->pending - digest->pending_len)
        flush(digest);
    if (len > sizeof digest->pending) {
        crypto_generichash_update(&digest->state, bytes, len);
    } else if (len) {
        memcpy(digest->pending + digest->pending_len, bytes, len);
        digest->pending_len += len;
    }
}

static void add_count(Digest *digest, size_t count)
{
    uint64_t fixed = count;
    add_bytes(digest, &fixed, sizeof fixed);
}

static void add_text(Digest *digest, Bytes text)
{
    add_count(digest, present(text) ? text.len + 1 : 0);
    add_bytes(digest, text.ptr, text.len);
}

static int by_bytes(const void *a, const void *b)
{
    return bytes_compare(**(const Bytes *const *)a, **(const Bytes *const *)b);
}

/* The entries, each of which begins with a Bytes, in the order of these. */
static const Bytes **sorted(Arena *arena, const void *entries, size_t len, size_t stride)
{
    const Bytes **order = arena_new_array(arena, const Bytes *, len);
    bool is_sorted = true;
    for (size_t i = 0; i < len; i++) {
        order[i] = (const void *)((const char *)entries + i * stride);
        is_sorted = is_sorted && (!i || bytes_compare(*order[i - 1], *order[i]) <= 0);
    }
    if (!is_sorted)
        qsort(order, len, sizeof *order, by_bytes);
    return order;
}

/* A number by its one form: the request's own is brought into it while it is done. */
static Bytes number_meant(Arena *arena, Bytes text)
{
    Number number;
    return number_parse(text, &number) == NUMBER_FINE ? number_text(arena, &number, text) : text;
}

static void add_set(Digest *digest, const Value *set)
{
    Bytes *members = arena_new_array(digest->arena, Bytes, set->ss.len);
    for (size_t i = 0; i < set->ss.len; i++)
        members[i] = set->kind == VALUE_NS ? number_meant(digest->arena, set->ss.items[i]) : set->ss.items[i];
    const Bytes **order = sorted(digest->arena, members, set->ss.len, sizeof *members);
    add_count(digest, set->ss.len);
    for (size_t i = 0; i < set->ss.len; i++)
        add_text(digest, *order[i]);
}

static void add_item(Digest *digest, const Item *item);

static void add_value(Digest *digest, const Value *value)
{
    add_count(digest, (size_t)value->kind);
    switch (value->kind) {
    case VALUE_N:
        add_text(digest, number_meant(digest->arena, value->n));
        break;
    case VALUE_S:
    case VALUE_B:
        add_text(digest, value->s);
        break;
    case VALUE_SS:
    case VALUE_NS:
    case VALUE_BS:
        add_set(digest, value);
        break;
    case VALUE_M:
        budget_descend(digest->arena);
        add_item(digest, AS_ITEM(&value->m));
        break;
    case VALUE_L:
        budget_descend(digest->arena);
        add_count(digest, value->l.len);
        for (size_t i = 0; i < value->l.len; i++)
            add_value(digest, &value->l.items[i]);
        break;
    default:
        add_count(digest, value->kind == VALUE_BOOL && value->bool_);
    }
}

static void add_item(Digest *digest, const Item *item)
{
    const Bytes **order = sorted(digest->arena, item->items, item->len, sizeof *item->items);
    add_count(digest, item->len);
    for (size_t i = 0; i < item->len; i++) {
        const Attribute *attribute = (const void *)order[i];
        add_text(digest, attribute->key);
        add_value(digest, &attribute->value);
    }
}

static void add_names(Digest *digest, const DynamodbExpressionAttributeNameMap *names)
{
    const Bytes **order = sorted(digest->arena, names->items, names->len, sizeof *names->items);
    add_count(digest, names->len);
    for (size_t i = 0; i < names->len; i++) {
        const DynamodbExpressionAttributeNameMapEntry *name = (const void *)order[i];
        add_text(digest, name->key);
        add_text(digest, name->value);
    }
}

#define ADD(kind, in, given, update)                                                                                   \
    do {                                                                                                               \
        add_count(digest, kind);                                                                                       \
        add_text(digest, (in)->table_name);                                                                            \
        add_text(digest, (in)->condition_expression);                                                                  \
        add_text(digest, update);                                                                                      \
        add_item(digest, AS_ITEM(&(in)->given));                                                                       \
        add_names(digest, &(in)->expression_attribute_names);                                                          \
        add_item(digest, AS_ITEM(&(in)->expression_attribute_values));                                                 \
    } while (0)

static void add(Digest *digest, const DynamodbTransactWriteItem *item)
{
    if (item->put)
        ADD('p', item->put, item, (Bytes){0});
    if (item->update)
        ADD('u', item->update, key, item->update->update_expression);
    if (item->delete)
        ADD('d', item->delete, key, (Bytes){0});
    if (item->condition_check)
        ADD('c', item->condition_check, key, (Bytes){0});
}

static Bytes digest_of(Call *call, const DynamodbTransactWriteItemsInput *in)
{
    Digest digest = {.arena = call->arena};
    char *out = arena_take_raw(call->arena, DIGEST_BYTES);
    ArenaMark mark = arena_mark(call->arena);
    crypto_generichash_init(&digest.state, NULL, 0, DIGEST_BYTES);
    for (size_t i = 0; i < in->transact_items.len; i++)
        add(&digest, &in->transact_items.items[i]);
    flush(&digest);
    crypto_generichash_final(&digest.state, (unsigned char *)out, DIGEST_BYTES);
    arena_rewind(call->arena, mark);
    return (Bytes){out, DIGEST_BYTES};
}

Status token_check(Call *call, const DynamodbTransactWriteItemsInput *in, bool *ret_is_done)
{
    *ret_is_done = false;
    if (!present(in->client_request_token))
        return OK;
    Statement *row = store_begin(call->store, &find_token);
    bind_text(row, 1, call->account);
    bind_text(row, 2, call->region);
    bind_text(row, 3, in->client_request_token);
    bind_int64(row, 4, call->now_ms);
    int code = store_one(row);
    if (code == STORE_NOT_FOUND)
        return OK;
    if (code != STORE_ROW)
        return fault(call, code);
    *ret_is_done = bytes_equal(column_bytes(row, 0), digest_of(call, in));
    store_end(row);
    if (*ret_is_done)
        return OK;
    return fail(call, &DYNAMODB_IDEMPOTENT_PARAMETER_MISMATCH,
                "The request uses the same client token as a previous, but non-identical request. Do not reuse a "
                "client token with different requests.");
}

int token_keep(Call *call, const DynamodbTransactWriteItemsInput *in)
{
    if (!present(in->client_request_token))
        return STORE_OK;
    Statement *forget = store_begin(call->store, &forget_tokens);
    bind_int64(forget, 1, call->now_ms);
    int code = store_run(forget);
    if (code != STORE_OK)
        return code;
    Statement *put = store_begin(call->store, &put_token);
    bind_text(put, 1, call->account);
    bind_text(put, 2, call->region);
    bind_text(put, 3, in->client_request_token);
    bind_bytes(put, 4, digest_of(call, in));
    bind_int64(put, 5, call->now_ms + TOKEN_LIFE_MS);
    return store_run(put);
}
