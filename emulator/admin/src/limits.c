/* limits.c - /_evpoc/limits: AWS's limits of rate, for all that the services have, or for one stream or table.
 *
 * Each service that has them says so (Service.rate_limits): what it calls its things is the member that names one. */
#include "limited.h"
#include "state.h"

/* One service that has limits. */
typedef struct Limited {
    const RateLimitsOf *of;
    void *service;
} Limited;

static const Runtime *runtime_of(const Admin *admin)
{
    return admin->options.runtime;
}

static bool next_limited(const Admin *admin, size_t *at, Limited *ret)
{
    const Runtime *runtime = runtime_of(admin);
    while (*at < runtime->services_count) {
        const struct OpenService *open = &runtime->services[(*at)++];
        if (!open->service->rate_limits)
            continue;
        *ret = (Limited){open->service->rate_limits, open->state};
        return true;
    }
    return false;
}

static json_t *describe(RateLimits limits)
{
    return json_pack("{s:s, s:f}", "limits", limits.are_enforced ? "aws" : "off", "scale", limits.scale);
}

static json_t *text(Bytes bytes)
{
    return json_stringn(bytes.ptr, bytes.len);
}

static json_t *things_of(const Limited *limited)
{
    json_t *all = json_array();
    LimitedThing thing;
    RateLimits limits;
    for (size_t at = 0; limited->of->next(limited->service, &at, &thing, &limits);) {
        json_t *one = describe(limits);
        json_object_set_new(one, limited->of->thing, text(thing.name));
        json_object_set_new(one, "account", text(thing.account));
        json_object_set_new(one, "region", text(thing.region));
        json_array_append_new(all, one);
    }
    return all;
}

/* All are set together: the first one's are those of all. */
static void list(const Admin *admin, HttpResponse *response)
{
    json_t *all = NULL;
    Limited limited;
    for (size_t at = 0; next_limited(admin, &at, &limited);) {
        if (!all)
            all = describe(limited.of->of_all(limited.service));
        json_object_set_new(all, limited.of->things, things_of(&limited));
    }
    page_answer(response, all ? all : json_object());
}

static Bytes member(const json_t *input, const char *name, Bytes fallback)
{
    const char *value = json_string_value(json_object_get(input, name));
    return value ? bytes_of(value) : fallback;
}

#define KNOWN_MAX (4 + RUNTIME_SERVICES_MAX)

static bool check_keys(const Admin *admin, const json_t *input, bool is_set, HttpResponse *response)
{
    const char *known[KNOWN_MAX + 1] = {"account", "region"};
    size_t count = 2;
    Limited limited;
    for (size_t at = 0; next_limited(admin, &at, &limited);)
        known[count++] = limited.of->thing;
    if (is_set) {
        known[count++] = "limits";
        known[count++] = "scale";
    }
    return page_check_keys(response, input, known);
}

/* The service and the thing that the input names; thing.name absent: none. */
static void find_thing(const Admin *admin, const json_t *input, Limited *ret_limited, LimitedThing *ret_thing)
{
    const Runtime *runtime = runtime_of(admin);
    Limited limited;
    *ret_thing = (LimitedThing){
        member(input, "account", runtime->default_account), member(input, "region", runtime->default_region), {0}};
    for (size_t at = 0; next_limited(admin, &at, &limited);) {
        Bytes name = member(input, limited.of->thing, (Bytes){0});
        if (!present(name))
            continue;
        ret_thing->name = name;
        *ret_limited = limited;
    }
}

static void set_all(const Admin *admin, RateLimits wanted)
{
    Limited limited;
    for (size_t at = 0; next_limited(admin, &at, &limited);)
        limited.of->set_all(limited.service, wanted);
}

static bool set(const Admin *admin, const json_t *input, HttpResponse *response)
{
    const json_t *scale = json_object_get(input, "scale");
    Bytes limits = member(input, "limits", (Bytes){0});
    RateLimits wanted = {bytes_is(limits, "aws"), scale ? json_number_value(scale) : 1};
    LimitedThing thing;
    Limited limited;
    if (!check_keys(admin, input, true, response))
        return false;
    if (!wanted.are_enforced && !bytes_is(limits, "off")) {
        page_fail(response, 400, "limits: expected aws or off");
        return false;
    }
    if (!(wanted.scale > 0 && wanted.scale <= 1000)) {
        page_fail(response, 400, "scale: expected a number above 0 up to 1000");
        return false;
    }
    find_thing(admin, input, &limited, &thing);
    if (present(thing.name))
        limited.of->set_one(limited.service, thing, &wanted);
    else
        set_all(admin, wanted);
    return true;
}

static bool forget(const Admin *admin, const json_t *input, HttpResponse *response)
{
    LimitedThing thing;
    Limited limited;
    if (!check_keys(admin, input, false, response))
        return false;
    find_thing(admin, input, &limited, &thing);
    if (!present(thing.name)) {
        page_fail(response, 400, "expected the name of the stream or table that has limits of its own no more");
        return false;
    }
    limited.of->set_one(limited.service, thing, NULL);
    return true;
}

void limits_page(void *context, HttpRequest *request, HttpResponse *response)
{
    const Admin *admin = context;
    if (!page_is(request, "POST") && !page_is(request, "DELETE")) {
        list(admin, response);
        return;
    }
    json_t *input = page_input(request, response);
    bool is_done = input && (page_is(request, "POST") ? set : forget)(admin, input, response);
    json_decref(input);
    if (is_done)
        list(admin, response);
}
