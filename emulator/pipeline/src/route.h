/* route.h - which operation a request asks for, in which protocol, and for whom. */
#pragma once
#include "exchange.h"

/* Sets service, protocol, operation_name and call.operation; fails in AWS's words where it leads nowhere. */
MUST_CHECK Status route(Exchange *exchange);
MUST_CHECK Status fail_for_want_of_room(Call *call);
void routes_add(Pipeline *pipeline, const struct OpenService *service);
/* As if a request had come for this operation of this service (ServiceModel.name): fails where it leads nowhere. */
MUST_CHECK Status route_to(Exchange *exchange, const char *service, Bytes operation);
void routes_free(Pipeline *pipeline);
/* The service that a request's headers name, before its body is there; NULL where they don't. */
const ServiceModel *route_service_of(const Pipeline *pipeline, const HttpRequest *request);

/* The service that its signature is for; NULL where it is for none of ours. */
const struct OpenService *route_service_signed_for(const Pipeline *pipeline, const HttpRequest *request);
/* Does the request's body flow, as its head says? service: that of its signature; NULL is fine. */
bool route_flows(const Pipeline *pipeline, const struct OpenService *service, const HttpRequest *request);

/* Account, region and access key of the call; returns the service of the SigV4 credential scope, or
 * absent. */
Bytes credential_read(Exchange *exchange);
/* The service that the Authorization header is for, before there is a call; absent where it names none. */
Bytes credential_service(const HttpRequest *request);
