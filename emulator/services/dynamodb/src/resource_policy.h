/* resource_policy.h - the policy that a table is made with. */
#pragma once
#include "table.h"

/* A policy document, of a size that is allowed. */
MUST_CHECK Status policy_check(Call *call, Bytes policy);
/* Of a table, or of its stream with this label (empty: the table itself); absent: it has none. */
MUST_CHECK int policy_of_table(const Scope *scope, int64_t table_id, Bytes label, Bytes *ret_policy);
/* Of a table that has none. */
MUST_CHECK int policy_put_new(const Scope *scope, int64_t table_id, Bytes policy);
