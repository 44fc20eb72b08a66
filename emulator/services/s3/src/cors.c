/* cors.c - aws: User Guide, "Using cross-origin resource sharing": the first rule that has the origin, the method and
 * all header fields that are asked for answers; the words are AWS's (recorded). */
#include "cors.h"
#include "address.h"
#include "documents.h"
#include "escape.h"
#include "state.h"

#define VARY TEXT("Origin, Access-Control-Request-Headers, Access-Control-Request-Method")
#define NOT_ALLOWED                                                                                                    \
    "CORSResponse: This CORS request is not allowed. This is usually because the evalution of Origin, request method " \
    "/ Access-Control-Request-Method or Access-Control-Request-Headers are not whitelisted by the resource's CORS spec."

typedef struct Question {
    Bytes origin, method, headers; /* the header fields asked for; absent: none */
} Question;

/* At most one "*", for any text. */
static bool fits(Bytes pattern, Bytes text, bool any_case)
{
    ptrdiff_t star = bytes_find(pattern, '*');
    if (star < 0)
        return any_case ? bytes_equal_ignoring_case(pattern, text) : bytes_equal(pattern, text);
    Bytes before = bytes_slice(pattern, 0, (size_t)star),
          behind = bytes_slice(pattern, (size_t)star + 1, pattern.len - (size_t)star - 1);
    if (text.len < before.len + behind.len)
        return false;
    return fits(before, bytes_slice(text, 0, before.len), any_case) &&
           fits(behind, bytes_slice(text, text.len - behind.len, behind.len), any_case);
}

static const Bytes *find_pattern(const Bytes *patterns, size_t count, Bytes text, bool any_case)
{
    for (size_t i = 0; i < count; i++)
        if (fits(patterns[i], text, any_case))
            return &patterns[i];
    return NULL;
}

static Bytes next_header(Bytes *rest)
{
    Bytes one = bytes_cut(rest, ',');
    while (one.len && one.ptr[0] == ' ')
        one = bytes_slice(one, 1, one.len - 1);
    while (one.len && one.ptr[one.len - 1] == ' ')
        one.len--;
    return one;
}

static bool has_headers(const S3CORSRule *rule, Bytes asked)
{
    while (present(asked)) {
        Bytes one = next_header(&asked);
        if (one.len && !find_pattern(rule->allowed_headers.items, rule->allowed_headers.len, one, true))
            return false;
    }
    return true;
}

/* The origin's pattern; NULL: the rule is not of this question. */
static const Bytes *meets(const S3CORSRule *rule, const Question *asked)
{
    const Bytes *origin = find_pattern(rule->allowed_origins.items, rule->allowed_origins.len, asked->origin, false);
    bool has_method = find_pattern(rule->allowed_methods.items, rule->allowed_methods.len, asked->method, false);
    return origin && has_method && has_headers(rule, asked->headers) ? origin : NULL;
}

static Bytes joined(Arena *arena, const Bytes *items, size_t count)
{
    Bytes text = TEXT("");
    for (size_t i = 0; i < count; i++)
        text = arena_text(arena, BYTES_FMT "%s" BYTES_FMT, BYTES_ARG(text), i ? ", " : "", BYTES_ARG(items[i]));
    return text;
}

static Bytes asked_again(Arena *arena, Bytes asked)
{
    Bytes text = TEXT("");
    while (present(asked)) {
        Bytes one = next_header(&asked);
        char *lower = arena_take_raw(arena, one.len);
        for (size_t i = 0; i < one.len; i++)
            lower[i] = (char)(one.ptr[i] >= 'A' && one.ptr[i] <= 'Z' ? one.ptr[i] | 0x20 : one.ptr[i]);
        text = arena_text(arena, BYTES_FMT "%s" BYTES_FMT, BYTES_ARG(text), text.len ? ", " : "",
                          BYTES_ARG(((Bytes){lower, one.len})));
    }
    return text;
}

static const HttpHeader *allow(Arena *arena, const S3CORSRule *rule, const Question *asked, const Bytes *pattern,
                               size_t *ret_count)
{
    HttpHeader *headers = arena_new_array(arena, HttpHeader, 7);
    size_t count = 0;
    bool is_anybody = bytes_is(*pattern, "*");
    headers[count++] = (HttpHeader){TEXT("access-control-allow-origin"), is_anybody ? *pattern : asked->origin};
    if (!is_anybody)
        headers[count++] = (HttpHeader){TEXT("access-control-allow-credentials"), TEXT("true")};
    headers[count++] = (HttpHeader){TEXT("access-control-allow-methods"),
                                    joined(arena, rule->allowed_methods.items, rule->allowed_methods.len)};
    if (present(asked->headers))
        headers[count++] = (HttpHeader){TEXT("access-control-allow-headers"), asked_again(arena, asked->headers)};
    if (rule->expose_headers.len)
        headers[count++] = (HttpHeader){TEXT("access-control-expose-headers"),
                                        joined(arena, rule->expose_headers.items, rule->expose_headers.len)};
    if (rule->has_max_age_seconds)
        headers[count++] = (HttpHeader){TEXT("access-control-max-age"), arena_text(arena, "%d", rule->max_age_seconds)};
    headers[count++] = (HttpHeader){TEXT("vary"), VARY};
    *ret_count = count;
    return headers;
}

static Bytes chance(S3 *s3, Arena *arena, size_t len)
{
    static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    char *text = arena_take_raw(arena, len);
    random_fill(s3->runtime->random, text, len);
    for (size_t i = 0; i < len; i++)
        text[i] = letters[(unsigned char)text[i] & 31];
    return (Bytes){text, len};
}

static void refuse(S3 *s3, Arena *arena, const char *method, bool is_object, HttpResponse *response)
{
    HttpHeader *headers = arena_new_array(arena, HttpHeader, 3);
    Bytes id = chance(s3, arena, 16), host_id = chance(s3, arena, 76);
    headers[0] = (HttpHeader){TEXT("content-type"), TEXT("application/xml")};
    headers[1] = (HttpHeader){TEXT("x-amz-request-id"), id};
    headers[2] = (HttpHeader){TEXT("x-amz-id-2"), host_id};
    response->status = 403;
    response->headers = headers;
    response->headers_count = 3;
    buffer_append_format(&response->body,
                         "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>AccessForbidden</Code><Message>%s"
                         "</Message><Method>%s</Method><ResourceType>%s</ResourceType><RequestId>" BYTES_FMT
                         "</RequestId><HostId>" BYTES_FMT "</HostId></Error>",
                         NOT_ALLOWED, method, is_object ? "OBJECT" : "BUCKET", BYTES_ARG(id), BYTES_ARG(host_id));
}

/* The method is told only where it is one: nothing that was sent comes back unlooked at. */
static const char *method_told(Bytes method)
{
    static const char *const names[] = {"GET", "PUT", "HEAD", "POST", "DELETE"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (bytes_is(method, names[i]))
            return names[i];
    return "OPTIONS";
}

static bool read_rules(Call *call, Bytes name, S3CORSConfiguration *ret_cors)
{
    Bucket bucket;
    bool is_there = false;
    return bucket_find(call, name, &bucket) == STORE_OK &&
           is_ok(document_read(call, &bucket, "cors", &S3_SHAPE_CORS_CONFIGURATION, ret_cors, &is_there)) && is_there;
}

/* The rules of the bucket that is asked for; false: it has none. */
static bool find_rules(Call *call, const HttpHead *head, S3CORSConfiguration *ret_cors, bool *ret_is_object)
{
    Bytes rest = s3_path(call->service, call->arena, head), name;
    (void)bytes_cut(&rest, '/');
    name = present(rest) ? bytes_cut(&rest, '/') : (Bytes){0};
    *ret_is_object = present(rest) && rest.len;
    return name.len && unescape_path(call->arena, name, &name) && read_rules(call, name, ret_cors);
}

static const HttpHeader *find_answer(Arena *arena, const S3CORSConfiguration *cors, const Question *asked,
                                     size_t *ret_count)
{
    for (size_t i = 0; i < cors->cors_rules.len; i++) {
        const Bytes *pattern = meets(&cors->cors_rules.items[i], asked);
        if (pattern)
            return allow(arena, &cors->cors_rules.items[i], asked, pattern, ret_count);
    }
    *ret_count = 0;
    return NULL;
}

bool cors_preflight(void *service, HttpRequest *request, HttpResponse *response)
{
    S3 *s3 = service;
    S3CORSConfiguration cors = {0};
    bool is_object;
    HttpHead head = http_head(request);
    Question asked = {http_header(request, "origin"), http_header(request, "access-control-request-method"),
                      http_header(request, "access-control-request-headers")};
    Call call = {.scope = scope_of_runtime(s3->runtime, s3, request->arena)};
    if (!find_rules(&call, &head, &cors, &is_object))
        return false;
    response->headers = find_answer(request->arena, &cors, &asked, &response->headers_count);
    if (!response->headers)
        refuse(s3, request->arena, method_told(asked.method), is_object, response);
    return true;
}

/* What a GET asks of a preflight is taken at its word (recorded). */
Status cors_answer(Call *call)
{
    S3CORSConfiguration cors = {0};
    bool is_there, is_object;
    if (!call->head || !present(http_head_field(call->head, "origin")))
        return OK;
    TRY(some_bucket_has(call, WATCHED_CORS, &is_there));
    if (!is_there || !find_rules(call, call->head, &cors, &is_object))
        return OK;
    Question asked = {http_head_field(call->head, "origin"),
                      http_head_field(call->head, "access-control-request-method"),
                      http_head_field(call->head, "access-control-request-headers")};
    if (!present(asked.method))
        asked.method = call->head->method;
    call->origin_headers = find_answer(call->arena, &cors, &asked, &call->origin_headers_count);
    if (!call->origin_headers)
        call->origin_headers = arena_new_of(call->arena, HttpHeader);
    return OK;
}
