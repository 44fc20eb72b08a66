/* page.c - /_evpoc/auth: what is asked of callers, and to change it while it runs. */
#include "soft.h"

static const char *const names[] = {"off", "signature", "soft", "iam"};

static void set_mode(Auth *auth, const HttpRequest *request, HttpResponse *response)
{
    static const char *const known[] = {"auth", NULL};
    json_t *input = page_input(request, response);
    if (!input)
        return;
    const char *wanted = json_string_value(json_object_get(input, "auth"));
    if (page_check_keys(response, input, known)) {
        size_t at = 0;
        while (at < sizeof names / sizeof *names && (!wanted || strcmp(names[at], wanted)))
            at++;
        if (at == sizeof names / sizeof *names)
            page_fail(response, 400, "auth: expected off, signature, soft or iam");
        else
            auth_set_mode(auth, (AuthMode)at);
    }
    json_decref(input);
}

static void auth_page(void *context, HttpRequest *request, HttpResponse *response)
{
    Auth *auth = context;
    if (page_is(request, "POST"))
        set_mode(auth, request, response);
    if (!response->status || response->status == 200)
        page_answer(response, json_pack("{s:s}", "auth", names[auth->mode]));
}

const Page AUTH_PAGES[] = {
    {"/_evpoc/auth", "GET POST", auth_page},
    {"/_evpoc/denied", "GET DELETE", denied_page},
    {NULL, NULL, NULL},
};
