/* presigned.h - requests signed in their query. */
#pragma once
#include "errors.h"

/* Within its time, by the emulator's clock; V4's parameters all there. Of other requests: fine. */
MUST_CHECK Status presigned_check(Call *call);
