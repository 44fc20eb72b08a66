/* body_max.c - how large a request's body may be, as its head says where it goes: net asks before it collects one. */
#include "limits.h"
#include "pages.h"
#include "route.h"

/* Where only the body says which service is meant: a form without a signature, or nobody. */
static int64_t largest(const Pipeline *pipeline, unsigned protocols)
{
    int64_t most = LIMIT_PAGE_BODY_BYTES;
    for (size_t i = 0; i < pipeline->services_count; i++) {
        const ServiceModel *model = pipeline->services[i].service->model;
        if (model->protocols & protocols && model->body_max > most)
            most = model->body_max;
    }
    return most;
}

static size_t max_of_unnamed(const Pipeline *pipeline, const HttpRequest *request)
{
    bool is_form = bytes_starts_with(http_header(request, "content-type"), TEXT("application/x-www-form-urlencoded"));
    return (size_t)largest(pipeline, is_form ? PROTOCOL_QUERY : ~0u);
}

/* Bodies flow of what is named by its URI alone: a target says at once that they don't. */
HttpBodyPlan pipeline_plan_body(void *context, HttpRequest *request)
{
    const Pipeline *pipeline = context;
    if (page_is_ours(pipeline, request->path))
        return (HttpBodyPlan){LIMIT_PAGE_BODY_BYTES, false};
    const ServiceModel *named = route_service_of(pipeline, request);
    if (named)
        return (HttpBodyPlan){(size_t)named->body_max, false};
    const struct OpenService *service = route_service_signed_for(pipeline, request);
    size_t max = service ? (size_t)service->service->model->body_max : max_of_unnamed(pipeline, request);
    return (HttpBodyPlan){max, route_flows(pipeline, service, request)};
}
