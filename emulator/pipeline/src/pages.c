/* pages.c - our own pages: which one a path asks for, and its turn. */
#include "pages.h"
#include "gate.h"
#include "route.h"
#include "uuid.h"

static void no_such_page(void *context, HttpRequest *request, HttpResponse *response)
{
    const Pipeline *pipeline = context;
    Buffer names = {0};
    (void)request;
    for (size_t i = 0; i < pipeline->pages_count; i++)
        buffer_append_format(&names, "%s%s", i ? ", " : "", pipeline->pages[i].page->path);
    buffer_append_char(&names, 0);
    page_fail(response, 404, "No such page; there are %s.", names.ptr);
    buffer_done(&names);
}

/* What stands up to the second slash: "/_evpoc/". */
static Bytes root_of(Bytes path)
{
    Bytes rest = path;
    bytes_cut(&rest, '/');
    if (!present(rest))
        return (Bytes){0};
    bytes_cut(&rest, '/');
    return present(rest) ? bytes_slice(path, 0, path.len - rest.len) : (Bytes){0};
}

bool page_is_ours(const Pipeline *pipeline, Bytes path)
{
    Bytes root = root_of(path);
    for (size_t i = 0; present(root) && i < pipeline->pages_count; i++)
        if (bytes_equal(root_of(bytes_of(pipeline->pages[i].page->path)), root))
            return true;
    return false;
}

/* Segment by segment; {name} takes one that is not empty, {name+} all that is left. */
static bool is_path_of(const char *template, Bytes path)
{
    Bytes left = bytes_of(template), rest = path;
    while (present(left) && present(rest)) {
        Bytes wanted = bytes_cut(&left, '/');
        bool is_label = wanted.len > 2 && wanted.ptr[0] == '{';
        if (is_label && wanted.ptr[wanted.len - 2] == '+')
            return rest.len > 0;
        Bytes segment = bytes_cut(&rest, '/');
        if (is_label ? !segment.len : !bytes_equal(segment, wanted))
            return false;
    }
    return !present(left) && !present(rest);
}

const struct PageRoute *page_route(const Pipeline *pipeline, const HttpRequest *request)
{
    for (size_t i = 0; i < pipeline->pages_count; i++)
        if (is_path_of(pipeline->pages[i].page->path, request->path))
            return &pipeline->pages[i];
    return &pipeline->no_page;
}

void page_run(Exchange *exchange)
{
    HttpRequest *request = exchange->request;
    const Page *page = exchange->page->page;
    HttpResponse response = {.status = 200};
    Bytes method = bytes_is(request->method, "HEAD") ? TEXT("GET") : request->method;
    if (page->methods && !words_have(page->methods, method))
        page_fail(&response, 405, "%s takes %s.", page->path, page->methods);
    else
        page->run(exchange->page->context, request, &response);
    if (response.status)
        http_respond(request, &response);
}

const Page PAGE_OF_NOTHING = {"", NULL, no_such_page};

/* What the gate says to anybody whom it lets in, unless the service knows better. */
static void run_preflight(void *context, HttpRequest *request, HttpResponse *response)
{
    const struct OpenService *service = context;
    const Exchange *exchange = request->owner;
    if (service->service->front_end->preflight(service->state, request, response)) {
        request->answer_headers_count = 0;
        return;
    }
    response->status = 0;
    gate_answer_preflight(request, uuid_new(request->arena, exchange->pipeline->runtime->random));
}

const struct PageRoute *page_of_preflight(const Pipeline *pipeline, HttpRequest *request)
{
    static const Page page = {"", NULL, run_preflight};
    const struct OpenService *service = route_service_signed_for(pipeline, request);
    if (!service || !service->service->front_end || !service->service->front_end->preflight)
        return NULL;
    struct PageRoute *route = arena_new_of(request->arena, struct PageRoute);
    *route = (struct PageRoute){&page, (void *)(uintptr_t)service};
    return route;
}
