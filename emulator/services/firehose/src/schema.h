/* schema.h - the service's tables. */
#pragma once
#include "store.h"

extern const Migration firehose_schema;
