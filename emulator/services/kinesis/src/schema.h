/* schema.h - the tables of the service. */
#pragma once
#include "store.h"

extern const Migration kinesis_schema;
