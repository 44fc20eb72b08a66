/* put.h - a batch that is put: into its stream, to those who subscribe to its group, and what is measured of it. */
#pragma once
#include "append.h"

/* Changes both rows. The batch is not empty, in the order of its times, and the group's key was looked at. */
MUST_CHECK int events_put(const Scope *scope, LogGroup *group, LogStream *stream, Batch batch);
