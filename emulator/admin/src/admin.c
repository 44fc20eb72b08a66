/* admin.c - the table of our own pages. */
#include "admin.h"
#include "page.h"
#include <stdio.h>
#include <stdlib.h>

static const struct {
    const char *path;
    const char *methods; /* "GET POST" */
    PageFunction *function;
} pages[] = {
    {"/_evpoc/health", "GET", health_page},
    {"/_evpoc/ready", "GET", ready_page},
    {"/_evpoc/ca.pem", "GET", ca_page},
    {"/_evpoc/clock", "GET POST", clock_page},
    {"/_evpoc/reset", "POST", reset_page},
    {"/_evpoc/snapshot", "GET POST DELETE", snapshot_page},
    {"/_evpoc/restore", "POST", restore_page},
    {"/_evpoc/faults", "GET POST DELETE", faults_page},
    {"/_evpoc/limits", "GET POST DELETE", limits_page},
    {"/_evpoc/glue/failures", "GET", glue_failures_page},
    {"/_evpoc/requests", "GET", requests_page},
    {"/_evpoc/metrics", "GET", metrics_page},
    {"/_evpoc/trace", "GET", trace_page},
    {"/_evpoc/version", "GET", version_page},
    /* what suites written for other emulators ask */
    {"/_localstack/health", "GET", health_page},
    {"/_localstack/state/reset", "POST", state_reset_page},
    {"/moto-api/reset", "POST", state_reset_page},
};

static bool has_word(const char *words, Bytes word)
{
    Bytes rest = bytes_of(words);
    while (present(rest))
        if (bytes_equal(bytes_cut(&rest, ' '), word))
            return true;
    return false;
}

static void no_such_page(HttpResponse *response)
{
    Buffer names = {0};
    for (size_t i = 0; i < sizeof pages / sizeof *pages; i++)
        buffer_append_format(&names, "%s%s", i ? ", " : "", pages[i].path);
    buffer_append_char(&names, 0);
    page_fail(response, 404, "No such page; there are %s.", names.ptr);
    buffer_done(&names);
}

static void serve(void *context, const HttpRequest *request, HttpResponse *response)
{
    Bytes method = page_is(request, "HEAD") ? TEXT("GET") : request->method;
    for (size_t i = 0; i < sizeof pages / sizeof *pages; i++) {
        if (!bytes_is(request->path, pages[i].path))
            continue;
        if (has_word(pages[i].methods, method))
            pages[i].function(context, request, response);
        else
            page_fail(response, 405, "%s takes %s.", pages[i].path, pages[i].methods);
        return;
    }
    no_such_page(response);
}

Admin *admin_open(const AdminOptions *options)
{
    Admin *admin = calloc(1, sizeof *admin);
    if (!admin)
        abort();
    admin->options = *options;
    admin->opened_ns = monotonic_ns();
    pipeline_add_page(options->pipeline, "/_evpoc/", serve, admin);
    pipeline_add_page(options->pipeline, "/_localstack/", serve, admin);
    pipeline_add_page(options->pipeline, "/moto-api/", serve, admin);
    return admin;
}

void admin_set_ready(Admin *admin)
{
    admin->is_ready = true;
}

Admin *admin_close(Admin *admin)
{
    free(admin);
    return NULL;
}
