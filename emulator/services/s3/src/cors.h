/* cors.h - a bucket's rules for the pages of browsers. */
#pragma once
#include "call.h"

/* FrontEnd.preflight: false where the bucket isn't there, or has no rules. */
bool cors_preflight(void *service, HttpRequest *request, HttpResponse *response);
