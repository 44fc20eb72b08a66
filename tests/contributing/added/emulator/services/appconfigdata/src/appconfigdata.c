/* appconfigdata.c - the operations this service answers. It keeps nothing. */
#include "appconfigdata.h"
#include "appconfigdata_model.h"
#include "appconfigdata_operations.h"

static void *open_appconfigdata(Runtime *runtime)
{
    return runtime;
}

static void close_appconfigdata(void *service)
{
    (void)service;
}

const Service appconfigdata_service = {
    .model = &APPCONFIGDATA_SERVICE,
    .operations = APPCONFIGDATA_OPERATIONS,
    .open = open_appconfigdata,
    .close = close_appconfigdata,
};
