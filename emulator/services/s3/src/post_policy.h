/* post_policy.h - the policy of a browser's upload: until when, of which fields, how large. */
#pragma once
#include "errors.h"
#include "form.h"

/* No policy is fine; one is looked at, and the fields of its signature must be there, which itself isn't checked. */
typedef struct PostTarget {
    Bytes bucket, key;
    int64_t size; /* of the file */
} PostTarget;
MUST_CHECK Status post_policy_check(Call *call, const Form *form, const PostTarget *target);
