/* refusal.c - aws: Common Errors of each API reference; S3 API Reference, "Error responses"; what S3 tells beside a
 * code is as its own answers have it. */
#include "refusal.h"
#include <stddef.h>

static const Shape text = {.name = "String", .kind = KIND_STRING, .size = sizeof(Bytes), .min = NO_MIN, .max = NO_MAX};

#define FIELD(member, element)                                                                                         \
    {.name = {element, sizeof element - 1},                                                                            \
     .path = element,                                                                                                  \
     .shape = &text,                                                                                                   \
     .offset = offsetof(RefusalFields, member),                                                                        \
     .has_offset = NO_OFFSET,                                                                                          \
     .location = IN_BODY},
static const Field fields[] = {REFUSAL_FIELDS(FIELD)};
static const Shape told = {.name = "Error",
                           .kind = KIND_STRUCTURE,
                           .size = sizeof(RefusalFields),
                           .min = NO_MIN,
                           .max = NO_MAX,
                           .fields = fields,
                           .fields_count = sizeof fields / sizeof *fields};

#define OF_S3(code, status)                                                                                            \
    {                                                                                                                  \
        code, NULL, NULL, status, true, "Message", &told                                                               \
    }
#define OF_JSON(code)                                                                                                  \
    {                                                                                                                  \
        code, "com.amazon.coral.service", NULL, 400, true, "message", NULL                                             \
    }
#define OF_QUERY(code, query_code, status)                                                                             \
    {                                                                                                                  \
        code, NULL, query_code, status, true, "message", NULL                                                          \
    }

static const ErrorModel errors[REFUSAL_STYLES][REFUSALS] = {
    [REFUSE_AS_JSON] =
        {
            [REFUSE_MISSING] = OF_JSON("MissingAuthenticationTokenException"),
            [REFUSE_INCOMPLETE] = OF_JSON("IncompleteSignatureException"),
            [REFUSE_UNKNOWN_KEY] = OF_JSON("UnrecognizedClientException"),
            [REFUSE_TOKEN] = OF_JSON("UnrecognizedClientException"),
            [REFUSE_EXPIRED_TOKEN] = OF_JSON("ExpiredTokenException"),
            [REFUSE_MISMATCH] = OF_JSON("InvalidSignatureException"),
            [REFUSE_TIME] = OF_JSON("InvalidSignatureException"),
            [REFUSE_SCOPE] = OF_JSON("InvalidSignatureException"),
            [REFUSE_DENIED] = OF_JSON("AccessDeniedException"),
        },
    [REFUSE_AS_QUERY] =
        {
            [REFUSE_MISSING] = OF_QUERY("MissingAuthenticationTokenException", "MissingAuthenticationToken", 403),
            [REFUSE_INCOMPLETE] = OF_QUERY("IncompleteSignatureException", "IncompleteSignature", 400),
            [REFUSE_UNKNOWN_KEY] = OF_QUERY("UnrecognizedClientException", "InvalidClientTokenId", 403),
            [REFUSE_TOKEN] = OF_QUERY("UnrecognizedClientException", "InvalidClientTokenId", 403),
            [REFUSE_EXPIRED_TOKEN] = OF_QUERY("ExpiredTokenException", "ExpiredToken", 403),
            [REFUSE_MISMATCH] = OF_QUERY("InvalidSignatureException", "SignatureDoesNotMatch", 403),
            [REFUSE_TIME] = OF_QUERY("InvalidSignatureException", "SignatureDoesNotMatch", 403),
            [REFUSE_SCOPE] = OF_QUERY("InvalidSignatureException", "SignatureDoesNotMatch", 403),
            [REFUSE_DENIED] = OF_QUERY("AccessDeniedException", "AccessDenied", 403),
        },
    [REFUSE_AS_S3] =
        {
            [REFUSE_MISSING] = OF_S3("AccessDenied", 403),
            [REFUSE_INCOMPLETE] = OF_S3("AuthorizationHeaderMalformed", 400),
            [REFUSE_UNKNOWN_KEY] = OF_S3("InvalidAccessKeyId", 403),
            [REFUSE_TOKEN] = OF_S3("InvalidToken", 400),
            [REFUSE_EXPIRED_TOKEN] = OF_S3("ExpiredToken", 400),
            [REFUSE_MISMATCH] = OF_S3("SignatureDoesNotMatch", 403),
            [REFUSE_TIME] = OF_S3("RequestTimeTooSkewed", 403),
            [REFUSE_SCOPE] = OF_S3("AuthorizationHeaderMalformed", 400),
            [REFUSE_DENIED] = OF_S3("AccessDenied", 403),
        },
};

const ErrorModel REFUSE_INVALID_REQUEST = OF_S3("InvalidRequest", 400);
const ErrorModel REFUSE_INVALID_ARGUMENT = OF_S3("InvalidArgument", 400);
const ErrorModel REFUSE_SHA256 = OF_S3("XAmzContentSHA256Mismatch", 400);
const ErrorModel REFUSE_QUERY_PARAMETERS = OF_S3("AuthorizationQueryParametersError", 400);
const ErrorModel REFUSE_NOT_IMPLEMENTED = OF_S3("NotImplemented", 501);

const ErrorModel *refusal_error(RefusalStyle style, Refusal refusal)
{
    return &errors[style][refusal];
}

Status refuse_with(Call *call, const ErrorModel *error, Bytes words, const RefusalFields *told_fields)
{
    RefusalFields *kept = arena_new_of(call->arena, RefusalFields);
    *kept = *told_fields;
    return fail_with(call, error, error->shape ? kept : NULL, BYTES_FMT, BYTES_ARG(words));
}

Bytes refusal_bytes(Arena *arena, Bytes octets)
{
    char *out = arena_take_raw(arena, 3 * octets.len + 1);
    for (size_t i = 0; i < octets.len; i++) {
        unsigned char c = (unsigned char)octets.ptr[i];
        out[3 * i] = "0123456789abcdef"[c >> 4];
        out[3 * i + 1] = "0123456789abcdef"[c & 15];
        out[3 * i + 2] = ' ';
    }
    return (Bytes){out, octets.len ? 3 * octets.len - 1 : 0};
}
