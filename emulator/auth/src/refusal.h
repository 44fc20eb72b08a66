/* refusal.h - what is wrong with credentials, and how each kind of protocol says so. */
#pragma once
#include "state.h"

typedef enum Refusal {
    REFUSE_MISSING,
    REFUSE_INCOMPLETE,
    REFUSE_UNKNOWN_KEY,
    REFUSE_TOKEN,
    REFUSE_EXPIRED_TOKEN,
    REFUSE_MISMATCH,
    REFUSE_TIME,
    REFUSE_SCOPE,
    REFUSE_DENIED,
    REFUSALS
} Refusal;

typedef enum RefusalStyle { REFUSE_AS_JSON, REFUSE_AS_QUERY, REFUSE_AS_S3, REFUSAL_STYLES } RefusalStyle;

/* What S3 tells besides; each absent where it isn't told. X(member, element) */
#define REFUSAL_FIELDS(X)                                                                                              \
    X(access_key, "AWSAccessKeyId")                                                                                    \
    X(to_sign, "StringToSign")                                                                                         \
    X(provided, "SignatureProvided")                                                                                   \
    X(to_sign_bytes, "StringToSignBytes")                                                                              \
    X(canonical, "CanonicalRequest")                                                                                   \
    X(canonical_bytes, "CanonicalRequestBytes")                                                                        \
    X(request_time, "RequestTime")                                                                                     \
    X(server_time, "ServerTime")                                                                                       \
    X(max_skew, "MaxAllowedSkewMilliseconds")                                                                          \
    X(headers, "HeadersNotSigned")                                                                                     \
    X(argument_name, "ArgumentName")                                                                                   \
    X(argument_value, "ArgumentValue")                                                                                 \
    X(client_sha256, "ClientComputedContentSHA256")                                                                    \
    X(our_sha256, "S3ComputedContentSHA256")
typedef struct RefusalFields {
#define MEMBER(member, element) Bytes member;
    REFUSAL_FIELDS(MEMBER)
#undef MEMBER
} RefusalFields;

const ErrorModel *refusal_error(RefusalStyle style, Refusal refusal);
/* An S3 error by its own code: {"InvalidRequest", 400}. */
extern const ErrorModel REFUSE_INVALID_REQUEST, REFUSE_INVALID_ARGUMENT, REFUSE_SHA256, REFUSE_QUERY_PARAMETERS,
    REFUSE_NOT_IMPLEMENTED;
#define refuse_telling(call, error, words, ...) refuse_with((call), (error), (words), &(RefusalFields){__VA_ARGS__})
MUST_CHECK Status refuse_with(Call *call, const ErrorModel *error, Bytes words, const RefusalFields *fields);
/* 61 62 63 */
Bytes refusal_bytes(Arena *arena, Bytes text);
