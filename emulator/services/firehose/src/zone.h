/* zone.h - how far local time is from UTC, by the system's time zone files. */
#pragma once
#include "bytes.h"

/* false: there is no such zone here. UTC is known without a file. */
MUST_CHECK bool zone_offset(Bytes name, int64_t at_s, int32_t *ret_offset_s);
