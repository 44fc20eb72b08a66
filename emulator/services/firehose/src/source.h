/* source.h - the Kinesis stream that a delivery stream reads.
 *
 * Each shard has a row with the position up to which it has been read: in one turn records go behind the buffer and the
 * position moves. Reading begins at LATEST when the delivery stream is made; the children of a shard begin at their
 * beginning, when all of their parents have been read to the end. That a shard has grown is a nudge; after an opening
 * or a rollback all are looked at. */
#pragma once
#include "delivery_stream.h"

/* The stream's name; refuses what is none of here. */
MUST_CHECK Status source_check(Call *call, Bytes stream_arn);
/* The positions of a new delivery stream. */
MUST_CHECK int source_begin(const Scope *scope, const DeliveryStream *stream);

void sources_open(Firehose *firehose);
void sources_close(Firehose *firehose);
void sources_look_at_all(Firehose *firehose);
void sources_watch(void *context, const void *event); /* KINESIS_SHARD_GREW */
void sources_go_on(struct LoopTimer *timer);          /* firehose->source_steps */
/* Reads all there is, now. */
void sources_catch_up(Firehose *firehose);
