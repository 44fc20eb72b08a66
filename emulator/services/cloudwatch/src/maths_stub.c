/* maths_stub.c - metric maths is not there yet. */
#include "maths.h"
Status maths_check_alarm(Call *call, const CloudwatchMetricDataQueries *queries)
{
    (void)queries;
    return fail(call, &COMMON_NOT_IMPLEMENTED, "Alarms on metric maths are not implemented.");
}
int maths_alarm_series(const Scope *scope, const CloudwatchMetricDataQueries *queries, const Window *window,
                       Series *ret)
{
    (void)scope, (void)queries, (void)window, (void)ret;
    return STORE_OK;
}
