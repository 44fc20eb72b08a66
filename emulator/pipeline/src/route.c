/* route.c - which operation a request asks for, and in which protocol.
 *
 *   POST /service/<target prefix>/operation/<name>  with  smithy-protocol: rpc-v2-cbor
 *   POST /  with  X-Amz-Target: <target prefix>.<name>, in JSON or (application/x-amz-cbor-1.1) CBOR
 *   POST /  with  Action=<name> in a form; the service is that of the credential scope, else the one with this API
 * Version */
#include "exchange.h"
#include "uuid.h"
#include <stdlib.h>

/* aws: what Kinesis and DynamoDB say to any method but POST, with 403 */
#define UNREACHED_BY_METHOD "Unable to determine service/operation name to be authorized"

typedef struct Route {
    const PipelineService *service;
    const Operation *operation;
} Route;

static void add(Pipeline *pipeline, const char *prefix, const PipelineService *service, const Operation *operation)
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

void routes_add(Pipeline *pipeline, const PipelineService *service)
{
    const ServiceModel *model = service->service->model;
    for (const Operation *const *at = service->service->operations; *at; at++) {
        if (model->target_prefix)
            add(pipeline, model->target_prefix, service, *at);
        if (model->protocols & PROTOCOL_QUERY)
            add(pipeline, model->name, service, *at);
    }
}

void routes_free(Pipeline *pipeline)
{
    Bytes key;
    void *value;
    for (size_t at = 0; map_next(pipeline->routes, &at, &key, &value);)
        free(value);
    pipeline->routes = map_free(pipeline->routes);
}

static bool is_known(const ServiceModel *model, Bytes name)
{
    for (const char *const *known = model->operations; *known; known++)
        if (bytes_is(name, *known))
            return true;
    return false;
}

static const PipelineService *service_by_target(const Pipeline *pipeline, Bytes prefix)
{
    for (size_t i = 0; i < pipeline->services_count; i++) {
        const char *target = pipeline->services[i].service->model->target_prefix;
        if (target && bytes_is(prefix, target))
            return &pipeline->services[i];
    }
    return NULL;
}

/* By the name of the credential scope, else by the API version. */
static const PipelineService *service_of_form(const Pipeline *pipeline, Bytes name, Bytes version)
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

/* "/service/<target>/operation/<name>" */
static bool rpc_v2_path(Bytes path, Bytes *ret_target, Bytes *ret_name)
{
    Bytes rest = path;
    if (bytes_cut(&rest, '/').len || !present(rest) || !bytes_equal(bytes_cut(&rest, '/'), TEXT("service")) ||
        !present(rest))
        return false;
    Bytes target = bytes_cut(&rest, '/');
    if (!present(rest) || !bytes_equal(bytes_cut(&rest, '/'), TEXT("operation")) || !present(rest))
        return false;
    *ret_target = target;
    *ret_name = rest;
    return true;
}

const ServiceModel *route_service_of(const Pipeline *pipeline, const HttpRequest *request)
{
    Bytes target = http_header(request, "x-amz-target"), name;
    if (present(target))
        target = bytes_cut(&target, '.');
    else if (!rpc_v2_path(request->path, &target, &name))
        return NULL;
    const PipelineService *service = service_by_target(pipeline, target);
    return service ? service->service->model : NULL;
}

static void tell_once(Exchange *exchange, Bytes key)
{
    Pipeline *pipeline = exchange->pipeline;
    if (map_put(pipeline->told, key, pipeline))
        return;
    log_event(pipeline->host->log, LOG_WARN, "asked for what is not built yet", "operation",
              arena_cstr(exchange->call.arena, key), NULL);
}

static Status no_such_operation(Exchange *exchange, Bytes key)
{
    if (exchange->protocol->flag == PROTOCOL_QUERY)
        return fail(&exchange->call, &COMMON_INVALID_ACTION, "Could not find operation " BYTES_FMT " for version %s",
                    BYTES_ARG(exchange->operation_name), exchange->service->model->api_version);
    return fail(&exchange->call, &COMMON_UNKNOWN_OPERATION, "The service has no operation " BYTES_FMT ".",
                BYTES_ARG(key));
}

static Status use(Exchange *exchange, const PipelineService *service, Bytes prefix, Bytes name)
{
    Call *call = &exchange->call;
    const ServiceModel *model = service->service->model;
    exchange->service = service->service;
    exchange->operation_name = name;
    Bytes key = arena_text(call->arena, BYTES_FMT "." BYTES_FMT, BYTES_ARG(prefix), BYTES_ARG(name));
    bool is_cut = key.len < prefix.len + 1 + name.len; /* at a NUL: no operation has one */
    const Route *route = is_cut ? NULL : map_get(exchange->pipeline->routes, key);
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

static Status route_rpc_v2(Exchange *exchange)
{
    Bytes target, name;
    exchange->protocol = &PROTOCOL_OF_RPC_V2_CBOR;
    if (!rpc_v2_path(exchange->request->path, &target, &name))
        return no_such_service(exchange, exchange->request->path);
    const PipelineService *service = service_by_target(exchange->pipeline, target);
    return service ? use(exchange, service, target, name) : no_such_service(exchange, target);
}

static Status route_target(Exchange *exchange, Bytes target)
{
    bool cbor = bytes_starts_with(http_header(exchange->request, "content-type"), TEXT("application/x-amz-cbor"));
    exchange->protocol = cbor ? &PROTOCOL_OF_CBOR_1_1 : &PROTOCOL_OF_JSON;
    Bytes name = target, prefix = bytes_cut(&name, '.');
    const PipelineService *service = service_by_target(exchange->pipeline, prefix);
    /* aws: UnknownOperationException, for a target whose service is elsewhere as for one that is nowhere. */
    if (!service || !present(name))
        return fail(&exchange->call, &COMMON_UNKNOWN_OPERATION, "Nothing here answers to the target " BYTES_FMT ".",
                    BYTES_ARG(target));
    return use(exchange, service, prefix, name);
}

static Status route_form(Exchange *exchange, Bytes scope_service)
{
    Call *call = &exchange->call;
    HttpRequest *request = exchange->request;
    exchange->protocol = &PROTOCOL_OF_QUERY;
    if (!request->body.len && present(request->query))
        request->body = request->query;
    Bytes action = query_parameter(call->arena, request->body, TEXT("Action"));
    Bytes version = query_parameter(call->arena, request->body, TEXT("Version"));
    const PipelineService *service = service_of_form(exchange->pipeline, scope_service, version);
    if (!service)
        return no_such_service(exchange, present(scope_service) ? scope_service : version);
    exchange->service = service->service;
    if (!present(action))
        return fail(call, &COMMON_MISSING_ACTION, "Missing Action");
    return use(exchange, service, bytes_of(service->service->model->name), action);
}

Status route_to(Exchange *exchange, const char *service, Bytes operation)
{
    const PipelineService *found = service_of_form(exchange->pipeline, bytes_of(service), (Bytes){0});
    exchange->protocol = &PROTOCOL_OF_JSON;
    if (!found || !found->service->model->target_prefix)
        return no_such_service(exchange, bytes_of(service));
    return use(exchange, found, bytes_of(found->service->model->target_prefix), operation);
}

static bool asks_with_a_form(const HttpRequest *request)
{
    if (bytes_starts_with(http_header(request, "content-type"), TEXT("application/x-www-form-urlencoded")))
        return true;
    return present(request->query) && bytes_starts_with(request->query, TEXT("Action="));
}

static const Protocol *protocol_shown(const HttpRequest *request)
{
    if (bytes_equal(http_header(request, "smithy-protocol"), TEXT("rpc-v2-cbor")))
        return &PROTOCOL_OF_RPC_V2_CBOR;
    if (bytes_starts_with(http_header(request, "content-type"), TEXT("application/x-amz-cbor")))
        return &PROTOCOL_OF_CBOR_1_1;
    return asks_with_a_form(request) ? &PROTOCOL_OF_QUERY : &PROTOCOL_OF_JSON;
}

Status fail_for_want_of_room(Call *call)
{
    return fail(call, &COMMON_SERVICE_UNAVAILABLE,
                "Requests and answers under way fill the memory that --max-memory allows. Please try again.");
}

/* What net could not take, or the gate not let in: told in the words and form of the protocol that the headers show. */
static Status refuse(Exchange *exchange)
{
    Call *call = &exchange->call;
    const ServiceModel *model = route_service_of(exchange->pipeline, exchange->request);
    exchange->protocol = protocol_shown(exchange->request);
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
        return fail(call, &COMMON_SERIALIZATION, "The request's Content-Encoding is not supported.");
    default:
        return fail(call, &COMMON_SERIALIZATION, "The request could not be read.");
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
    if (is_post(exchange->request) || exchange->call.operation->access == READS)
        return OK;
    return fail(&exchange->call, &COMMON_ACCESS_DENIED,
                "An operation that changes something is called by POST: a web page could make a browser GET it.");
}

Status route(Exchange *exchange)
{
    Bytes scope_service = credential_read(exchange);
    exchange->call.request_id = uuid_new(exchange->call.arena, exchange->pipeline->host->random);
    exchange->protocol = &PROTOCOL_OF_JSON;
    if (exchange->request->refused_status)
        return refuse(exchange);
    Bytes target = http_header(exchange->request, "x-amz-target");
    bool is_rpc_v2 = bytes_equal(http_header(exchange->request, "smithy-protocol"), TEXT("rpc-v2-cbor"));
    if ((is_rpc_v2 || present(target)) && !is_post(exchange->request))
        return fail(&exchange->call, &COMMON_ACCESS_DENIED, UNREACHED_BY_METHOD);
    if (is_rpc_v2)
        return route_rpc_v2(exchange);
    if (present(target))
        return route_target(exchange, target);
    if (asks_with_a_form(exchange->request)) {
        TRY(route_form(exchange, scope_service));
        return may_write_or_reads(exchange);
    }
    return no_such_service(exchange, present(scope_service) ? scope_service : exchange->request->path);
}
