/* services.h - the list of all services: what main opens, and what tests play without a port. */
#pragma once
#include "call.h"

extern const Service *const ALL_SERVICES[]; /* each behind those it uses; ends with NULL */
