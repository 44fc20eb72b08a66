/* state.h - what admin's pages know. */
#pragma once
#include "admin.h"
#include "page.h"
#include "store.h"
#include "worker.h"

typedef void AdminCopyAnswer(Admin *admin, HttpResponse *response, int code, const char *reason);

struct Admin {
    AdminOptions options;
    int64_t opened_ns;
    bool is_ready;
    /* order.c */
    Workers *workers; /* NULL: none was needed yet */
    StoreCopy *copy;  /* under way; NULL: none */
    HttpRequest *copy_request;
    AdminCopyAnswer *answer_copy;
    struct AdminJob *jobs, **jobs_last; /* wait for its end */
    bool is_closing;
};

/* A snapshot to be made or restored: in the background, answered when it is done. */
typedef struct AdminCopy {
    int (*begin)(Store *store, const char *name, StoreCopy **ret_copy, const char **ret_reason);
    AdminCopyAnswer *answer;
    const char *name;
} AdminCopy;
void admin_copy(Admin *admin, HttpRequest *request, HttpResponse *response, const AdminCopy *wanted);
/* True: one is under way, so the page is called when its turn has come. */
bool admin_waits_its_turn(Admin *admin, HttpRequest *request, HttpResponse *response, PageFunction *page);
void admin_end_copies(Admin *admin);

PageFunction health_page, ready_page, ca_page, clock_page, reset_page, snapshot_page, restore_page, requests_page,
    metrics_page, faults_page, limits_page, state_reset_page, version_page, overview_page, overview_file_page;
