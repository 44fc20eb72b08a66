/* tables.c */
#include "tables.h"

const OperationModel *tables_operation(const Tables *tables, const char *name)
{
    const OperationModel *const *at = tables->operations;
    while (*at && strcmp((*at)->name, name))
        at++;
    return *at;
}

const ErrorModel *tables_error(const Tables *tables, const char *name)
{
    const ErrorModel *const *at = tables->errors;
    while (*at && strcmp((*at)->code, name))
        at++;
    return *at;
}
