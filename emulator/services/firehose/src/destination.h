/* destination.h - where a stream delivers to, and how: kept as JSON, in the form in which it is described. The older S3
 * destination is an ExtendedS3 one that says less. */
#pragma once
#include "delivery_stream.h"
#include "prefix.h"

typedef FirehoseExtendedS3DestinationDescription Destination;

/* Of a new stream: one of an S3 or an ExtendedS3 destination, with the defaults. Others are said not to be built. */
MUST_CHECK Status destination_of_new(Call *call, const FirehoseCreateDeliveryStreamInput *in, Destination *ret);
/* What the update tells takes the place of what was. */
MUST_CHECK Status destination_update(Call *call, const FirehoseUpdateDestinationInput *in, Destination *destination);
/* Sets the stream's columns that follow from it. */
void destination_keep(Arena *arena, const Destination *destination, DeliveryStream *stream);
/* false: what is kept is none: damaged. */
MUST_CHECK bool destination_read(Arena *arena, const DeliveryStream *stream, Destination *ret);
/* As DescribeDeliveryStream tells it: in both forms. */
void destination_describe(Arena *arena, const Destination *destination, FirehoseDestinationDescription *ret);

/* Are records kept as they were put, too? */
bool destination_has_copy(const Destination *destination);
/* The bucket's name. */
Bytes bucket_of(Bytes arn);
