/* error_fields.h - what an error tells beside its message. */
#pragma once
#include "value.h"

size_t error_fields_count(const ErrorAnswer *answer);
/* The field at that place of the error's shape, where it is to be told in the body; else NULL. */
const Field *error_field(const ErrorAnswer *answer, size_t at);
const char *error_query_code(const ErrorModel *error);
void add_query_error(WireAnswer *answer, const ServiceModel *service, const ErrorModel *error);
