/* read.c - the Authorization header, or the query that has the same in it. */
#include "encoding.h"
#include "signature.h"
#include <time.h>

#define V4  "AWS4-HMAC-SHA256"
#define V4A "AWS4-ECDSA-P256-SHA256"

bool signature_read_time(Bytes text, int64_t *ret_ms)
{
    struct tm tm = {0};
    char copy[17];
    if (text.len != 16)
        return false;
    memcpy(copy, text.ptr, 16);
    copy[16] = 0;
    const char *end = strptime(copy, "%Y%m%dT%H%M%SZ", &tm);
    if (!end || *end)
        return false;
    *ret_ms = (int64_t)timegm(&tm) * 1000;
    return true;
}

Bytes signature_time_text(Arena *arena, int64_t ms)
{
    time_t at = (time_t)(ms / 1000);
    struct tm tm;
    gmtime_r(&at, &tm);
    return arena_text(arena, "%04d%02d%02dT%02d%02d%02dZ", tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday, tm.tm_hour,
                      tm.tm_min, tm.tm_sec);
}

Bytes signature_time_extended(Arena *arena, int64_t ms)
{
    Bytes t = signature_time_text(arena, ms);
    return arena_text(arena, "%.4s-%.2s-%.2sT%.2s:%.2s:%.2sZ", t.ptr, t.ptr + 4, t.ptr + 6, t.ptr + 9, t.ptr + 11,
                      t.ptr + 13);
}

/* "Fri, 27 Nov 2026 03:37:16 GMT", or +0000. */
static bool read_http_date(Arena *arena, Bytes text, int64_t *ret_ms)
{
    struct tm tm = {0};
    if (text.len > 64)
        return false;
    const char *end = strptime(arena_cstr(arena, text), "%a, %d %b %Y %H:%M:%S", &tm);
    if (!end || (strcmp(end, " GMT") && strcmp(end, " +0000") && strcmp(end, " UTC")))
        return false;
    *ret_ms = (int64_t)timegm(&tm) * 1000;
    return true;
}

static void read_time(Arena *arena, Bytes text, Signature *ret)
{
    if (signature_read_time(text, &ret->time_ms)) {
        ret->has_time = true;
        ret->time = text;
    } else if (present(text) && read_http_date(arena, text, &ret->time_ms)) {
        ret->has_time = true;
        ret->time = signature_time_text(arena, ret->time_ms);
    }
}

bool signature_read_credential(Arena *arena, Bytes credential, Signature *ret)
{
    Bytes *const parts[] = {&ret->access_key, &ret->date, &ret->region, &ret->service, &ret->terminator};
    Bytes rest = credential;
    for (size_t i = 0; i < 5; i++) {
        if (!present(rest))
            return false;
        *parts[i] = bytes_cut(&rest, '/');
    }
    if (present(rest) || !ret->access_key.len)
        return false;
    ret->scope = arena_text(arena, BYTES_FMT "/" BYTES_FMT "/" BYTES_FMT "/" BYTES_FMT, BYTES_ARG(ret->date),
                            BYTES_ARG(ret->region), BYTES_ARG(ret->service), BYTES_ARG(ret->terminator));
    return true;
}

static void complain(Arena *arena, Signature *ret, const char *what, Bytes about)
{
    Bytes before = present(ret->complaint) ? ret->complaint : TEXT("");
    ret->complaint =
        arena_text(arena, BYTES_FMT "%s%s" BYTES_FMT, BYTES_ARG(before), before.len ? " " : "", what, BYTES_ARG(about));
}

static void take_credential(Arena *arena, Bytes credential, Signature *ret)
{
    if (signature_read_credential(arena, credential, ret))
        return;
    Bytes about = arena_text(arena, "'" BYTES_FMT "'", BYTES_ARG(credential));
    complain(arena, ret,
             "Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term, got ",
             about);
}

/* aws: recorded by users: "'…' not a valid key=value pair (missing equal-sign) in Authorization header: '…'." */
static void take_part(Arena *arena, Bytes part, Bytes authorization, Bytes *credential, Signature *ret)
{
    Bytes value = part, name = bytes_cut(&value, '=');
    if (!present(value)) {
        Bytes about = arena_text(
            arena,
            "'" BYTES_FMT "' not a valid key=value pair (missing equal-sign) in Authorization header: '" BYTES_FMT "'.",
            BYTES_ARG(part), BYTES_ARG(authorization));
        complain(arena, ret, "", about);
    } else if (bytes_is(name, "Credential")) {
        *credential = value;
    } else if (bytes_is(name, "SignedHeaders")) {
        ret->signed_headers = value;
    } else if (bytes_is(name, "Signature")) {
        ret->signature = value;
    }
}

static void read_v4_header(Arena *arena, const HttpHead *head, Bytes authorization, Signature *ret)
{
    Bytes rest = authorization, credential = {0},
          about = arena_text(arena, "Authorization=" BYTES_FMT, BYTES_ARG(authorization));
    (void)bytes_cut(&rest, ' ');
    while (present(rest)) {
        Bytes word = bytes_cut(&rest, ' ');
        while (present(word)) {
            Bytes part = bytes_cut(&word, ',');
            if (part.len)
                take_part(arena, part, authorization, &credential, ret);
        }
    }
    Bytes time = http_head_field(head, "x-amz-date");
    read_time(arena, present(time) ? time : http_head_field(head, "date"), ret);
    bool was_whole = !present(ret->complaint);
    if (was_whole && !present(credential))
        complain(arena, ret, "Authorization header requires 'Credential' parameter.", TEXT(""));
    if (was_whole && !present(ret->signature))
        complain(arena, ret, "Authorization header requires 'Signature' parameter.", TEXT(""));
    if (was_whole && !present(ret->signed_headers))
        complain(arena, ret, "Authorization header requires 'SignedHeaders' parameter.", TEXT(""));
    if (was_whole && !ret->has_time)
        complain(arena, ret, "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header.",
                 TEXT(""));
    if (was_whole && present(ret->complaint))
        complain(arena, ret, "", about);
    if (present(credential))
        take_credential(arena, credential, ret);
    ret->token = http_head_field(head, "x-amz-security-token");
}

static void read_v4_query(Arena *arena, const HttpHead *head, Signature *ret)
{
    static const char *const names[] = {"X-Amz-Credential", "X-Amz-Signature", "X-Amz-SignedHeaders", "X-Amz-Date"};
    Bytes values[4];
    for (size_t i = 0; i < 4; i++) {
        values[i] = encoding_parameter(arena, head->query, bytes_of(names[i]));
        if (!present(values[i]))
            complain(arena, ret, "AWS query-string parameters must include '",
                     arena_text(arena, "%s'. Re-examine the query-string parameters.", names[i]));
    }
    if (present(values[0]))
        take_credential(arena, values[0], ret);
    ret->signature = values[1];
    ret->signed_headers = values[2];
    read_time(arena, values[3], ret);
    if (present(values[3]) && !ret->has_time)
        complain(arena, ret, "Date must be in ISO-8601 'basic format'. Got '",
                 arena_text(arena, BYTES_FMT "'. See http://en.wikipedia.org/wiki/ISO_8601", BYTES_ARG(values[3])));
    ret->expires = encoding_parameter(arena, head->query, TEXT("X-Amz-Expires"));
    ret->token = encoding_parameter(arena, head->query, TEXT("X-Amz-Security-Token"));
}

static void read_v2_header(Arena *arena, const HttpHead *head, Bytes authorization, Signature *ret)
{
    ret->signature = bytes_slice(authorization, 4, authorization.len - 4);
    ret->access_key = bytes_cut(&ret->signature, ':');
    if (!present(ret->signature))
        complain(arena, ret, "AWS authorization header is invalid.  Expected AwsAccessKeyId:signature", TEXT(""));
    Bytes time = http_head_field(head, "x-amz-date");
    ret->time = present(time) ? time : http_head_field(head, "date");
    ret->has_time = present(ret->time) &&
                    (read_http_date(arena, ret->time, &ret->time_ms) || signature_read_time(ret->time, &ret->time_ms));
    ret->token = http_head_field(head, "x-amz-security-token");
}

static void read_v2_query(Arena *arena, const HttpHead *head, Signature *ret)
{
    ret->access_key = encoding_parameter(arena, head->query, TEXT("AWSAccessKeyId"));
    ret->signature = encoding_parameter(arena, head->query, TEXT("Signature"));
    ret->expires = encoding_parameter(arena, head->query, TEXT("Expires"));
    ret->token = encoding_parameter(arena, head->query, TEXT("x-amz-security-token"));
}

static SignatureForm form_of(Arena *arena, const HttpHead *head, Bytes authorization)
{
    if (bytes_starts_with(authorization, TEXT(V4A)))
        return SIGNATURE_V4A;
    if (bytes_starts_with(authorization, TEXT(V4)))
        return SIGNATURE_V4_HEADER;
    if (bytes_starts_with(authorization, TEXT("AWS ")))
        return SIGNATURE_V2_HEADER;
    if (present(authorization))
        return SIGNATURE_OTHER;
    if (!present(head->query))
        return SIGNATURE_ABSENT;
    Bytes algorithm = encoding_parameter(arena, head->query, TEXT("X-Amz-Algorithm"));
    if (present(algorithm) || present(encoding_parameter(arena, head->query, TEXT("X-Amz-Credential"))))
        return bytes_is(algorithm, V4A) ? SIGNATURE_V4A : SIGNATURE_V4_QUERY;
    bool is_v2 = present(encoding_parameter(arena, head->query, TEXT("AWSAccessKeyId")));
    return is_v2 && present(encoding_parameter(arena, head->query, TEXT("Signature"))) ? SIGNATURE_V2_QUERY
                                                                                       : SIGNATURE_ABSENT;
}

Signature signature_read(Arena *arena, const HttpHead *head)
{
    Bytes authorization = http_head_field(head, "authorization");
    Signature read = {.form = form_of(arena, head, authorization)};
    switch (read.form) {
    case SIGNATURE_V4_HEADER:
        read_v4_header(arena, head, authorization, &read);
        break;
    case SIGNATURE_V4_QUERY:
        read_v4_query(arena, head, &read);
        break;
    case SIGNATURE_V2_HEADER:
        read_v2_header(arena, head, authorization, &read);
        break;
    case SIGNATURE_V2_QUERY:
        read_v2_query(arena, head, &read);
        break;
    case SIGNATURE_OTHER:
        complain(
            arena, &read,
            "Authorization header requires 'Credential' parameter. Authorization header requires 'Signature' parameter. Authorization header requires 'SignedHeaders' parameter. Authorization=",
            authorization);
        break;
    case SIGNATURE_ABSENT:
    case SIGNATURE_V4A:
        break;
    }
    return read;
}
