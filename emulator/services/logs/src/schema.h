/* schema.h - the tables. */
#pragma once
#include "store.h"

extern const Migration logs_schema;
