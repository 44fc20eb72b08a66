/* admin.c - the table of our own pages. */
#include "state.h"
#include <stdlib.h>

static const Page pages[] = {
    {"/_evpoc/health", "GET", health_page},
    {"/_evpoc/ready", "GET", ready_page},
    {"/_evpoc/ca.pem", "GET", ca_page},
    {"/_evpoc/clock", "GET POST", clock_page},
    {"/_evpoc/reset", "POST", reset_page},
    {"/_evpoc/snapshot", "GET POST DELETE", snapshot_page},
    {"/_evpoc/restore", "POST", restore_page},
    {"/_evpoc/limits", "GET POST DELETE", limits_page},
    {"/_evpoc/faults", "GET POST DELETE", faults_page},
    {"/_evpoc/requests", "GET", requests_page},
    {"/_evpoc/metrics", "GET", metrics_page},
    {"/_evpoc/version", "GET", version_page},
    /* for people with a browser */
    {"/_evpoc/", "GET", overview_page},
    {"/_evpoc/overview/{file}", "GET", overview_file_page},
    /* what suites written for other emulators ask */
    {"/_localstack/health", "GET", health_page},
    {"/_localstack/state/reset", "POST", state_reset_page},
    {"/moto-api/reset", "POST", state_reset_page},
    {NULL, NULL, NULL},
};

Admin *admin_open(const AdminOptions *options)
{
    Admin *admin = calloc(1, sizeof *admin);
    if (!admin)
        abort();
    admin->options = *options;
    admin->jobs_last = &admin->jobs;
    admin->opened_ns = monotonic_ns();
    pipeline_add_pages(options->pipeline, pages, admin);
    return admin;
}

void admin_set_ready(Admin *admin)
{
    admin->is_ready = true;
}

Admin *admin_close(Admin *admin)
{
    if (admin)
        admin_end_copies(admin);
    free(admin);
    return NULL;
}
