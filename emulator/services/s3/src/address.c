/* address.c - where a request's bucket stands: in the path, or in the host.
 * aws: User Guide, "Virtual hosting of general purpose buckets". */
#include "address.h"
#include "state.h"

/* What stands behind a bucket's name in a host. */
static const char *const ends[] = {
    ".s3.localhost.localstack.cloud",
    ".s3.localhost",
    ".localhost",
};

static Bytes without_port(Bytes host)
{
    ptrdiff_t colon = bytes_find_last(host, ':');
    return colon < 0 ? host : bytes_slice(host, 0, (size_t)colon);
}

static bool ends_with(Bytes host, Bytes end)
{
    return host.len > end.len && bytes_equal_ignoring_case(bytes_slice(host, host.len - end.len, end.len), end);
}

/* "bucket.s3.eu-west-1.amazonaws.com", "bucket.s3.eu-west-1.localhost.localstack.cloud": up to ".s3" and what may
 * follow it. */
static size_t find_s3(Bytes host)
{
    for (size_t i = 1; i + 3 <= host.len; i++) {
        bool is_here = bytes_starts_with(bytes_slice(host, i, host.len - i), TEXT(".s3."));
        is_here = is_here || bytes_starts_with(bytes_slice(host, i, host.len - i), TEXT(".s3-"));
        if (is_here && (ends_with(host, TEXT(".amazonaws.com")) || ends_with(host, TEXT(".amazonaws.com.cn")) ||
                        ends_with(host, TEXT(".localhost.localstack.cloud"))))
            return i;
    }
    return 0;
}

/* Under a domain of the list: "bucket.s3.example.com". One of them itself is the service: empty. */
static Bytes bucket_under(const char *domains, Bytes host, bool *ret_is_under)
{
    Bytes list = bytes_of(domains ? domains : "");
    *ret_is_under = false;
    while (present(list)) {
        Bytes domain = bytes_cut(&list, ',');
        while (domain.len && domain.ptr[0] == ' ')
            domain = bytes_slice(domain, 1, domain.len - 1);
        *ret_is_under = domain.len && (bytes_equal_ignoring_case(host, domain) ||
                                       (ends_with(host, domain) && host.ptr[host.len - domain.len - 1] == '.'));
        if (*ret_is_under)
            return host.len > domain.len ? bytes_slice(host, 0, host.len - domain.len - 1) : (Bytes){0};
    }
    return (Bytes){0};
}

Bytes bucket_of_host(const char *domains, Bytes host)
{
    bool is_under;
    host = without_port(host);
    Bytes named = bucket_under(domains, host, &is_under);
    if (is_under)
        return named;
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
        Bytes end = bytes_of(ends[i]);
        if (!ends_with(host, end))
            continue;
        Bytes name = bytes_slice(host, 0, host.len - end.len);
        /* s3.localhost, s3.eu-west-1.localhost: the service itself */
        return bytes_is(name, "s3") || bytes_starts_with(name, TEXT("s3.")) ? (Bytes){0} : name;
    }
    size_t len = find_s3(host);
    return len ? bytes_slice(host, 0, len) : (Bytes){0};
}

Bytes s3_path(void *service, Arena *arena, const HttpHead *head)
{
    Bytes bucket = bucket_of_host(((const S3 *)service)->hosts, http_head_field(head, "host"));
    if (!present(bucket))
        return head->path;
    return arena_text(arena, "/" BYTES_FMT BYTES_FMT, BYTES_ARG(bucket), BYTES_ARG(head->path));
}
