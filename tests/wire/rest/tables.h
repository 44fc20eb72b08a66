/* tables.h - the tables of models that only tests use, made at build time by tables.py. */
#pragma once
#include "model.h"

typedef struct Tables {
    const char *name;
    const ServiceModel *service; /* NULL: botocore, which has the model, could not be fetched */
    const OperationModel *const *operations;
    const ErrorModel *const *errors; /* both end with NULL */
} Tables;

/* The small models beside this file, and AWS's own, whole. */
extern const Tables TABLES_OF_REST_JSON, TABLES_OF_REST_XML, TABLES_OF_LAMBDA, TABLES_OF_S3;

const OperationModel *tables_operation(const Tables *tables, const char *name); /* NULL: none of that name */
const ErrorModel *tables_error(const Tables *tables, const char *name);
