/* document.h - policy documents: checked when they come, percent-encoded when they go. */
#pragma once
#include "entity.h"
#include "policy_document.h"

/* MalformedPolicyDocument in AWS's words. */
MUST_CHECK Status document_check(Call *call, Bytes document, PolicyKind kind);
/* aws: "The response is URL-encoded, compliant with RFC 3986." */
Bytes document_told(Call *call, Bytes document);
