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

static void allow(Arena *arena, const S3CORSRule *rule, const Question *asked, const Bytes *pattern,
                  HttpResponse *response)
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
    response->headers = headers;
    response->headers_count = count;
}

static void refuse(Arena *arena, const char *method, bool is_object, HttpResponse *response)
{
    HttpHeader *headers = arena_new_array(arena, HttpHeader, 1);
    headers[0] = (HttpHeader){TEXT("content-type"), TEXT("application/xml")};
    response->status = 403;
    response->headers = headers;
    response->headers_count = 1;
    buffer_append_format(&response->body,
                         "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>AccessForbidden</Code><Message>%s"
                         "</Message><Method>%s</Method><ResourceType>%s</ResourceType></Error>",
                         NOT_ALLOWED, method, is_object ? "OBJECT" : "BUCKET");
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

static bool read_rules(S3 *s3, HttpRequest *request, Bytes name, S3CORSConfiguration *ret_cors)
{
    Call call = {.scope = scope_of_runtime(s3->runtime, s3, request->arena)};
    Bucket bucket;
    bool is_there = false;
    return bucket_find(&call, name, &bucket) == STORE_OK &&
           is_ok(document_read(&call, &bucket, "cors", &S3_SHAPE_CORS_CONFIGURATION, ret_cors, &is_there)) && is_there;
}

bool cors_preflight(void *service, HttpRequest *request, HttpResponse *response)
{
    S3CORSConfiguration cors = {0};
    HttpHead head = http_head(request);
    Question asked = {http_header(request, "origin"), http_header(request, "access-control-request-method"),
                      http_header(request, "access-control-request-headers")};
    Bytes rest = s3_path(service, request->arena, &head), name;
    (void)bytes_cut(&rest, '/');
    name = present(rest) ? bytes_cut(&rest, '/') : (Bytes){0};
    if (!name.len || !unescape_path(request->arena, name, &name) || !read_rules(service, request, name, &cors))
        return false;
    for (size_t i = 0; i < cors.cors_rules.len; i++) {
        const Bytes *pattern = meets(&cors.cors_rules.items[i], &asked);
        if (!pattern)
            continue;
        allow(request->arena, &cors.cors_rules.items[i], &asked, pattern, response);
        return true;
    }
    refuse(request->arena, method_told(asked.method), present(rest) && rest.len, response);
    return true;
}
