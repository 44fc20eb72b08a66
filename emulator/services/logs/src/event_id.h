/* event_id.h - an event's place as AWS's ids of events look: 56 decimal digits, in which the time stands first. */
#pragma once
#include "events.h"

#define EVENT_ID_DIGITS 56

/* In bits from the left: time (42), chunk (63), index (32), zeros (49). */
void event_id_write(char out[static EVENT_ID_DIGITS], const EventPlace *place);
Bytes event_id(Arena *arena, const EventPlace *place);
/* False: it isn't one. */
MUST_CHECK bool event_id_parse(Bytes text, EventPlace *ret_place);
