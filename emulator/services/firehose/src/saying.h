/* saying.h - a stream's error log: what went wrong in a delivery, for CloudWatch Logs. */
#pragma once
#include "deliveries.h"
#include "destination.h"

/* Published with the turn; nothing where the destination's CloudWatchLoggingOptions are off, or nobody watches. */
void delivery_say(Delivery *delivery, Bytes code, Bytes message);
/* The same where there is no delivery. */
void stream_say(Firehose *firehose, const DeliveryStream *stream, const Destination *destination, Bytes code,
                Bytes message);
