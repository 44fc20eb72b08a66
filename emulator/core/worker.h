/* worker.h - threads for work that takes long and owns no state: a copy, a checksum, a compression. What is done comes
 * back on the loop. */
#pragma once
#include "loop.h"

typedef struct Workers Workers;

Workers *workers_new(Loop *loop, int threads); /* the threads start with the first work; NULL: no descriptors */
/* Waits for what runs; what has not begun does not run. `done` of all of them is called. Returns NULL. */
Workers *workers_free(Workers *workers);

/* work(context) on a thread, which may touch nothing that the loop's thread may touch meanwhile; then done(context) on
 * the loop. In the order given where there is one thread. */
void workers_do(Workers *workers, void (*work)(void *context), void (*done)(void *context), void *context);
size_t workers_busy(const Workers *workers); /* given and not yet done */
