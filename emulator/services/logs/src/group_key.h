/* group_key.h - the KMS key of a group: may it be used? */
#pragma once
#include "group.h"

/* Of a key that is to be a group's. key: its ARN, or an alias' …; the group keeps the ARN. */
MUST_CHECK Status log_group_key_check_new(Call *call, Bytes log_group_arn, Bytes key, Bytes *ret_key_arn);
/* Of the one a group has, before its events are written or read. */
MUST_CHECK Status log_group_key_check(Call *call, const LogGroup *group);
/* false: it may not be used now. */
MUST_CHECK int log_group_key_ask(const Scope *scope, const LogGroup *group, bool *ret_is_usable);
