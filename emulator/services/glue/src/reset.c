/* reset.c - removes registries and databases; triggers take with them what is in them: glue.c. */
#include "reset.h"
#include "state.h"

static const Query reset_registries = {"DELETE FROM glue_registry WHERE " IN_NAMESPACE};
static const Query reset_databases = {"DELETE FROM glue_database WHERE " IN_NAMESPACE};

int glue_reset(void *service, Bytes account, Bytes region)
{
    static const Query *const queries[] = {&reset_registries, &reset_databases, NULL};
    Glue *glue = service;
    return reset_rows(glue->runtime->store, queries, account, region);
}
