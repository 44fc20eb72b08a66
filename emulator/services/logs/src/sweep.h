/* sweep.h - what is deleted, and what retention has ended, gives its rows back a few chunks at a time. Readers never
 * rely on it: they leave out by themselves what is before a group's horizon. */
#pragma once
#include "state.h"

/* (turn) All chunks of a stream, or of a group and its streams. */
MUST_CHECK int sweep_stream(const Scope *scope, int64_t stream_id);
MUST_CHECK int sweep_group(const Scope *scope, int64_t group_id);

void sweep_start(Logs *logs);
void sweep_stop(Logs *logs);
