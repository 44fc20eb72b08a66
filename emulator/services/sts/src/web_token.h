/* web_token.h - what the token of a web identity claims. */
#pragma once
#include "call.h"
#include <jansson.h>

/* Lives as long as the call; its signature is not looked at. NULL: it is no token. */
json_t *web_claims(Call *call, Bytes token);
/* A text, or the first of a list; absent: it isn't there. */
Bytes web_claim(Call *call, const json_t *claims, const char *name);
