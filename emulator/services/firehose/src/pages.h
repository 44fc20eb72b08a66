/* pages.h - what is asked of this service beside AWS's operations. */
#pragma once
#include "page.h"

/* /_evpoc/firehose/flush: delivers what is buffered, of all streams or of one, whatever their hints. */
PageFunction flush_page;

struct Firehose;
/* Flushes that waited for deliveries answer when none is on its way. */
void flushes_look(struct Firehose *firehose);
void flushes_close(struct Firehose *firehose);
