/* group_key.h - the KMS key of a group: may it be used? */
#pragma once
#include "group.h"

/* Of a key that is to be a group's: the ARN the group keeps. */
MUST_CHECK Status log_group_key_check_new(Call *call, Bytes key, Bytes *ret_key_arn);
/* Of the one a group has, before its events are written or read. */
MUST_CHECK Status log_group_key_check(Call *call, const LogGroup *group);
/* false: it may not be used now. */
MUST_CHECK int log_group_key_ask(const Scope *scope, const LogGroup *group, bool *ret_is_usable);
