/* glue.h - the Glue Schema Registry. */
#pragma once
#include "call.h"

extern const Service glue_service;
