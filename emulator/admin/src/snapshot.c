/* snapshot.c - /_evpoc/snapshot and /_evpoc/restore: whole copies by name, made and brought back between two turns. */
#include "state.h"

static int status_of(int code)
{
    switch (code) {
    case STORE_NOT_FOUND:
        return 404;
    case STORE_BAD_NAME:
        return 400;
    case STORE_FOREIGN:
    case STORE_TOO_NEW:
        return 409;
    default:
        return 500;
    }
}

static void add_name(void *context, const char *name)
{
    json_array_append_new(context, json_string(name));
}

static void answer_names(Admin *admin, HttpResponse *response)
{
    json_t *names = json_array();
    store_snapshots(admin->options.host->store, add_name, names);
    page_answer(response, json_pack("{s:o}", "snapshots", names));
}

typedef int StoreFunction(Store *store, const char *name, const char **ret_reason);

static void with_name(Admin *admin, const HttpRequest *request, HttpResponse *response, StoreFunction *function)
{
    static const char *const known[] = {"name", NULL};
    json_t *input = page_input(request, response);
    const char *name = json_string_value(json_object_get(input, "name")), *reason = "";
    if (input && !name)
        page_fail(response, 400, "name: expected a string");
    else if (input && page_check_keys(response, input, known)) {
        int code = function(admin->options.host->store, name, &reason);
        if (code == STORE_OK)
            answer_names(admin, response);
        else
            page_fail(response, status_of(code), "%s", reason);
    }
    json_decref(input);
}

void snapshot_page(void *context, HttpRequest *request, HttpResponse *response)
{
    Admin *admin = context;
    if (page_is(request, "POST"))
        with_name(admin, request, response, store_snapshot);
    else if (page_is(request, "DELETE"))
        with_name(admin, request, response, store_snapshot_remove);
    else
        answer_names(admin, response);
}

void restore_page(void *context, HttpRequest *request, HttpResponse *response)
{
    Admin *admin = context;
    with_name(admin, request, response, store_restore);
}
