/* words.h - numbers and times as AWS spells them in reasons, reasons' data and histories: as Java does. */
#pragma once
#include "arena.h"
#include "buffer.h"

/* Lives as long as the arena, and so does what it holds. */
Buffer *text_new(Arena *arena);

void text_number(Buffer *text, double value);       /* 21.0, 1.0E10 */
void text_time(Buffer *text, int64_t time_ms);      /* 2022-07-22T15:57:45.394+0000 */
void text_day(Buffer *text, int64_t time_ms);       /* 22/07/22 15:57:45 */
void text_long_time(Buffer *text, int64_t time_ms); /* Friday 22 July, 2022 15:57:45 UTC */
