/* access.c - what a resource policy says of an account. */
#include "access.h"
#include <jansson.h>

static const Query get_policy = {"SELECT policy FROM kinesis_policy WHERE owner = ?1"};

/* "*", "111122223333", "arn:aws:iam::111122223333:root", or another ARN of that account.
 * aws: IAM User Guide, "AWS JSON policy elements: Principal". */
static bool principal_is(const json_t *principal, Bytes account)
{
    Arn arn;
    Bytes text =
        json_is_string(principal) ? (Bytes){json_string_value(principal), json_string_length(principal)} : TEXT("");
    return bytes_is(text, "*") || bytes_equal(text, account) ||
           (arn_parse(text, &arn) && bytes_equal(arn.account, account));
}

static bool any_is(const json_t *principals, Bytes account)
{
    for (size_t i = 0; i < json_array_size(principals); i++)
        if (principal_is(json_array_get(principals, i), account))
            return true;
    return principal_is(principals, account);
}

static bool statement_allows(const json_t *statement, Bytes account)
{
    const json_t *effect = json_object_get(statement, "Effect"), *principal = json_object_get(statement, "Principal");
    if (!json_is_string(effect) || strcmp(json_string_value(effect), "Allow") != 0)
        return false;
    return any_is(json_is_object(principal) ? json_object_get(principal, "AWS") : principal, account);
}

static bool policy_allows(Bytes policy, Bytes account)
{
    json_t *parsed = json_loadb(policy.ptr, policy.len, 0, NULL);
    const json_t *statements = json_object_get(parsed, "Statement");
    bool allows = statement_allows(statements, account);
    for (size_t i = 0; !allows && i < json_array_size(statements); i++)
        allows = statement_allows(json_array_get(statements, i), account);
    json_decref(parsed);
    return allows;
}

/* owner: the stream's id, or a consumer's below 0. */
static int owner_allows(Call *call, int64_t owner, bool *ret_allows)
{
    Statement *get = statement_begin(call->store, &get_policy);
    bind_int64(get, 1, owner);
    int code = statement_one(get);
    if (code != STORE_ROW)
        return code == STORE_NOT_FOUND ? STORE_OK : code;
    *ret_allows = policy_allows(column_bytes(get, 0), call->account);
    statement_end(get);
    return STORE_OK;
}

Status access_check(Call *call, KinesisStreamName name, const Stream *stream, const Consumer *consumer)
{
    bool is_allowed = bytes_equal(name.account, call->account);
    if (!is_allowed && stream)
        TRY(expect_ok(call, owner_allows(call, stream->id, &is_allowed)));
    if (!is_allowed && consumer)
        TRY(expect_ok(call, owner_allows(call, -consumer->id, &is_allowed)));
    if (is_allowed)
        return OK;
    const char *operation = call->operation->model->name;
    Bytes resource = arena_text(call->arena, "stream/" BYTES_FMT, BYTES_ARG(name.name));
    return fail(call, &KINESIS_ACCESS_DENIED,
                "User: " BYTES_FMT " is not authorized to perform: kinesis:%s on resource: " BYTES_FMT
                " because no resource-based policy allows the kinesis:%s action",
                BYTES_ARG(call_root_arn(call)), operation,
                BYTES_ARG(arn_text(call->arena, "kinesis", name.region, name.account, resource)), operation);
}
