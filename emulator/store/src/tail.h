/* tail.h - the newest appends of all logs, one behind the other in the order they came: a stream of bytes, cut into
 * rows that each fill a page and are written again in place. So a turn costs a page or two, however many logs it
 * touches; a row a log would cost a page each. Before it overflows, its owner writes what it holds elsewhere and clears
 * it, in one transaction. */
#pragma once
#include "store.h"

typedef struct Tail Tail;

#define TAIL_BYTES 256000 /* at most, with 20 a part of overhead */

MUST_CHECK int tail_open(Store *store, Tail **ret_tail);
Tail *tail_close(Tail *tail);

bool tail_has_room(const Tail *tail, size_t parts, size_t bytes);
void tail_add(Tail *tail, int64_t log, Bytes part); /* copied; there must be room */
MUST_CHECK int tail_write(Tail *tail);              /* what was added since, into the turn's transaction */
MUST_CHECK int tail_clear(Tail *tail);              /* likewise; costs nothing where it is empty */

/* As the file has it: at the start, and after a turn that was undone. */
MUST_CHECK int tail_load(Tail *tail);
/* for (Bytes rest = tail_content(tail); tail_next(&rest, &log, &part);) - false also where the bytes are broken:
 * rest.len tells. */
Bytes tail_content(const Tail *tail);
bool tail_next(Bytes *rest, int64_t *ret_log, Bytes *ret_part);
