/* reset.h - removing what a namespace holds: Service.reset. */
#pragma once
#include "glue.h"

int glue_reset(void *service, Bytes account, Bytes region);
