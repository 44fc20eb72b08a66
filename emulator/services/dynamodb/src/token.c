/* token.c */
#include "token.h"
#include <sodium.h>

#define TOKEN_LIFE_MS (10 * INT64_C(60000))
#define DIGEST_BYTES  32

static const Query find_token = {
    "SELECT request FROM dynamodb_token WHERE account = ?1 AND region = ?2 AND token = ?3 AND "
    "expires_ms > ?4"};
static const Query put_token = {
    "INSERT INTO dynamodb_token (account, region, token, request, expires_ms) VALUES (?1, ?2, ?3, ?4, ?5)"
    " ON CONFLICT DO UPDATE SET request = excluded.request, expires_ms = excluded.expires_ms"};
static const Query forget_tokens = {"DELETE FROM dynamodb_token WHERE expires_ms <= ?1"};

static void add_text(Buffer *buffer, Bytes text)
{
    buffer_append_be64(buffer, present(text) ? text.len + 1 : 0);
    buffer_append(buffer, text);
}

static void add_part(Buffer *buffer, char kind, Bytes table, Bytes condition, Bytes update, const Item *given,
                     const DynamodbExpressionAttributeNameMap *names, const DynamodbExpressionAttributeValueMap *values)
{
    buffer_append_char(buffer, kind);
    add_text(buffer, table);
    add_text(buffer, condition);
    add_text(buffer, update);
    item_encode(buffer, given);
    buffer_append_be64(buffer, names->len);
    for (size_t i = 0; i < names->len; i++) {
        add_text(buffer, names->items[i].key);
        add_text(buffer, names->items[i].value);
    }
    item_encode(buffer, AS_ITEM(values));
}

#define ADD(kind, in, given, update)                                                                                   \
    add_part(buffer, kind, (in)->table_name, (in)->condition_expression, update, AS_ITEM(&(in)->given),                \
             &(in)->expression_attribute_names, &(in)->expression_attribute_values)

static void add(Buffer *buffer, const DynamodbTransactWriteItem *item)
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

static Bytes digest(Call *call, const DynamodbTransactWriteItemsInput *in)
{
    Buffer buffer = {0};
    char *out = arena_take_raw(call->arena, DIGEST_BYTES);
    for (size_t i = 0; i < in->transact_items.len; i++)
        add(&buffer, &in->transact_items.items[i]);
    crypto_generichash((unsigned char *)out, DIGEST_BYTES, (const unsigned char *)buffer.ptr, buffer.len, NULL, 0);
    buffer_done(&buffer);
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
    *ret_is_done = bytes_equal(column_bytes(row, 0), digest(call, in));
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
    bind_bytes(put, 4, digest(call, in));
    bind_int64(put, 5, call->now_ms + TOKEN_LIFE_MS);
    return store_run(put);
}
