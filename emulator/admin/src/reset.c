/* reset.c - /_evpoc/reset: as if it had never been: everything, or a service, an account, a region. */
#include "state.h"

static Bytes member(const json_t *input, const char *name)
{
    return bytes_of(json_string_value(json_object_get(input, name)));
}

static int reset_services(Admin *admin, const json_t *input, int *ret_count)
{
    Bytes service = member(input, "service"), account = member(input, "account"), region = member(input, "region");
    int code = STORE_OK;
    *ret_count = 0;
    const Runtime *runtime = admin->options.runtime;
    for (size_t i = 0; i < runtime->services_count && code == STORE_OK; i++) {
        const struct OpenService *open = &runtime->services[i];
        if (present(service) && !bytes_is(service, open->service->model->name))
            continue;
        ++*ret_count;
        if (open->service->reset)
            code = open->service->reset(open->state, account, region);
    }
    return code;
}

static int reset_now(Admin *admin, const json_t *input, int *ret_count)
{
    Store *store = admin->options.runtime->store;
    int code = reset_services(admin, input, ret_count);
    if (code == STORE_OK)
        return store_commit(store);
    store_rollback(store);
    return code;
}

static bool check(const json_t *input, HttpResponse *response)
{
    static const char *const known[] = {"service", "account", "region", NULL};
    if (!page_check_keys(response, input, known))
        return false;
    for (int i = 0; known[i]; i++) {
        const json_t *value = json_object_get(input, known[i]);
        if (!value || json_is_string(value))
            continue;
        page_fail(response, 400, "%s: expected a string", known[i]);
        return false;
    }
    return true;
}

void reset_page(void *context, HttpRequest *request, HttpResponse *response)
{
    Admin *admin = context;
    Store *store = admin->options.runtime->store;
    if (admin_waits_its_turn(admin, request, response, reset_page))
        return;
    json_t *input = page_input(request, response);
    int count;
    if (!input || !check(input, response)) {
        json_decref(input);
        return;
    }
    int code = reset_now(admin, input, &count);
    if (code != STORE_OK)
        page_fail(response, 500, "It could not be reset: %s", store_error(store));
    else if (!count)
        page_fail(response, 404, "There is no service of that name; /_evpoc/health lists them.");
    else
        page_answer(response, json_pack("{s:b}", "reset", true));
    json_decref(input);
}

/* aws: none; what LocalStack's and moto's own paths answer */
void state_reset_page(void *context, HttpRequest *request, HttpResponse *response)
{
    Admin *admin = context;
    int count;
    if (admin_waits_its_turn(admin, request, response, state_reset_page))
        return;
    if (reset_now(admin, NULL, &count) == STORE_OK)
        page_answer(response, json_pack("{s:s}", "status", "ok"));
    else
        page_fail(response, 500, "It could not be reset: %s", store_error(admin->options.runtime->store));
}
