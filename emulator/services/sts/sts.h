/* sts.h - the Security Token Service. */
#pragma once
#include "call.h"

typedef struct Sts Sts;

extern const Service sts_service;
