/* saying.h - a stream's error log: what went wrong in a delivery, for CloudWatch Logs. */
#pragma once
#include "deliveries.h"

/* Published with the turn; nothing where the destination's CloudWatchLoggingOptions are off, or nobody watches. */
void delivery_say(Delivery *delivery, Bytes code, Bytes message);
