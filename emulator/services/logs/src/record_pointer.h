/* record_pointer.h - @ptr of a query's results, which GetLogRecord takes: a group and a place in it. */
#pragma once
#include "events.h"

Bytes record_pointer(Arena *arena, const LogGroup *group, const EventPlace *place);
/* False: it isn't one. */
MUST_CHECK bool record_pointer_read(Bytes pointer, int64_t *ret_group_id, EventPlace *ret_place);
