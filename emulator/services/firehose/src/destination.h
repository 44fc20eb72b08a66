/* destination.h - where a stream delivers to, and how: kept as JSON, in the form in which it is described. The older S3
 * destination is an ExtendedS3 one that says less. */
#pragma once
#include "delivery_stream.h"
#include "prefix.h"

typedef FirehoseExtendedS3DestinationDescription Destination;

/* What is told takes the place of what was. */
#define TAKE_TEXT(to, from, member)   ((to)->member = present((from)->member) ? (from)->member : (to)->member)
#define TAKE_STRUCT(to, from, member) ((to)->member = (from)->member ? (from)->member : (to)->member)

/* All that a stream keeps of where it delivers to. */
typedef struct Target {
    Destination destination;                              /* what goes to S3, and how records are processed */
    FirehoseHttpEndpointDestinationDescription *endpoint; /* NULL: it delivers to S3 */
    Bytes access_key;                                     /* of the endpoint; never told */
} Target;

/* Of a new stream: one of an S3 or an ExtendedS3 destination, with the defaults. Others are said not to be built. */
MUST_CHECK Status destination_of_new(Call *call, const FirehoseCreateDeliveryStreamInput *in, Target *ret);
/* What the update tells takes the place of what was. */
MUST_CHECK Status destination_update(Call *call, const FirehoseUpdateDestinationInput *in, Target *target);
/* Sets the stream's columns that follow from it. */
void destination_keep(Arena *arena, const Target *target, DeliveryStream *stream);
/* false: what is kept is none: damaged. */
MUST_CHECK bool destination_read(Arena *arena, const DeliveryStream *stream, Destination *ret);
MUST_CHECK bool target_read(Arena *arena, const DeliveryStream *stream, Target *ret);
/* As DescribeDeliveryStream tells it: in both forms. */
void destination_describe(Arena *arena, const Target *target, FirehoseDestinationDescription *ret);

/* For destinations that have one of S3 within: its description, with the defaults. */
FirehoseS3DestinationDescription *s3_of_configuration(Arena *arena, const FirehoseS3DestinationConfiguration *in);
FirehoseS3DestinationDescription *s3_of_update(Arena *arena, const FirehoseS3DestinationDescription *before,
                                               const FirehoseS3DestinationUpdate *in);
void destination_of_s3(const FirehoseS3DestinationDescription *s3, Destination *ret);
MUST_CHECK Status destination_check(Call *call, const Destination *destination);

/* Are records kept as they were put, too? */
bool destination_has_copy(const Destination *destination);
/* The bucket's name. */
Bytes bucket_of(Bytes arn);
