/* presigned.c - aws: "Authenticating Requests: Using Query Parameters (AWS Signature Version 4)", and Version 2's
 * Expires. The signature itself is checked before, where signatures are (auth). */
#include "presigned.h"
#include "signature.h"
#include "wire.h"
#include <time.h>

#define EXPIRES_MAX (7 * 24 * 3600)

static Bytes parameter(Call *call, const char *name)
{
    return query_parameter(call->arena, call->head->query, bytes_of(name));
}

static Bytes iso(Call *call, int64_t seconds)
{
    time_t at = (time_t)seconds;
    struct tm tm = {0}; /* stays so for a year that is none: Version 2's Expires may be any number */
    gmtime_r(&at, &tm);
    return arena_text(call->arena, "%04d-%02d-%02dT%02d:%02d:%02dZ", tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday,
                      tm.tm_hour, tm.tm_min, tm.tm_sec);
}

/* <key>/20261127/us-east-1/s3/aws4_request */
static bool is_credential(Bytes text)
{
    size_t slashes = 0;
    for (size_t i = 0; i < text.len; i++)
        slashes += text.ptr[i] == '/';
    return slashes >= 4;
}

static Status check_v4(Call *call, Bytes algorithm)
{
    Bytes date = parameter(call, "X-Amz-Date"), expires = parameter(call, "X-Amz-Expires");
    int64_t from_ms, seconds;
    bool is_whole = present(algorithm) && present(date) && present(expires) &&
                    present(parameter(call, "X-Amz-Credential")) && present(parameter(call, "X-Amz-Signature")) &&
                    present(parameter(call, "X-Amz-SignedHeaders"));
    if (!is_whole)
        return fail(call, &QUERY_PARAMETERS,
                    "Query-string authentication version 4 requires the X-Amz-Algorithm, X-Amz-Credential, "
                    "X-Amz-Signature, X-Amz-Date, X-Amz-SignedHeaders, and X-Amz-Expires parameters.");
    if (!is_credential(parameter(call, "X-Amz-Credential")))
        return fail(
            call, &QUERY_PARAMETERS,
            "Error parsing the X-Amz-Credential parameter; the Credential is mal-formed; expecting \"<YOUR-AKID>/YYYYMMDD/REGION/SERVICE/aws4_request\".");
    if (!signature_read_time(date, &from_ms))
        return fail(call, &QUERY_PARAMETERS, "X-Amz-Date must be in the ISO8601 Long Format \"yyyyMMdd'T'HHmmss'Z'\"");
    if (!bytes_to_int64(expires, &seconds))
        return fail(call, &QUERY_PARAMETERS, "X-Amz-Expires should be a number");
    if (seconds < 0)
        return fail(call, &QUERY_PARAMETERS, "X-Amz-Expires must be non-negative");
    if (seconds > EXPIRES_MAX)
        return fail(call, &QUERY_PARAMETERS,
                    "X-Amz-Expires must be less than a week (in seconds) that is, the given "
                    "X-Amz-Expires must be less than 604800 seconds");
    int64_t until = from_ms / 1000 + seconds;
    if (call->now_ms / 1000 <= until)
        return OK;
    return deny_saying(call, &ACCESS_DENIED, "Request has expired", .x_amz_expires = expires,
                       .expires = iso(call, until), .server_time = iso(call, call->now_ms / 1000));
}

static Status check_v2(Call *call)
{
    int64_t expires;
    if (!present(parameter(call, "Signature")) || !bytes_to_int64(parameter(call, "Expires"), &expires))
        return fail(call, &ACCESS_DENIED,
                    "Query-string authentication requires the Signature, Expires and AWSAccessKeyId parameters");
    if (call->now_ms / 1000 <= expires)
        return OK;
    return deny_saying(call, &ACCESS_DENIED, "Request has expired", .expires = iso(call, expires),
                       .server_time = iso(call, call->now_ms / 1000));
}

Status presigned_check(Call *call)
{
    if (!call->head || !present(call->head->query))
        return OK;
    Bytes algorithm = parameter(call, "X-Amz-Algorithm");
    if (present(algorithm) || present(parameter(call, "X-Amz-Credential")))
        return check_v4(call, algorithm);
    return present(parameter(call, "AWSAccessKeyId")) ? check_v2(call) : OK;
}
