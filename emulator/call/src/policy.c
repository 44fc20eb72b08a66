/* policy.c - what a policy document is, whatever it says. */
#include "policy.h"
#include <jansson.h>

bool policy_is_document(Bytes policy)
{
    json_t *parsed = json_loadb(policy.ptr, policy.len, JSON_REJECT_DUPLICATES, NULL);
    bool is_document = json_is_object(parsed) && json_object_get(parsed, "Statement");
    json_decref(parsed);
    return is_document;
}
