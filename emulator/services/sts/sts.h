/* sts.h - the Security Token Service. */
#pragma once
#include "call.h"

typedef struct Sts Sts;

extern const Service sts_service;

Sts *sts_open(Host *host);
Sts *sts_close(Sts *sts); /* returns NULL */
