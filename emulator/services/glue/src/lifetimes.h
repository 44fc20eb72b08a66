/* lifetimes.h - what is deleted stays DELETING for a while where the settings say so, and goes on the emulator's clock.
 * Rows say when: gone_ms. */
#pragma once
#include "state.h"

int64_t lifetime_end_ms(const Call *call); /* of what is deleted now */
/* After gone_ms was set: removes what is due, and has the rest removed in time. */
MUST_CHECK int lifetimes_settle(Glue *glue);
/* After a rollback or a restore: a while later what is due is looked for anew. */
void lifetimes_soon(void *glue);
void lifetimes_stop(Glue *glue);
