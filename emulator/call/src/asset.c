/* asset.c - answers with files of the program: what was embedded is sent from where it lies. */
#include "asset.h"

#define HEADERS 6

static Bytes without_spaces(Bytes text)
{
    while (text.len && (text.ptr[0] == ' ' || text.ptr[0] == '\t'))
        text = bytes_slice(text, 1, text.len - 1);
    while (text.len && (text.ptr[text.len - 1] == ' ' || text.ptr[text.len - 1] == '\t'))
        text.len--;
    return text;
}

static const Asset *find(const Asset *assets, Bytes path)
{
    while (assets->path && !bytes_is(path, assets->path))
        assets++;
    return assets->path ? assets : NULL;
}

/* One of a list: "a", W/"b", *. */
static bool has_tag(Bytes list, const char *etag)
{
    while (present(list) && list.len) {
        Bytes tag = without_spaces(bytes_cut(&list, ','));
        if (bytes_starts_with(tag, TEXT("W/")))
            tag = bytes_slice(tag, 2, tag.len - 2);
        if (bytes_is(tag, etag) || bytes_is(tag, "*"))
            return true;
    }
    return false;
}

/* RFC 9110 12.5.3; one that is refused has q=0. */
static bool takes_gzip(Bytes list)
{
    while (present(list) && list.len) {
        Bytes weight = bytes_cut(&list, ','), coding = without_spaces(bytes_cut(&weight, ';'));
        if (!bytes_equal_ignoring_case(coding, TEXT("gzip")))
            continue;
        weight = present(weight) ? without_spaces(weight) : TEXT("");
        return !bytes_is(weight, "q=0") && !bytes_starts_with(weight, TEXT("q=0.0"));
    }
    return false;
}

static ssize_t read_bytes(void *context, uint64_t at, char *to, size_t room)
{
    memcpy(to, (const char *)context + at, room);
    return (ssize_t)room;
}

/* What it may do: load what lies beside it, and ask us. */
static void add_headers(Arena *arena, const Asset *asset, bool is_packed, HttpResponse *response)
{
    HttpHeader *headers = arena_new_array(arena, HttpHeader, HEADERS);
    size_t count = 0;
    headers[count++] = (HttpHeader){TEXT("content-type"), bytes_of(asset->type)};
    headers[count++] = (HttpHeader){TEXT("etag"), bytes_of(asset->etag)};
    headers[count++] = (HttpHeader){TEXT("cache-control"), TEXT("no-cache")};
    headers[count++] = (HttpHeader){TEXT("content-security-policy"), TEXT("default-src 'self'")};
    headers[count++] = (HttpHeader){TEXT("vary"), TEXT("accept-encoding")};
    if (is_packed)
        headers[count++] = (HttpHeader){TEXT("content-encoding"), TEXT("gzip")};
    response->headers = headers;
    response->headers_count = count;
}

void asset_answer(const Asset *assets, Bytes path, HttpRequest *request, HttpResponse *response)
{
    const Asset *asset = find(assets, path);
    if (!asset) {
        page_fail(response, 404, "There is no such file.");
        return;
    }
    if (has_tag(http_header(request, "if-none-match"), asset->etag)) {
        response->status = 304;
        add_headers(request->arena, asset, false, response);
        return;
    }
    bool is_packed = asset->gzipped.len && takes_gzip(http_header(request, "accept-encoding"));
    Bytes bytes = is_packed ? asset->gzipped : asset->bytes;
    add_headers(request->arena, asset, is_packed, response);
    HttpSource *source = arena_new_of(request->arena, HttpSource);
    *source = (HttpSource){.read = read_bytes, .context = (void *)(uintptr_t)bytes.ptr, .length = bytes.len};
    response->source = bytes.len ? source : NULL;
}
