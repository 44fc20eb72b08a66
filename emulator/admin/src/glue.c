/* glue.c - /_evpoc/glue/failures: the schema versions that failed their compatibility check, where and why. */
#include "page.h"

void glue_failures_page(Admin *admin, const HttpRequest *request, HttpResponse *response)
{
    json_t *failures = json_array();
    if (glue_failures(admin->options.glue, request->arena, failures) != STORE_OK)
        page_fail(response, 500, "The failures could not be read: %s", store_error(admin->options.host->store));
    else
        page_answer(response, json_pack("{s:O}", "failures", failures));
    json_decref(failures);
}
