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

/* Requests are compared by what they mean: members of maps and sets have no order, and Go's SDK gives them a new one
 * each time. So items go into the digest by two hashes that know no order. */
typedef crypto_generichash_state Digest;

static const uint64_t seeds[] = {UINT64_C(0x243f6a8885a308d3), UINT64_C(0x13198a2e03707344)}; /* for good: files */

static void add_number(Digest *digest, uint64_t number)
{
    crypto_generichash_update(digest, (const unsigned char *)&number, sizeof number);
}

static void add_text(Digest *digest, Bytes text)
{
    add_number(digest, present(text) ? text.len + 1 : 0);
    crypto_generichash_update(digest, (const unsigned char *)text.ptr, text.len);
}

static void add_item(Digest *digest, const Item *item)
{
    Value whole = {.kind = VALUE_M};
    *AS_ITEM(&whole.m) = *item;
    add_number(digest, item->len);
    for (size_t i = 0; i < sizeof seeds / sizeof *seeds; i++)
        add_number(digest, value_hash(&whole, seeds[i]));
}

static void add_names(Digest *digest, const DynamodbExpressionAttributeNameMap *names)
{
    add_number(digest, names->len);
    for (size_t i = 0; i < sizeof seeds / sizeof *seeds; i++) {
        uint64_t sum = 0;
        for (size_t at = 0; at < names->len; at++)
            sum += bytes_hash(names->items[at].value, bytes_hash(names->items[at].key, seeds[i]));
        add_number(digest, sum);
    }
}

/* One of the four, by what they have in common. Numbers have their one form already. */
#define ADD(kind, in, given, update)                                                                                   \
    do {                                                                                                               \
        add_number(digest, kind);                                                                                      \
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
    Digest digest;
    char *out = arena_take_raw(call->arena, DIGEST_BYTES);
    crypto_generichash_init(&digest, NULL, 0, DIGEST_BYTES);
    for (size_t i = 0; i < in->transact_items.len; i++)
        add(&digest, &in->transact_items.items[i]);
    crypto_generichash_final(&digest, (unsigned char *)out, DIGEST_BYTES);
    return (Bytes){out, DIGEST_BYTES};
}

/* Was it done under this token? */
static Status find(Call *call, Bytes token, Bytes digest, bool *ret_is_done)
{
    Statement *row = statement_begin(call->store, &find_token);
    bind_text(row, 1, call->account);
    bind_text(row, 2, call->region);
    bind_text(row, 3, token);
    bind_int64(row, 4, call->now_ms);
    int code = statement_one(row);
    if (code == STORE_NOT_FOUND)
        return OK;
    if (code != STORE_ROW)
        return fault(call, code);
    *ret_is_done = bytes_equal(column_bytes(row, 0), digest);
    statement_end(row);
    if (*ret_is_done)
        return OK;
    return fail(
        call, &DYNAMODB_IDEMPOTENT_PARAMETER_MISMATCH,
        "The request uses the same client token as a previous, but non-identical request. Do not reuse a client token with different requests.");
}

Status token_check(Call *call, const DynamodbTransactWriteItemsInput *in, Bytes *ret_digest, bool *ret_is_done)
{
    *ret_is_done = false;
    *ret_digest = (Bytes){0};
    if (!present(in->client_request_token))
        return OK;
    *ret_digest = digest_of(call, in);
    return find(call, in->client_request_token, *ret_digest, ret_is_done);
}

Status token_check_statements(Call *call, const DynamodbExecuteTransactionInput *in, Bytes *ret_digest,
                              bool *ret_is_done)
{
    Digest digest;
    char *out = arena_take_raw(call->arena, DIGEST_BYTES);
    *ret_is_done = false;
    *ret_digest = (Bytes){0};
    if (!present(in->client_request_token))
        return OK;
    crypto_generichash_init(&digest, NULL, 0, DIGEST_BYTES);
    for (size_t i = 0; i < in->transact_statements.len; i++) {
        const DynamodbParameterizedStatement *statement = &in->transact_statements.items[i];
        add_text(&digest, statement->statement);
        add_number(&digest, statement->parameters.len);
        for (size_t at = 0; at < statement->parameters.len; at++)
            for (size_t seed = 0; seed < sizeof seeds / sizeof *seeds; seed++)
                add_number(&digest, value_hash(&statement->parameters.items[at], seeds[seed]));
    }
    crypto_generichash_final(&digest, (unsigned char *)out, DIGEST_BYTES);
    *ret_digest = (Bytes){out, DIGEST_BYTES};
    return find(call, in->client_request_token, *ret_digest, ret_is_done);
}

int token_keep(Call *call, Bytes token, Bytes digest)
{
    if (!present(token))
        return STORE_OK;
    int code = query_run_with(call->store, &forget_tokens, call->now_ms);
    if (code != STORE_OK)
        return code;
    Statement *put = statement_begin(call->store, &put_token);
    bind_text(put, 1, call->account);
    bind_text(put, 2, call->region);
    bind_text(put, 3, token);
    bind_bytes(put, 4, digest);
    bind_int64(put, 5, call->now_ms + TOKEN_LIFE_MS);
    return statement_run(put);
}
