/* acl.h - ACLs as far as BucketOwnerEnforced has them. */
#pragma once
#include "errors.h"

/* AccessControlListNotSupported of what would give others access. */
MUST_CHECK Status acl_check(Call *call, Bytes canned, bool has_grants);
#define HAS_GRANTS(in)                                                                                                 \
    (present((in)->grant_full_control) || present((in)->grant_read) || present((in)->grant_read_acp) ||                \
     present((in)->grant_write_acp))
/* InvalidArgument of a canned ACL that is none. */
MUST_CHECK Status canned_acl_check(Call *call, Bytes canned);
