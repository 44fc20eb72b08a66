/* query_definition.h - queries that are kept under a name. */
#pragma once
#include "state.h"

extern const Migration logs_definition_schema;
