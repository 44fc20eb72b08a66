/* session.c - the table of sessions. Their tokens are of chance and are not looked at again: the access key says which
 * it is. */
#include "session.h"
#include "access_key.h"
#include "base64.h"
#include "policy_document.h"

#define TOKEN_BYTES     192
#define KEPT_MS         (36 * 3600 * 1000LL) /* behind their end, so that they are told to have expired */
#define POLICY_SIZE_MAX 2048                 /* aws: AssumeRole: "the plaintext … can't exceed 2,048 characters" */

const ErrorModel STS_INVALID_PARAMETER = {
    .code = "InvalidParameterValue", .http_status = 400, .senders_fault = true, .message_name = "message"};
const ErrorModel STS_EXPIRED = {
    .code = "ExpiredToken", .http_status = 403, .senders_fault = true, .message_name = "message"};

static const Query insert = {"INSERT OR REPLACE INTO sts_session (id, account, arn, user_id, transitive, expires_ms,"
                             " secret, token, basis, policy, policy_arns, tags, source_identity, issued_ms)"
                             " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)"};
static const Query find_whole = {"SELECT account, arn, user_id, secret, token, basis, policy, policy_arns, tags,"
                                 " source_identity, issued_ms, expires_ms FROM sts_session WHERE id = ?1"};
static const Query find = {"SELECT arn, user_id, transitive, expires_ms FROM sts_session WHERE id = ?1"};
static const Query drop_old = {"DELETE FROM sts_session WHERE expires_ms < ?1"};

static Bytes token_new(Call *call)
{
    char chance[TOKEN_BYTES];
    random_fill(call->runtime->random, chance, sizeof chance);
    return base64_text(call->arena, (Bytes){chance, sizeof chance});
}

static Status insert_session(Call *call, const Session *session, Bytes sealed, Bytes token)
{
    const Bytes texts[] = {session->basis, session->policy, session->policy_arns, session->tags,
                           session->source_identity};
    Statement *put = statement_begin(call->store, &insert);
    bind_text(put, 1, session->access_key);
    bind_text(put, 2, call->account);
    bind_text(put, 3, session->arn);
    bind_text(put, 4, session->user_id);
    bind_text(put, 5, session->transitive);
    bind_int64(put, 6, session->expires_ms);
    bind_bytes(put, 7, sealed);
    bind_text(put, 8, token);
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        bind_text(put, 9 + (int)i, texts[i]);
    bind_int64(put, 14, call->now_ms);
    return expect_ok(call, statement_run(put));
}

Status session_open(Call *call, Session *session, int32_t seconds, StsCredentials **ret_credentials)
{
    Bytes sealed;
    Scope iam = scope_for(&call->scope, runtime_service(call->runtime, &iam_service));
    Statement *old = statement_begin(call->store, &drop_old);
    bind_int64(old, 1, call->now_ms - KEPT_MS);
    TRY(expect_ok(call, statement_run(old)));
    session->access_key = access_key_new(call->arena, call->runtime->random, "ASIA", call->account);
    session->expires_ms = call->now_ms / 1000 * 1000 + seconds * 1000LL;
    StsCredentials *credentials = *ret_credentials = arena_new_of(call->arena, StsCredentials);
    *credentials = (StsCredentials){.access_key_id = session->access_key,
                                    .secret_access_key = secret_key_new(call->arena, call->runtime->random),
                                    .session_token = token_new(call)};
    SET(credentials, expiration, session->expires_ms);
    TRY(expect_ok(call, iam_seal(&iam, session->access_key, credentials->secret_access_key, &sealed)));
    return insert_session(call, session, sealed, credentials->session_token);
}

int sts_find_session(const Scope *scope, Bytes access_key, StsSession *ret_session)
{
    Arena *arena = scope->arena;
    StsSession *found = ret_session;
    Bytes *const texts[] = {
        &found->account, &found->arn,    &found->user_id,     &found->secret, &found->token,
        &found->basis,   &found->policy, &found->policy_arns, &found->tags,   &found->source_identity};
    Scope iam = scope_for(scope, runtime_service(scope->runtime, &iam_service));
    Statement *row = statement_begin(scope->store, &find_whole);
    bind_text(row, 1, access_key);
    int code = statement_one(row);
    if (code != STORE_ROW)
        return code;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        *texts[i] = column_is_null(row, (int)i) ? (Bytes){0} : arena_copy(arena, column_bytes(row, (int)i));
    found->issued_ms = column_int64(row, 10);
    found->expires_ms = column_int64(row, 11);
    statement_end(row);
    return present(found->secret) ? iam_unseal(&iam, access_key, &found->secret) : STORE_NOT_FOUND;
}

Status session_of_caller(Call *call, Session *ret_session, bool *ret_is_there)
{
    Statement *row = statement_begin(call->store, &find);
    bind_text(row, 1, call->access_key);
    int code = statement_one(row);
    *ret_is_there = code == STORE_ROW;
    if (code == STORE_NOT_FOUND)
        return OK;
    if (code != STORE_ROW)
        return fault(call, code);
    *ret_session = (Session){.access_key = call->access_key,
                             .arn = arena_copy(call->arena, column_bytes(row, 0)),
                             .user_id = arena_copy(call->arena, column_bytes(row, 1)),
                             .transitive = arena_copy(call->arena, column_bytes(row, 2)),
                             .expires_ms = column_int64(row, 3)};
    statement_end(row);
    if (ret_session->expires_ms <= call->now_ms)
        return fail(call, &STS_EXPIRED, "The security token included in the request is expired");
    return OK;
}

Status caller_find(Call *call, Caller *ret_caller)
{
    IamIdentity user;
    Scope iam = scope_for(&call->scope, runtime_service(call->runtime, &iam_service));
    *ret_caller = (Caller){.arn = call_root_arn(call), .user_id = call->account};
    if (!present(call->access_key))
        return OK;
    TRY(session_of_caller(call, &ret_caller->session, &ret_caller->is_session));
    if (ret_caller->is_session) {
        ret_caller->arn = ret_caller->session.arn;
        ret_caller->user_id = ret_caller->session.user_id;
        return OK;
    }
    int code = iam_find_key(&iam, call->access_key, &user);
    if (code == STORE_OK) {
        ret_caller->arn = user.arn;
        ret_caller->user_id = user.id;
        ret_caller->is_user = true;
    }
    return code == STORE_NOT_FOUND ? OK : expect_ok(call, code);
}

Status session_policies_check(Call *call, const SessionLimits *limits, int32_t *ret_packed_percent)
{
    Policy policy;
    Bytes detail;
    *ret_packed_percent = (int32_t)((limits->policy.len + 64 * limits->arns.len) * 100 / 4096);
    for (size_t i = 0; i < limits->arns.len; i++) {
        Arn arn;
        if (!arn_parse(limits->arns.items[i].arn, &arn) || !bytes_is(arn.service, "iam"))
            return fail(call, &COMMON_VALIDATION, "Invalid ARN: " BYTES_FMT, BYTES_ARG(limits->arns.items[i].arn));
    }
    if (!present(limits->policy))
        return OK;
    if (policy_read(call->arena, limits->policy, &policy, &detail) != POLICY_FINE ||
        policy_judge(call->arena, &policy, POLICY_OF_IDENTITY, &detail) != POLICY_FINE)
        return fail(call, &STS_MALFORMED_POLICY_DOCUMENT, "This policy contains invalid Json");
    if (policy_size(limits->policy) > POLICY_SIZE_MAX)
        return fail(call, &STS_PACKED_POLICY_TOO_LARGE,
                    "Packed size of session policy exceeds the maximum: %d%% of 100%% is used.", *ret_packed_percent);
    return OK;
}

void session_limit(Call *call, Session *session, const SessionLimits *limits)
{
    Bytes lines = TEXT("");
    for (size_t i = 0; i < limits->arns.len; i++)
        lines =
            arena_text(call->arena, BYTES_FMT BYTES_FMT "\n", BYTES_ARG(lines), BYTES_ARG(limits->arns.items[i].arn));
    session->policy = limits->policy;
    session->policy_arns = lines;
}

Bytes tag_lines(Call *call, const StstagListType *tags)
{
    Bytes lines = TEXT("");
    for (size_t i = 0; i < tags->len; i++)
        lines = arena_text(call->arena, BYTES_FMT BYTES_FMT "\n" BYTES_FMT "\n", BYTES_ARG(lines),
                           BYTES_ARG(tags->items[i].key), BYTES_ARG(tags->items[i].value));
    return lines;
}
