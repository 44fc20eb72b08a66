/* copying.h - a snapshot in its three steps, as the tests take them. */
#pragma once
#include "store.h"
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static inline StoreCopy *begin(Store *store, bool is_restore, const char *name)
{
    StoreCopy *copy = NULL;
    const char *reason = "";
    int code = is_restore ? store_restore_begin(store, name, &copy, &reason)
                          : store_snapshot_begin(store, name, &copy, &reason);
    if (code != STORE_OK)
        fail_msg("%s", reason);
    return copy;
}

/* The second, for a thread. */
static inline void *work(void *copy)
{
    store_copy_work(copy);
    return NULL;
}

static inline void end(Store *store, StoreCopy *copy)
{
    const char *reason = "";
    if (store_copy_end(store, copy, &reason) != STORE_OK)
        fail_msg("%s", reason);
}
