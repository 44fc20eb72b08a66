/* glue.h - the Glue Schema Registry. */
#pragma once
#include "call.h"

typedef struct Glue Glue;

extern const Service glue_service;

Glue *glue_open(Host *host);
Glue *glue_close(Glue *glue); /* returns NULL */
