/* scaling.h - on-demand streams grow with what is written to them, where AWS's limits are asked for.
 *
 * aws: Developer Guide, "Choose the right mode": a stream takes up to double the peak of what was written before; when
 * a new peak shows, it gets the shards for double that one. Ours does so a second after the peak, AWS in some minutes;
 * it never shrinks. */
#pragma once
#include "shard.h"

/* Bytes of a record were to be written, whether there was room for them or not. scale: of the limits. */
void scaling_note(Kinesis *kinesis, Stream *stream, size_t bytes, double scale);
void scaling_stop(Kinesis *kinesis);
