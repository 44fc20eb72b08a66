/* gate.c */
#include "gate.h"
#include <stdlib.h>
#include <string.h>

#define KNOWN_HOST_MAX 256

struct Gate {
    char *hosts, *origins, *domains;
    char known_host[KNOWN_HOST_MAX]; /* the last that was let in: clients ask again and again by the same */
    size_t known_host_len;
};

/* Names that no stranger can make the public DNS answer for: reserved ones (RFC 6761, RFC 6762, ICANN's .internal,
 * Kubernetes' .svc), AWS's own, and the one of LocalStack that many suites are set to. */
static const char *const usual_hosts[] = {
    "localhost",
    "*.localhost",
    "*.internal",
    "*.local",
    "*.test",
    "*.svc",
    "*.localdomain",
    "*.amazonaws.com",
    "*.amazonaws.com.cn",
    "*.api.aws",
    "localhost.localstack.cloud",
    "*.localhost.localstack.cloud",
};

static const char host_refusal[] =
    "The Host of this request is not one evpoc-emu answers to, which keeps web pages from reaching it by "
    "DNS rebinding. If it is meant, start it with --allow-hosts NAME (EVPOC_ALLOW_HOSTS).";
static const char origin_refusal[] =
    "This request comes, or may come, from a web page of another origin. Pages on localhost may call AWS's operations "
    "with CORS; for others, start evpoc-emu with --allow-origins ORIGIN (EVPOC_ALLOW_ORIGINS).";

Gate *gate_new(const char *allow_hosts, const char *allow_origins)
{
    Gate *gate = calloc(1, sizeof *gate);
    if (!gate)
        abort();
    gate->hosts = strdup(allow_hosts ? allow_hosts : "");
    gate->origins = strdup(allow_origins ? allow_origins : "");
    if (!gate->hosts || !gate->origins)
        abort();
    return gate;
}

void gate_allow_domains(Gate *gate, const char *domains)
{
    free(gate->domains);
    gate->domains = domains ? strdup(domains) : NULL;
}

Gate *gate_free(Gate *gate)
{
    if (gate) {
        free(gate->hosts);
        free(gate->origins);
        free(gate->domains);
    }
    free(gate);
    return NULL;
}

/* A word of a list like "a, b c"; absent at its end. */
static Bytes next_word(Bytes *list)
{
    size_t from = 0, to;
    while (from < list->len && strchr(", ", list->ptr[from]))
        from++;
    for (to = from; to < list->len && !strchr(", ", list->ptr[to]);)
        to++;
    Bytes word = bytes_slice(*list, from, to - from);
    *list = bytes_slice(*list, to, list->len - to);
    return word.len ? word : (Bytes){0};
}

static bool ends_with(Bytes text, Bytes end)
{
    return text.len >= end.len && bytes_equal_ignoring_case(bytes_slice(text, text.len - end.len, end.len), end);
}

static bool lies_under(Bytes domain, Bytes host)
{
    return host.len > domain.len + 1 && ends_with(host, domain) && host.ptr[host.len - domain.len - 1] == '.';
}

/* "name", "*.domain" (what lies under it, not itself) or "*". */
static bool names_host(Bytes pattern, Bytes host)
{
    if (bytes_is(pattern, "*"))
        return true;
    if (bytes_starts_with(pattern, TEXT("*.")))
        return host.len >= pattern.len && ends_with(host, bytes_slice(pattern, 1, pattern.len - 1));
    return bytes_equal_ignoring_case(pattern, host);
}

static Bytes without_port(Bytes host)
{
    ptrdiff_t colon = bytes_find_last(host, ':');
    if (host.len && host.ptr[0] == '[')
        return bytes_slice(host, 0, (size_t)bytes_find_last(host, ']') + 1);
    host = colon < 0 ? host : bytes_slice(host, 0, (size_t)colon);
    return host.len > 1 && host.ptr[host.len - 1] == '.' ? bytes_slice(host, 0, host.len - 1) : host;
}

/* An address can't be rebound, and a name without a dot is one of this machine or its network: "evpoc-emu" in compose.
 */
static bool is_address_or_bare(Bytes host)
{
    size_t dots = 0, digits = 0;
    if (host.len && host.ptr[0] == '[')
        return true;
    for (size_t i = 0; i < host.len; i++) {
        dots += host.ptr[i] == '.';
        digits += host.ptr[i] >= '0' && host.ptr[i] <= '9';
    }
    return !dots || (dots == 3 && digits + dots == host.len);
}

bool gate_is_allowed_host(const Gate *gate, Bytes host)
{
    if (is_address_or_bare(host))
        return true;
    for (size_t i = 0; i < sizeof usual_hosts / sizeof *usual_hosts; i++)
        if (names_host(bytes_of(usual_hosts[i]), host))
            return true;
    Bytes word, list = bytes_of(gate->hosts);
    while (present(word = next_word(&list)))
        if (names_host(word, host))
            return true;
    list = bytes_of(gate->domains ? gate->domains : "");
    while (present(word = next_word(&list)))
        if (bytes_equal_ignoring_case(word, host) || lies_under(word, host))
            return true;
    return false;
}

static bool host_comes_in(Gate *gate, Bytes host)
{
    if (!present(host) || bytes_equal(host, (Bytes){gate->known_host, gate->known_host_len}))
        return true; /* a browser always names it */
    if (!gate_is_allowed_host(gate, without_port(host)))
        return false;
    if (host.len <= sizeof gate->known_host) {
        memcpy(gate->known_host, host.ptr, host.len);
        gate->known_host_len = host.len;
    }
    return true;
}

/* "https://app.example:3000"; "http://localhost:*" is any port of it, and "*" any origin. */
static bool names_origin(Bytes pattern, Bytes origin)
{
    if (bytes_is(pattern, "*") || bytes_equal_ignoring_case(pattern, origin))
        return true;
    if (!ends_with(pattern, TEXT(":*")))
        return false;
    Bytes start = bytes_slice(pattern, 0, pattern.len - 2);
    return origin.len >= start.len && bytes_equal_ignoring_case(bytes_slice(origin, 0, start.len), start) &&
           (origin.len == start.len || origin.ptr[start.len] == ':');
}

static bool is_allowed_origin(const Gate *gate, Bytes origin)
{
    Bytes word, list = bytes_of(gate->origins);
    while (present(word = next_word(&list)))
        if (names_origin(word, origin))
            return true;
    return false;
}

static bool is_our_own(Bytes origin, Bytes host)
{
    ptrdiff_t colon = bytes_find(origin, ':');
    if (colon < 0 || !present(host) || !host.len)
        return false;
    Bytes rest = bytes_slice(origin, (size_t)colon, origin.len - (size_t)colon);
    return bytes_starts_with(rest, TEXT("://")) && bytes_equal_ignoring_case(bytes_slice(rest, 3, rest.len - 3), host);
}

/* A site that somebody develops on this machine. */
static bool is_on_loopback(Bytes origin)
{
    static const char *const sites[] = {"http://localhost:*",  "http://127.0.0.1:*",  "http://[::1]:*",
                                        "https://localhost:*", "https://127.0.0.1:*", "https://[::1]:*"};
    for (size_t i = 0; i < sizeof sites / sizeof *sites; i++)
        if (names_origin(bytes_of(sites[i]), origin))
            return true;
    return false;
}

/* It may read what is answered, too. */
static bool may_call(const Gate *gate, Bytes origin, Door door)
{
    return is_allowed_origin(gate, origin) || (door == DOOR_OPERATION && is_on_loopback(origin));
}

/* "https://app.example:3000/page?x" */
static Bytes origin_of(Bytes address)
{
    ptrdiff_t colon = bytes_find(address, ':');
    size_t at = colon < 0 ? address.len : (size_t)colon + 3;
    while (at < address.len && address.ptr[at] != '/')
        at++;
    return bytes_slice(address, 0, at < address.len ? at : address.len);
}

static bool is_get(const HttpRequest *request)
{
    return bytes_is(request->method, "GET") || bytes_is(request->method, "HEAD");
}

/* Without an Origin, which browsers leave out of navigations, images and the like: Fetch Metadata says whose doing it
 * is, where the address is one that the browser trusts (https, or loopback). Else there may be a Referer; else a GET
 * that looks like a browser's could be anybody's. A link to a page of ours may be followed: it only shows. */
static bool is_caused_by_another_site(const Gate *gate, const HttpRequest *request, Door door)
{
    Bytes site = http_header(request, "sec-fetch-site"), referer = http_header(request, "referer");
    bool is_link = door == DOOR_PAGE && is_get(request);
    if (present(site)) {
        is_link = is_link && bytes_is(http_header(request, "sec-fetch-mode"), "navigate");
        return !bytes_is(site, "same-origin") && !bytes_is(site, "none") && !is_link;
    }
    if (is_link)
        return false;
    if (present(referer)) {
        Bytes origin = origin_of(referer);
        return !is_our_own(origin, http_header(request, "host")) && !may_call(gate, origin, door);
    }
    return is_get(request) && bytes_starts_with(http_header(request, "user-agent"), TEXT("Mozilla/"));
}

/* aws: answers list x-amzn-RequestId, x-amzn-ErrorType, x-amz-request-id, x-amz-id-2, x-amzn-ErrorMessage and Date; the
 * others are what SDKs look at besides. */
static void set_cors(HttpRequest *request, Bytes origin)
{
    HttpHeader *headers = arena_new_array(request->arena, HttpHeader, 3);
    headers[0] = (HttpHeader){TEXT("access-control-allow-origin"), origin};
    headers[1] = (HttpHeader){TEXT("vary"), TEXT("origin")};
    headers[2] =
        (HttpHeader){TEXT("access-control-expose-headers"),
                     TEXT("x-amzn-RequestId,x-amzn-ErrorType,x-amz-request-id,x-amz-id-2,x-amzn-ErrorMessage,Date,"
                          "x-amzn-query-error,x-amz-crc32,smithy-protocol")};
    request->answer_headers = headers;
    request->answer_headers_count = 3;
}

const char *gate_refusal(Gate *gate, HttpRequest *request, Door door)
{
    Bytes host = http_header(request, "host"), origin = http_header(request, "origin");
    if (!host_comes_in(gate, host))
        return host_refusal;
    if (!present(origin))
        return is_caused_by_another_site(gate, request, door) ? origin_refusal : NULL;
    if (may_call(gate, origin, door))
        set_cors(request, origin);
    else if (!is_our_own(origin, host))
        return origin_refusal;
    return NULL;
}

bool gate_is_preflight(const HttpRequest *request)
{
    return bytes_is(request->method, "OPTIONS") && present(http_header(request, "origin"));
}

/* aws: "HTTP/1.1 200 OK", Access-Control-Allow-Headers and -Methods as they were asked for, Access-Control-Max-Age:
 * 172800 and no body, from each of the services here (asked with curl by github.com/AllanZhengYP/cors-test, 2020). */
void gate_answer_preflight(HttpRequest *request, Bytes request_id)
{
    Bytes headers_asked = http_header(request, "access-control-request-headers"),
          method_asked = http_header(request, "access-control-request-method");
    HttpHeader headers[5] = {{TEXT("x-amzn-requestid"), request_id}, {TEXT("access-control-max-age"), TEXT("172800")}};
    HttpResponse response = {.status = 200, .headers = headers, .headers_count = 2};
    if (present(headers_asked))
        headers[response.headers_count++] = (HttpHeader){TEXT("access-control-allow-headers"), headers_asked};
    if (present(method_asked))
        headers[response.headers_count++] = (HttpHeader){TEXT("access-control-allow-methods"), method_asked};
    /* Chromium asks it of what lies on loopback or in a private network. */
    if (present(http_header(request, "access-control-request-private-network")))
        headers[response.headers_count++] = (HttpHeader){TEXT("access-control-allow-private-network"), TEXT("true")};
    http_respond(request, &response);
}
