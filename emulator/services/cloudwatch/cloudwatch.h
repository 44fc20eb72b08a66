/* cloudwatch.h - CloudWatch metrics. */
#pragma once
#include "call.h"

typedef struct Cloudwatch Cloudwatch;

extern const Service cloudwatch_service;

Cloudwatch *cloudwatch_open(Host *host);
Cloudwatch *cloudwatch_close(Cloudwatch *cloudwatch); /* returns NULL */
