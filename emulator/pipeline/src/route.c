/* route.c - which operation a request asks for, and in which protocol: the first whose row recognises it. The row says
 * what is named; the service is that of a target prefix, or of the credential scope, or of an API version. */
#include "route.h"
#include "pages.h"
#include "uuid.h"
#include <stdlib.h>

/* aws: what Kinesis and DynamoDB say to any method but POST, with 403 */
#define UNREACHED_BY_METHOD "Unable to determine service/operation name to be authorized"

typedef struct Route {
    const struct OpenService *service;
    const Operation *operation;
} Route;

static void add(Pipeline *pipeline, const char *prefix, const struct OpenService *service, const Operation *operation)
{
    Buffer key = {0};
    Route *route = malloc(sizeof *route);
    if (!route)
        abort();
    *route = (Route){service, operation};
    buffer_append_format(&key, "%s.%s", prefix, operation->model->name);
    free(map_put(pipeline->routes, buffer_bytes(&key), route));
    buffer_done(&key);
}

void routes_add(Pipeline *pipeline, const struct OpenService *service)
{
    const ServiceModel *model = service->service->model;
    for (const Operation *const *at = service->service->operations; *at; at++) {
        if (model->target_prefix)
            add(pipeline, model->target_prefix, service, *at);
        if (model->protocols & (PROTOCOL_QUERY | PROTOCOL_REST_JSON | PROTOCOL_REST_XML))
            add(pipeline, model->name, service, *at);
    }
    if (model->uris)
        pipeline->uris[service - pipeline->services] = uri_table_new(model);
}

void routes_free(Pipeline *pipeline)
{
    pipeline->routes = map_free_with_values(pipeline->routes);
    for (size_t i = 0; i < pipeline->services_count; i++)
        pipeline->uris[i] = uri_table_free(pipeline->uris[i]);
}

static bool is_known(const ServiceModel *model, Bytes name)
{
    for (const char *const *known = model->operations; *known; known++)
        if (bytes_is(name, *known))
            return true;
    return false;
}

static const struct OpenService *service_by_target(const Pipeline *pipeline, Bytes prefix)
{
    for (size_t i = 0; i < pipeline->services_count; i++) {
        const char *target = pipeline->services[i].service->model->target_prefix;
        if (target && bytes_is(prefix, target))
            return &pipeline->services[i];
    }
    return NULL;
}

/* By the name of the credential scope, else by the API version. */
static const struct OpenService *service_of_form(const Pipeline *pipeline, Bytes name, Bytes version)
{
    for (size_t i = 0; i < pipeline->services_count; i++)
        if (bytes_is(name, pipeline->services[i].service->model->name))
            return &pipeline->services[i];
    for (size_t i = 0; i < pipeline->services_count; i++) {
        const ServiceModel *model = pipeline->services[i].service->model;
        if (model->protocols & PROTOCOL_QUERY && bytes_is(version, model->api_version))
            return &pipeline->services[i];
    }
    return NULL;
}

/* The first that recognises it. A form may as well be a REST service's body: what a service does not speak is not
 * meant, unless a header says it. */
static const Protocol *protocol_of(const HttpHead *head, const ServiceModel *service)
{
    for (const Protocol *const *at = PROTOCOLS; *at; at++) {
        bool is_spoken = service && service->protocols & (*at)->flag;
        bool is_meant = is_spoken || (*at)->methods == BY_POST || (!service && (*at)->names);
        if (is_meant && (*at)->recognises(head))
            return *at;
    }
    return &PROTOCOL_OF_JSON;
}

/* What names nobody: S3 serves those who sign nothing, too, and old signatures say no service. awsJson and its CBOR
 * would have said a target. */
static const struct OpenService *service_of_rest(const Pipeline *pipeline, const HttpHead *head, Bytes scope)
{
    if (present(scope) || bytes_starts_with(http_head_field(head, "content-type"), TEXT("application/x-amz-")) ||
        protocol_of(head, NULL)->recognises(head))
        return NULL;
    for (size_t i = 0; i < pipeline->services_count; i++) {
        const FrontEnd *front_end = pipeline->services[i].service->front_end;
        if (front_end && front_end->takes_the_rest)
            return &pipeline->services[i];
    }
    return NULL;
}

/* As its service's URIs see it. */
static HttpHead head_for(const struct OpenService *service, Arena *arena, const HttpHead *head)
{
    const FrontEnd *front_end = service->service->front_end;
    HttpHead seen = *head;
    if (front_end && front_end->path)
        seen.path = front_end->path(service->state, arena, head);
    return seen;
}

const ServiceModel *route_service_of(const Pipeline *pipeline, const HttpRequest *request)
{
    WireTarget target = {0};
    HttpHead head = http_head(request);
    const Protocol *protocol = protocol_of(&head, NULL);
    if (!protocol->names || !protocol->names(request->arena, &head, (Bytes){0}, &target) || !present(target.service))
        return NULL;
    const struct OpenService *service = service_by_target(pipeline, target.service);
    return service ? service->service->model : NULL;
}

const struct OpenService *route_service_signed_for(const Pipeline *pipeline, const HttpRequest *request)
{
    Bytes scope = credential_service(request);
    HttpHead head = http_head(request);
    const struct OpenService *service = service_of_form(pipeline, scope, (Bytes){0});
    return service ? service : service_of_rest(pipeline, &head, scope);
}

bool route_flows(const Pipeline *pipeline, const struct OpenService *service, const HttpRequest *request)
{
    HttpHead head = http_head(request);
    const UriTable *uris = service ? pipeline->uris[service - pipeline->services] : NULL;
    if (!uris || protocol_of(&head, service->service->model)->names)
        return false;
    head = head_for(service, request->arena, &head);
    UriMatch match = uri_match(uris, request->arena, &head);
    const Operation *const *at = service->service->operations;
    while (match.operation && *at && strcmp((*at)->model->name, match.operation))
        at++;
    return match.operation && *at && (*at)->begin;
}

static void tell_once(Exchange *exchange, Bytes key)
{
    Pipeline *pipeline = exchange->pipeline;
    if (map_put(pipeline->told, key, pipeline))
        return;
    log_event(pipeline->runtime->log, LOG_WARN, "asked for what is not built yet", "operation",
              arena_cstr(exchange->call.arena, key), NULL);
}

static Status no_such_operation(Exchange *exchange, Bytes key)
{
    const ErrorModel *error = exchange->protocol->unknown;
    if (error == &COMMON_INVALID_ACTION)
        return fail(&exchange->call, error, "Could not find operation " BYTES_FMT " for version %s",
                    BYTES_ARG(exchange->operation_name), exchange->service->model->api_version);
    return fail(&exchange->call, error, "The service has no operation " BYTES_FMT ".", BYTES_ARG(key));
}

static Bytes request_id(Arena *arena, Random *random, size_t len)
{
    static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
    char *id = arena_take_raw(arena, len);
    random_fill(random, id, len);
    for (size_t i = 0; i < len; i++)
        id[i] = letters[(unsigned char)id[i] % (sizeof letters - 1)];
    return (Bytes){id, len};
}

static void set_service(Exchange *exchange, const Service *service)
{
    Call *call = &exchange->call;
    if (exchange->service != service && service->request_id_len)
        call->request_id = request_id(call->arena, call->runtime->random, service->request_id_len);
    exchange->service = service;
}

static Bytes joined(Arena *arena, Bytes prefix, Bytes name)
{
    Bytes key = {arena_take_raw(arena, prefix.len + 1 + name.len), prefix.len + 1 + name.len};
    char *at = (char *)key.ptr;
    if (prefix.len)
        memcpy(at, prefix.ptr, prefix.len);
    at[prefix.len] = '.';
    if (name.len)
        memcpy(at + prefix.len + 1, name.ptr, name.len);
    return key;
}

static Status use(Exchange *exchange, const struct OpenService *service, Bytes prefix, Bytes name)
{
    Call *call = &exchange->call;
    const ServiceModel *model = service->service->model;
    set_service(exchange, service->service);
    exchange->operation_name = name;
    Bytes key = joined(call->arena, prefix, name);
    const Route *route = map_get(exchange->pipeline->routes, key);
    if (!(model->protocols & exchange->protocol->flag))
        return fail(call, &COMMON_UNKNOWN_OPERATION, "%s is not reached by this protocol.", model->title);
    if (!route && !is_known(model, name))
        return no_such_operation(exchange, key);
    if (!route) {
        tell_once(exchange, key);
        return fail(call, &COMMON_NOT_IMPLEMENTED,
                    "evpoc-emu does not have %s's operation " BYTES_FMT " yet; docs/coverage.md lists those it has.",
                    model->title, BYTES_ARG(name));
    }
    call->operation = route->operation;
    call->service = route->service->state;
    return OK;
}

static Status no_such_service(Exchange *exchange, Bytes what)
{
    return fail(&exchange->call, &COMMON_UNKNOWN_SERVICE,
                "evpoc-emu has no service that answers to \"" BYTES_FMT "\"; /_evpoc/health lists those it has.",
                BYTES_ARG(what));
}

static Status no_such_target(Exchange *exchange, const WireTarget *target)
{
    /* aws: UnknownOperationException, for a target whose service is elsewhere as for one that is nowhere. */
    if (exchange->protocol->nameless == &COMMON_UNKNOWN_OPERATION)
        return fail(&exchange->call, &COMMON_UNKNOWN_OPERATION, "Nothing here answers to the target " BYTES_FMT ".",
                    BYTES_ARG(http_header(exchange->request, "x-amz-target")));
    return no_such_service(exchange, target->service);
}

static Status route_by_target(Exchange *exchange, const WireTarget *target)
{
    const struct OpenService *service = service_by_target(exchange->pipeline, target->service);
    if (!service || !present(target->operation))
        return no_such_target(exchange, target);
    return use(exchange, service, target->service, target->operation);
}

static Status route_by_scope(Exchange *exchange, const WireTarget *target, Bytes scope)
{
    const struct OpenService *service = service_of_form(exchange->pipeline, scope, target->version);
    if (!service)
        return no_such_service(exchange, present(scope) ? scope : target->version);
    set_service(exchange, service->service);
    if (!present(target->operation))
        return fail(&exchange->call, exchange->protocol->nameless, "Missing Action");
    return use(exchange, service, bytes_of(service->service->model->name), target->operation);
}

/* What does not stand for text names nothing. */
static bool has_text(const UriMatch *match)
{
    for (size_t i = 0; i < match->labels_count; i++)
        if (!bytes_is_utf8(match->labels[i].value))
            return false;
    return true;
}

static Status route_by_uri(Exchange *exchange, const struct OpenService *service)
{
    const Pipeline *pipeline = exchange->pipeline;
    const FrontEnd *front_end = service->service->front_end;
    set_service(exchange, service->service);
    exchange->head = head_for(service, exchange->call.arena, &exchange->head);
    exchange->uri = uri_match(pipeline->uris[service - pipeline->services], exchange->call.arena, &exchange->head);
    if (!exchange->uri.operation && front_end && exchange->uri.is_other_method)
        return fail(&exchange->call, front_end->no_operation,
                    "The specified method is not allowed against this resource.");
    if (front_end && (!exchange->uri.operation || !has_text(&exchange->uri)))
        return fail(&exchange->call, front_end->bad_uri, "Couldn't parse the specified URI.");
    if (!exchange->uri.operation)
        return fail(&exchange->call, exchange->protocol->unknown,
                    "%s has no operation for " BYTES_FMT " " BYTES_FMT ".", service->service->model->title,
                    BYTES_ARG(exchange->head.method), BYTES_ARG(exchange->head.path));
    return use(exchange, service, bytes_of(service->service->model->name), bytes_of(exchange->uri.operation));
}

Status route_to(Exchange *exchange, const char *service, Bytes operation)
{
    const struct OpenService *found = service_of_form(exchange->pipeline, bytes_of(service), (Bytes){0});
    exchange->protocol = &PROTOCOL_OF_JSON;
    if (!found || !found->service->model->target_prefix)
        return no_such_service(exchange, bytes_of(service));
    return use(exchange, found, bytes_of(found->service->model->target_prefix), operation);
}

Status fail_for_want_of_room(Call *call)
{
    return fail(call, &COMMON_SERVICE_UNAVAILABLE,
                "Requests and answers under way fill the memory that --max-memory allows. Please try again.");
}

/* aws: most services call it a mistake of the client's, DynamoDB its own */
static Status refuse_encoding(Exchange *exchange, const char *reason)
{
    const ErrorModel *error = exchange->service ? exchange->service->encoding_error : NULL;
    if (!error)
        return fail(&exchange->call, &COMMON_SERIALIZATION, "%s", reason);
    exchange->request->refused_status = error->http_status;
    return fail(&exchange->call, error, "Internal server error");
}

/* What net could not take, or the gate not let in: told in the words and form of the protocol that the headers show. */
static Status refuse(Exchange *exchange)
{
    Call *call = &exchange->call;
    const ServiceModel *model = route_service_of(exchange->pipeline, exchange->request);
    if (exchange->protocol->methods == BY_MODELS_METHOD && !model) {
        const struct OpenService *service = route_service_signed_for(exchange->pipeline, exchange->request);
        if (service)
            set_service(exchange, service->service);
    }
    for (size_t i = 0; model && i < exchange->pipeline->services_count; i++)
        if (exchange->pipeline->services[i].service->model == model)
            exchange->service = exchange->pipeline->services[i].service;
    switch (exchange->request->refused_status) {
    case 403:
        return fail(call, &COMMON_ACCESS_DENIED, "%s", exchange->refusal);
    case 503:
        return fail_for_want_of_room(call);
    case 413:
        return fail(call, &COMMON_REQUEST_TOO_LARGE, "The request's body is larger than the service takes.");
    case 415:
        return refuse_encoding(exchange, "The request's Content-Encoding is not supported.");
    default:
        return refuse_encoding(exchange, "The request could not be read.");
    }
}

static bool is_post(const HttpRequest *request)
{
    return bytes_is(request->method, "POST");
}

/* Any page's link or image makes a browser GET: what changes something is called by POST alone, which tells its origin.
 * AWS, where such a GET is signed, takes it. */
static Status may_write_or_reads(Exchange *exchange)
{
    if (exchange->protocol->methods != BY_GET_TO_READ || is_post(exchange->request) ||
        exchange->call.operation->access == READS)
        return OK;
    return fail(&exchange->call, &COMMON_ACCESS_DENIED,
                "An operation that changes something is called by POST: a web page could make a browser GET it.");
}

static Status route_named(Exchange *exchange, const struct OpenService *scope_service, Bytes scope)
{
    WireTarget target = {0};
    const Protocol *protocol = exchange->protocol;
    const HttpRequest *request = exchange->request;
    if (protocol->methods == BY_POST && !is_post(request))
        return fail(&exchange->call, &COMMON_ACCESS_DENIED, UNREACHED_BY_METHOD);
    if (!protocol->names)
        return route_by_uri(exchange, scope_service);
    if (!protocol->names(request->arena, &exchange->head, request->body, &target))
        return no_such_service(exchange, request->path);
    return present(target.service) ? route_by_target(exchange, &target) : route_by_scope(exchange, &target, scope);
}

Status route(Exchange *exchange)
{
    Bytes scope = credential_read(exchange);
    exchange->call.request_id = uuid_new(exchange->call.arena, exchange->pipeline->runtime->random);
    exchange->head = http_head(exchange->request);
    exchange->call.head = &exchange->head;
    const struct OpenService *service = service_of_form(exchange->pipeline, scope, (Bytes){0});
    if (!service && !exchange->refusal && !page_is_ours(exchange->pipeline, exchange->head.path))
        service = service_of_rest(exchange->pipeline, &exchange->head, scope);
    exchange->protocol = protocol_of(&exchange->head, service ? service->service->model : NULL);
    if (exchange->request->refused_status)
        return refuse(exchange);
    if (!exchange->protocol->recognises(&exchange->head)) /* it is only what the answer is spelled in */
        return no_such_service(exchange, present(scope) ? scope : exchange->request->path);
    TRY(route_named(exchange, service, scope));
    return may_write_or_reads(exchange);
}
