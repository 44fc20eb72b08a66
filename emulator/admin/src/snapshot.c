/* snapshot.c - /_evpoc/snapshot and /_evpoc/restore: whole copies by name, made and checked while calls go on, and
 * brought back between two turns. */
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
    store_snapshots(admin->options.runtime->store, add_name, names);
    page_answer(response, json_pack("{s:o}", "snapshots", names));
}

static void answer(Admin *admin, HttpResponse *response, int code, const char *reason)
{
    if (code == STORE_OK)
        answer_names(admin, response);
    else
        page_fail(response, status_of(code), "%s", reason);
}

/* Of the input, whose it is to free; NULL: there is none, which is answered. */
static const char *name_of(const json_t *input, HttpResponse *response)
{
    static const char *const known[] = {"name", NULL};
    const char *name = json_string_value(json_object_get(input, "name"));
    if (input && !name)
        page_fail(response, 400, "name: expected a string");
    return name && page_check_keys(response, input, known) ? name : NULL;
}

static void remove_it(Admin *admin, HttpRequest *request, HttpResponse *response)
{
    json_t *input = page_input(request, response);
    const char *name = name_of(input, response), *reason = "";
    if (name) {
        int code = store_snapshot_remove(admin->options.runtime->store, name, &reason);
        answer(admin, response, code, reason);
    }
    json_decref(input);
}

static void copy(Admin *admin, HttpRequest *request, HttpResponse *response, bool is_restore)
{
    json_t *input = page_input(request, response);
    const char *name = name_of(input, response);
    AdminCopy wanted = {is_restore ? store_restore_begin : store_snapshot_begin, answer, name};
    if (name)
        admin_copy(admin, request, response, &wanted);
    json_decref(input);
}

void snapshot_page(void *context, HttpRequest *request, HttpResponse *response)
{
    Admin *admin = context;
    bool is_post = page_is(request, "POST"), is_delete = page_is(request, "DELETE");
    if ((is_post || is_delete) && admin_waits_its_turn(admin, request, response, snapshot_page))
        return;
    if (is_post)
        copy(admin, request, response, false);
    else if (is_delete)
        remove_it(admin, request, response);
    else
        answer_names(admin, response);
}

void restore_page(void *context, HttpRequest *request, HttpResponse *response)
{
    Admin *admin = context;
    if (!admin_waits_its_turn(admin, request, response, restore_page))
        copy(admin, request, response, true);
}
