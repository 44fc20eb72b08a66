/* order.c - what changes everything (reset, snapshot, restore) is done one after the other, in the order in which it
 * was asked for; what takes long of it by a thread, while calls go on. */
#include "state.h"
#include <stdlib.h>

struct AdminJob {
    struct AdminJob *next;
    HttpRequest *request;
    PageFunction *page;
};

bool admin_waits_its_turn(Admin *admin, HttpRequest *request, HttpResponse *response, PageFunction *page)
{
    if (!admin->copy)
        return false;
    struct AdminJob *job = malloc(sizeof *job);
    if (!job)
        abort();
    *job = (struct AdminJob){NULL, request, page};
    *admin->jobs_last = job;
    admin->jobs_last = &job->next;
    response->status = 0;
    return true;
}

static struct AdminJob *take_first(Admin *admin)
{
    struct AdminJob *job = admin->jobs;
    if (job && !(admin->jobs = job->next))
        admin->jobs_last = &admin->jobs;
    return job;
}

/* Until one of them takes long, again. */
static void go_on(Admin *admin)
{
    struct AdminJob *job;
    while (!admin->copy && (job = take_first(admin))) {
        HttpResponse response = {.status = 200};
        if (admin->is_closing)
            page_fail(&response, 503, "evpoc-emu is being stopped.");
        else
            job->page(admin, job->request, &response);
        if (response.status)
            http_respond(job->request, &response);
        free(job);
    }
}

static void work(void *context)
{
    const Admin *admin = context;
    store_copy_work(admin->copy);
}

static void work_is_done(void *context)
{
    Admin *admin = context;
    HttpResponse response = {.status = 200};
    const char *reason = "";
    int code = store_copy_end(admin->options.runtime->store, admin->copy, &reason);
    admin->copy = NULL;
    admin->answer_copy(admin, &response, code, reason);
    http_respond(admin->copy_request, &response);
    go_on(admin);
}

void admin_copy(Admin *admin, HttpRequest *request, HttpResponse *response, const AdminCopy *wanted)
{
    const char *reason = "";
    StoreCopy *copy = NULL;
    if (!admin->workers)
        admin->workers = workers_new(admin->options.runtime->loop, 1);
    if (!admin->workers) {
        page_fail(response, 500, "The system gives no more files to open.");
        return;
    }
    int code = wanted->begin(admin->options.runtime->store, wanted->name, &copy, &reason);
    if (code != STORE_OK) {
        wanted->answer(admin, response, code, reason);
        return;
    }
    response->status = 0;
    admin->copy = copy;
    admin->copy_request = request;
    admin->answer_copy = wanted->answer;
    workers_do(admin->workers, work, work_is_done, admin);
}

void admin_end_copies(Admin *admin)
{
    admin->is_closing = true;
    if (admin->copy)
        store_copy_stop(admin->copy);
    admin->workers = workers_free(admin->workers);
}
