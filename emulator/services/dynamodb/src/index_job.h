/* index_job.h - filling a new index of a table that has items already. */
#pragma once
#include "table.h"

/* table->indexes[].is_filling, filled_… */
MUST_CHECK int index_jobs_load(Store *store, Table *table);
/* An index that is there, and empty. */
MUST_CHECK int index_job_add(const Scope *scope, const Table *table, const Index *index);
