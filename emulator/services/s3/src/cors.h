/* cors.h - a bucket's rules for the pages of browsers. */
#pragma once
#include "call.h"

/* What the answer to a page of another origin says to it, where its bucket has rules. */
MUST_CHECK Status cors_answer(Call *call);
/* FrontEnd.preflight: false where the bucket isn't there, or has no rules. */
bool cors_preflight(void *service, HttpRequest *request, HttpResponse *response);
