/* control.h - AWS's limits of operations on tables, where limits of rate are asked for.
 *
 * aws: Developer Guide, Quotas: "up to 500" tables created, updated, deleted or restored at a time; 2,500 tables in an
 * account and region. What AWS takes seconds for is done at once here: an operation counts as going on for a second. */
#pragma once
#include "call.h"

/* Service.admit: LimitExceededException. */
MUST_CHECK Status control_admit(Call *call, const void *in);
