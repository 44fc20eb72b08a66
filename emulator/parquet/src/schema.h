/* schema.h - fields as the footer tells them. */
#pragma once
#include "column.h"
#include "thrift.h"

/* All of them, below a root, as the footer's list of SchemaElement. */
void schema_append(ThriftStruct *footer, int field, const ParquetField *fields, size_t count);
/* The column's names from the root down, as a list of binaries. */
void schema_append_path(ThriftStruct *info, int field, const ParquetField *fields, size_t count, size_t column);
