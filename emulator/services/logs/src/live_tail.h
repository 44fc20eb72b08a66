/* live_tail.h - sessions of StartLiveTail: what is put is sent on, after the commit that brought it. */
#pragma once
#include "append.h"

typedef struct LiveTail LiveTail;

/* What was put, told after the commit; only where somebody tails. */
void live_tails_publish(const Scope *scope, const LogGroup *group, const LogStream *stream, Batch batch);
void live_tails_open(Logs *logs);
void live_tails_start(Logs *logs); /* after the turn: sessions that are new are told so */
void live_tails_close(Logs *logs);
