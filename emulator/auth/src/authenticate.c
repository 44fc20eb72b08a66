/* authenticate.c - the signature of a request, against the key that it names, by the emulator's clock. */
#include "refusal.h"
#include "scene.h"
#include "sts.h"

#define SKEW_MS    (5 * 60 * 1000LL)  /* aws: messages: "(… - 5 min.)" */
#define S3_SKEW_MS (15 * 60 * 1000LL) /* aws: RequestTimeTooSkewed: MaxAllowedSkewMilliseconds 900000 */
#define QUERY_MS   (15 * 60 * 1000LL) /* of a query that says no X-Amz-Expires */
#define UNSIGNED   "UNSIGNED-PAYLOAD"
#define STREAMING  "STREAMING-"
#define CHUNKS     "STREAMING-AWS4-HMAC-SHA256-PAYLOAD"

typedef struct Checking {
    Auth *auth;
    Call *call;
    const AuthRequest *request;
    RefusalStyle style;
    Signature signature;
    Principal *principal;
} Checking;

static bool is_s3(const Checking *checking)
{
    return checking->style == REFUSE_AS_S3;
}

static Bytes header(const Checking *checking, const char *name)
{
    return http_head_field(checking->request->head, name);
}

static Status refuse(const Checking *checking, Refusal refusal, Bytes words)
{
    return refuse_telling(checking->call, refusal_error(checking->style, refusal), words, .access_key = {0});
}

/* The form */

static Status refuse_form(const Checking *checking)
{
    Call *call = checking->call;
    const Signature *signature = &checking->signature;
    Bytes authorization = header(checking, "authorization");
    if (signature->form == SIGNATURE_V4A)
        return refuse_telling(
            call, is_s3(checking) ? &REFUSE_NOT_IMPLEMENTED : refusal_error(checking->style, REFUSE_INCOMPLETE),
            TEXT(
                "evpoc-emu does not check asymmetric signatures (AWS4-ECDSA-P256-SHA256) yet; sign by AWS4-HMAC-SHA256."),
            .access_key = {0});
    if (is_s3(checking) && signature->form == SIGNATURE_OTHER)
        return refuse_telling(call, &REFUSE_INVALID_ARGUMENT, TEXT("Unsupported Authorization Type"),
                              .argument_name = TEXT("Authorization"), .argument_value = authorization);
    if (is_s3(checking) && signature->form == SIGNATURE_V4_QUERY)
        return refuse_telling(
            call, &REFUSE_QUERY_PARAMETERS,
            TEXT("Query-string authentication version 4 requires the X-Amz-Algorithm, X-Amz-Credential, "
                 "X-Amz-Signature, X-Amz-Date, X-Amz-SignedHeaders, and X-Amz-Expires parameters."),
            .access_key = {0});
    if (is_s3(checking))
        return refuse(checking, REFUSE_INCOMPLETE,
                      arena_text(call->arena, "The authorization header is malformed; " BYTES_FMT,
                                 BYTES_ARG(signature->complaint)));
    if (signature->form == SIGNATURE_V2_HEADER || signature->form == SIGNATURE_V2_QUERY)
        return refuse(checking, REFUSE_INCOMPLETE,
                      TEXT("AWS Signature Version 2 is taken by S3 alone; sign by AWS4-HMAC-SHA256."));
    return refuse(checking, REFUSE_INCOMPLETE, signature->complaint);
}

static bool is_form_taken(const Checking *checking)
{
    switch (checking->signature.form) {
    case SIGNATURE_V4_HEADER:
    case SIGNATURE_V4_QUERY:
        return !present(checking->signature.complaint);
    case SIGNATURE_V2_HEADER:
    case SIGNATURE_V2_QUERY:
        return is_s3(checking) && !present(checking->signature.complaint);
    default:
        return false;
    }
}

/* The scope of the credential */

static bool is_v4(const Checking *checking)
{
    return checking->signature.form == SIGNATURE_V4_HEADER || checking->signature.form == SIGNATURE_V4_QUERY;
}

/* aws: as its services say it; S3 puts its own words before. */
static Status check_scope(const Checking *checking)
{
    Call *call = checking->call;
    const Signature *signature = &checking->signature;
    const char *service = checking->request->service->model->name;
    Bytes words = {0}, day = bytes_slice(signature->time, 0, 8);
    if (!bytes_is(signature->terminator, "aws4_request"))
        words = arena_text(call->arena,
                           "Credential should be scoped with a valid terminator: 'aws4_request', not '" BYTES_FMT "'.",
                           BYTES_ARG(signature->terminator));
    else if (!bytes_is(signature->service, service) && is_s3(checking))
        words = arena_text(call->arena, "incorrect service \"" BYTES_FMT "\". This endpoint belongs to \"s3\".",
                           BYTES_ARG(signature->service));
    else if (!bytes_is(signature->service, service))
        words = arena_text(call->arena, "Credential should be scoped to correct service: '%s'. ", service);
    else if (!bytes_equal(signature->date, day))
        words = arena_text(
            call->arena,
            "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: '" BYTES_FMT
            "' != '" BYTES_FMT "', from '" BYTES_FMT "'.",
            BYTES_ARG(signature->date), BYTES_ARG(day), BYTES_ARG(signature->time));
    if (!present(words))
        return OK;
    return refuse(checking, REFUSE_SCOPE,
                  is_s3(checking)
                      ? arena_text(call->arena, "The authorization header is malformed; " BYTES_FMT, BYTES_ARG(words))
                      : words);
}

/* The time */

static Status refuse_skewed(const Checking *checking)
{
    Call *call = checking->call;
    const Signature *signature = &checking->signature;
    return refuse_telling(call, refusal_error(REFUSE_AS_S3, REFUSE_TIME),
                          TEXT("The difference between the request time and the current time is too large."),
                          .request_time = present(signature->time) ? signature->time : TEXT(""),
                          .server_time = signature_time_extended(call->arena, call->now_ms),
                          .max_skew = TEXT("900000"));
}

static Status refuse_old(const Checking *checking, int64_t span_ms)
{
    Arena *arena = checking->call->arena;
    int64_t now_ms = checking->call->now_ms;
    return refuse(
        checking, REFUSE_TIME,
        arena_text(arena,
                   "Signature expired: " BYTES_FMT " is now earlier than " BYTES_FMT " (" BYTES_FMT " - %lld min.)",
                   BYTES_ARG(checking->signature.time), BYTES_ARG(signature_time_text(arena, now_ms - span_ms)),
                   BYTES_ARG(signature_time_text(arena, now_ms)), (long long)(span_ms / 60000)));
}

static Status refuse_early(const Checking *checking)
{
    Arena *arena = checking->call->arena;
    int64_t now_ms = checking->call->now_ms;
    return refuse(checking, REFUSE_TIME,
                  arena_text(arena,
                             "Signature not yet current: " BYTES_FMT " is still later than " BYTES_FMT " (" BYTES_FMT
                             " + 5 min.)",
                             BYTES_ARG(checking->signature.time),
                             BYTES_ARG(signature_time_text(arena, now_ms + SKEW_MS)),
                             BYTES_ARG(signature_time_text(arena, now_ms))));
}

/* Those of S3's queries S3 looks at itself (presigned.c), whether signatures are checked or not. */
static Status check_time(const Checking *checking)
{
    const Signature *signature = &checking->signature;
    int64_t behind_ms = checking->call->now_ms - signature->time_ms, seconds, span_ms = SKEW_MS;
    bool is_query = signature->form == SIGNATURE_V4_QUERY || signature->form == SIGNATURE_V2_QUERY;
    if (is_s3(checking) && is_query)
        return OK;
    if (is_s3(checking))
        return signature->has_time && behind_ms <= S3_SKEW_MS && behind_ms >= -S3_SKEW_MS ? OK
                                                                                          : refuse_skewed(checking);
    if (is_query)
        span_ms = bytes_to_int64(signature->expires, &seconds) && seconds >= 0 && seconds <= 604800 ? seconds * 1000
                                                                                                    : QUERY_MS;
    if (behind_ms > span_ms)
        return refuse_old(checking, span_ms);
    return behind_ms < -SKEW_MS ? refuse_early(checking) : OK;
}

/* The key */

static Status refuse_key(const Checking *checking, Bytes access_key)
{
    if (is_s3(checking))
        return refuse_telling(checking->call, refusal_error(REFUSE_AS_S3, REFUSE_UNKNOWN_KEY),
                              TEXT("The AWS Access Key Id you provided does not exist in our records."),
                              .access_key = access_key);
    return refuse(checking, REFUSE_UNKNOWN_KEY, TEXT("The security token included in the request is invalid."));
}

static Status check_key(const Checking *checking)
{
    Call *call = checking->call;
    int code = principal_find(checking->auth, call, checking->signature.access_key, checking->principal);
    if (code == STORE_NOT_FOUND || (code == STORE_OK && !checking->principal->is_active))
        return refuse_key(checking, checking->signature.access_key);
    return expect_ok(call, code);
}

static Status check_token(const Checking *checking)
{
    const Principal *principal = checking->principal;
    Bytes token = checking->signature.token;
    bool is_right =
        present(principal->token) ? present(token) && signature_texts_equal(principal->token, token) : !present(token);
    if (!is_right)
        return refuse(checking, REFUSE_TOKEN,
                      is_s3(checking) ? TEXT("The provided token is malformed or otherwise invalid.")
                                      : TEXT("The security token included in the request is invalid."));
    if (principal->has_expired)
        return refuse(checking, REFUSE_EXPIRED_TOKEN,
                      is_s3(checking) ? TEXT("The provided token has expired.")
                                      : TEXT("The security token included in the request is expired"));
    return OK;
}

/* The signature itself */

static Status refuse_signature(const Checking *checking, const SignatureProof *proof)
{
    Call *call = checking->call;
    if (is_s3(checking))
        return refuse_telling(
            call, refusal_error(REFUSE_AS_S3, REFUSE_MISMATCH),
            TEXT(
                "The request signature we calculated does not match the signature you provided. Check your key and signing method."),
            .access_key = checking->signature.access_key, .to_sign = proof->to_sign,
            .provided = checking->signature.signature, .to_sign_bytes = refusal_bytes(call->arena, proof->to_sign),
            .canonical = proof->canonical,
            .canonical_bytes = present(proof->canonical) ? refusal_bytes(call->arena, proof->canonical) : (Bytes){0});
    return refuse(
        checking, REFUSE_MISMATCH,
        arena_text(
            call->arena,
            "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.\n\nThe Canonical String for this request should have been\n'" BYTES_FMT
            "'\n\nThe String-to-Sign should have been\n'" BYTES_FMT "'\n",
            BYTES_ARG(proof->canonical), BYTES_ARG(proof->to_sign)));
}

static bool is_signed(Bytes signed_headers, Bytes name)
{
    while (present(signed_headers))
        if (bytes_equal_ignoring_case(bytes_cut(&signed_headers, ';'), name))
            return true;
    return false;
}

/* aws: S3: "You must include the host header … and any x-amz-* headers in the signature". */
static Status check_signed_headers(const Checking *checking)
{
    const HttpHead *head = checking->request->head;
    Bytes signed_headers = checking->signature.signed_headers, missing = {0};
    if (!is_signed(signed_headers, TEXT("host")) && !is_signed(signed_headers, TEXT(":authority")))
        return is_s3(checking)
                   ? refuse_telling(checking->call, refusal_error(REFUSE_AS_S3, REFUSE_DENIED),
                                    TEXT("There were headers present in the request which were not signed"),
                                    .headers = TEXT("host"))
                   : refuse(checking, REFUSE_MISMATCH,
                            TEXT("'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization."));
    for (size_t i = 0; is_s3(checking) && i < head->headers_count; i++) {
        Bytes name = head->headers[i].name;
        bool is_free = bytes_is(name, "x-amz-content-sha256") || bytes_is(name, "x-amz-user-agent");
        if (!bytes_starts_with(name, TEXT("x-amz-")) || is_free || is_signed(signed_headers, name))
            continue;
        missing = present(missing)
                      ? arena_text(checking->call->arena, BYTES_FMT ", " BYTES_FMT, BYTES_ARG(missing), BYTES_ARG(name))
                      : name;
    }
    if (!present(missing))
        return OK;
    return refuse_telling(checking->call, refusal_error(REFUSE_AS_S3, REFUSE_DENIED),
                          TEXT("There were headers present in the request which were not signed"), .headers = missing);
}

static bool is_hash(Bytes text)
{
    for (size_t i = 0; i < text.len; i++)
        if (!strchr("0123456789abcdef", text.ptr[i] | 0x20) || !text.ptr[i])
            return false;
    return text.len == SIGNATURE_HEX_BYTES;
}

/* What stands for the body. A body that flows is held against its hash as it comes, by whoever takes it. */
static Status payload_hash(const Checking *checking, Bytes *ret_hash)
{
    Call *call = checking->call;
    const AuthRequest *request = checking->request;
    Bytes sent = header(checking, "x-amz-content-sha256");
    bool is_query = checking->signature.form == SIGNATURE_V4_QUERY;
    *ret_hash = sent;
    if (!is_s3(checking)) {
        *ret_hash = signature_hash(call->arena, request->body);
        return OK;
    }
    if (is_query && !present(sent))
        *ret_hash = TEXT(UNSIGNED);
    else if (!present(sent))
        return refuse_telling(call, &REFUSE_INVALID_REQUEST,
                              TEXT("Missing required header for this request: x-amz-content-sha256"),
                              .access_key = {0});
    else if (!is_hash(sent) && !bytes_is(sent, UNSIGNED) && !bytes_starts_with(sent, TEXT(STREAMING)))
        return refuse_telling(
            call, &REFUSE_INVALID_ARGUMENT,
            TEXT(
                "x-amz-content-sha256 must be UNSIGNED-PAYLOAD, STREAMING-UNSIGNED-PAYLOAD-TRAILER, STREAMING-AWS4-HMAC-SHA256-PAYLOAD, STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER, STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD, STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD-TRAILER or a valid sha256 value."),
            .argument_name = TEXT("x-amz-content-sha256"), .argument_value = sent);
    return OK;
}

static Status check_collected_body(const Checking *checking, Bytes hash)
{
    Call *call = checking->call;
    if (!is_s3(checking) || checking->request->is_flowing || !is_hash(hash))
        return OK;
    Bytes ours = signature_hash(call->arena, checking->request->body);
    if (bytes_equal_ignoring_case(ours, hash))
        return OK;
    return refuse_telling(call, &REFUSE_SHA256,
                          TEXT("The provided 'x-amz-content-sha256' header does not match what was computed."),
                          .client_sha256 = hash, .our_sha256 = ours);
}

static Status check_v4(const Checking *checking)
{
    Call *call = checking->call;
    SignatureProof proof;
    SignatureQuestion question = {.head = checking->request->head,
                                  .signature = &checking->signature,
                                  .secret = checking->principal->secret,
                                  .path = is_s3(checking) ? SIGNATURE_PATH_ONCE : SIGNATURE_PATH_TWICE};
    TRY(check_signed_headers(checking));
    TRY(payload_hash(checking, &question.payload_hash));
    if (!signature_v4_check(call->arena, &question, &proof))
        return refuse_signature(checking, &proof);
    if (is_s3(checking) && bytes_starts_with(question.payload_hash, TEXT(CHUNKS)))
        call->chain = signature_chain_new(call->arena, &checking->signature, question.secret);
    return check_collected_body(checking, question.payload_hash);
}

static Status check_v2(const Checking *checking)
{
    Call *call = checking->call;
    const AuthRequest *request = checking->request;
    const FrontEnd *front_end = request->service->front_end;
    SignatureProof proof;
    SignatureQuestion question = {request->head, &checking->signature, checking->principal->secret,
                                  {0},           SIGNATURE_PATH_ONCE,  request->head->path};
    if (front_end && front_end->path)
        question.resource_path = front_end->path(request->service_state, call->arena, request->head);
    if (signature_v2_check(call->arena, &question, &proof))
        return OK;
    /* Old clients put a slash behind a bucket that stands alone, as it would be in the host. */
    Bytes bucket = question.resource_path;
    question.resource_path = arena_text(call->arena, BYTES_FMT "/", BYTES_ARG(bucket));
    bool is_alone = bucket.len > 1 && bytes_find_last(bucket, '/') == 0;
    return is_alone && signature_v2_check(call->arena, &question, &proof) ? OK : refuse_signature(checking, &proof);
}

static Status check(const Checking *checking)
{
    if (!is_form_taken(checking))
        return refuse_form(checking);
    TRY(check_key(checking));
    if (is_v4(checking))
        TRY(check_scope(checking));
    TRY(check_time(checking));
    TRY(is_v4(checking) ? check_v4(checking) : check_v2(checking));
    return check_token(checking);
}

/* Nobody signed it: S3 has operations for everybody, where a policy says so; STS those that bring a token of others. */
static bool may_be_nobodys(const Checking *checking)
{
    const char *name = checking->call->operation->model->name;
    bool is_token = checking->request->service == &sts_service &&
                    (!strcmp(name, "AssumeRoleWithWebIdentity") || !strcmp(name, "AssumeRoleWithSAML"));
    bool has_form = is_s3(checking) && !strcmp(name, "PostObject");
    return is_token || has_form || (is_s3(checking) && checking->auth->mode != AUTH_SIGNATURE);
}

static Status take_nobody(const Checking *checking)
{
    checking->principal->arn = TEXT("anonymous");
    checking->principal->account = TEXT("anonymous");
    if (may_be_nobodys(checking))
        return OK;
    return refuse(checking, REFUSE_MISSING,
                  is_s3(checking) ? TEXT("Access Denied") : TEXT("Request is missing Authentication Token"));
}

/* Whatever is wrong with the credentials, who they name is taken for who calls; whom nobody knows, for root. */
static Status take_anybody(const Checking *checking)
{
    Call *call = checking->call;
    Principal *principal = checking->principal;
    Bytes access_key = present(checking->signature.access_key) ? checking->signature.access_key : call->access_key;
    int code = present(access_key) ? principal_find(checking->auth, call, access_key, principal) : STORE_NOT_FOUND;
    if (code != STORE_NOT_FOUND)
        return expect_ok(call, code);
    Bytes root = call_root_arn(call);
    *principal = (Principal){.kind = PRINCIPAL_ROOT,
                             .account = call->account,
                             .arn = root,
                             .basis = root,
                             .arn_of_root = root,
                             .user_id = call->account};
    return OK;
}

Status auth_authenticate(Auth *auth, Call *call, const AuthRequest *request)
{
    bool is_rest_xml = request->service->model->protocols & PROTOCOL_REST_XML;
    Checking checking = {.auth = auth,
                         .call = call,
                         .request = request,
                         .style = is_rest_xml         ? REFUSE_AS_S3
                                  : request->is_query ? REFUSE_AS_QUERY
                                                      : REFUSE_AS_JSON};
    checking.principal = arena_new_of(call->arena, Principal);
    checking.signature = signature_read(call->arena, request->head);
    call->principal = checking.principal;
    bool is_nobodys = checking.signature.form == SIGNATURE_ABSENT && is_s3(&checking);
    if (auth->mode == AUTH_SOFT && !is_nobodys)
        return take_anybody(&checking);
    if (checking.signature.form == SIGNATURE_ABSENT)
        return take_nobody(&checking);
    TRY(check(&checking));
    call->account = checking.principal->account;
    call->access_key = checking.signature.access_key;
    return OK;
}

/* aws: S3 API Reference, "Authenticating Requests in Browser-Based Uploads": the policy, in base64, is what is signed.
 */
static Status check_form(Checking *checking, const FormSignature *form)
{
    Arena *arena = checking->call->arena;
    Signature *signature = &checking->signature;
    bool is_right;
    signature->signature = present(form->signature) ? form->signature : TEXT("");
    signature->token = form->token;
    signature->access_key = form->access_key;
    if (present(form->credential) && !signature_read_credential(arena, form->credential, signature))
        return refuse_telling(checking->call, &REFUSE_INVALID_ARGUMENT, TEXT("The X-Amz-Credential field is malformed"),
                              .argument_name = TEXT("X-Amz-Credential"), .argument_value = form->credential);
    TRY(check_key(checking));
    is_right = present(form->credential)
                   ? signature_v4_of_text(arena, signature, checking->principal->secret, form->policy)
                   : signature_v2_of_text(arena, checking->principal->secret, form->policy, signature->signature);
    if (!is_right)
        return refuse_signature(checking, &(SignatureProof){.to_sign = form->policy});
    return check_token(checking);
}

Status authenticate_form(Guard *guard, Call *call, const FormSignature *form)
{
    Auth *auth = owner_of(guard, Auth, guard);
    Checking checking = {.auth = auth, .call = call, .style = REFUSE_AS_S3};
    checking.principal = arena_new_of(call->arena, Principal);
    checking.principal->arn = checking.principal->account = TEXT("anonymous");
    call->principal = checking.principal;
    if (!present(form->policy))
        return auth->mode == AUTH_SIGNATURE ? refuse(&checking, REFUSE_DENIED, TEXT("Access Denied"))
                                            : authorize_form(auth, call, form);
    checking.signature.access_key = form->access_key;
    if (auth->mode == AUTH_SOFT)
        TRY(take_anybody(&checking));
    else
        TRY(check_form(&checking, form));
    call->access_key = checking.signature.access_key;
    return authorize_form(auth, call, form);
}
