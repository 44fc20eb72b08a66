/* appconfigdata.h - AWS AppConfig Data. */
#pragma once
#include "call.h"

extern const Service appconfigdata_service;
