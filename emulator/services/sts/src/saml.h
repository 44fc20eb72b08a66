/* saml.h - an authentication response of SAML 2.0, as far as AWS reads it. Its signature is not looked at.
 * aws: IAM User Guide, "Configure SAML assertions for the authentication response". Knows no store. */
#pragma once
#include "arena.h"

typedef struct SamlList {
    Bytes *items;
    size_t len;
} SamlList;

typedef struct SamlResponse {
    Bytes issuer;
    Bytes subject, subject_type; /* NameID, and the last part of its Format: "persistent" */
    Bytes recipient;             /* of the subject's confirmation */
    Bytes audience;
    int64_t expires_ms; /* the earliest of its times; INT64_MAX: it names none */
    SamlList roles;     /* "arn:…:role/r,arn:…:saml-provider/p", in either order */
    Bytes session_name, session_duration, source_identity; /* absent: none */
    SamlList tag_keys, tag_values;                         /* of PrincipalTag:<key> */
    SamlList transitive;
} SamlResponse;

/* text: base64, as the browser has it. False: it is no such response. */
bool saml_read(Arena *arena, Bytes text, SamlResponse *ret_response);
/* Does it name the role together with the provider? */
bool saml_allows(const SamlResponse *response, Bytes role, Bytes provider);
