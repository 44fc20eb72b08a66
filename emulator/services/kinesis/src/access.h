/* access.h - who of another account may reach a stream or a consumer.
 *
 * aws: Developer Guide, "Share access using resource-based policies": another account reaches them by their ARN, where
 * a policy of theirs lets it. As long as policies are not enforced whole, one that allows something to the account lets
 * it do everything. */
#pragma once
#include "consumer.h"

/* Fine where the call's own account is meant. stream NULL: it isn't there, which nobody else is told; consumer NULL:
 * only the stream's policy counts. */
MUST_CHECK Status access_check(Call *call, KinesisStreamName name, const Stream *stream, const Consumer *consumer);
