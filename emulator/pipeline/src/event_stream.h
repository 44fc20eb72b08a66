/* event_stream.h - answers that go on. */
#pragma once
#include "exchange.h"

extern const CallHooks pipeline_hooks;
void event_stream_begin(
    Exchange *exchange); /* sends the head, the initial-response and what was sent before the commit */
void event_stream_drop(Exchange *exchange); /* the call failed after it had opened one */
