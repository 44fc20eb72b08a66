/* run.h - one call, within its budget; sets what its answer needs. */
#pragma once
#include "exchange.h"

/* Run again: after its turn was undone. */
MUST_CHECK Status run(Exchange *exchange);
/* What we ask ourselves, unbounded. */
MUST_CHECK Status run_ours(Exchange *exchange, const char *service, Bytes operation, Bytes json);
MUST_CHECK Status run_again(Exchange *exchange);
bool can_run_again(const Exchange *exchange); /* false: it never came to its handler, or waits, or streams */
/* It failed, and has written what it did not say may stay (call_keep_writes). */
bool broke_the_rule(const Exchange *exchange);
