/* sending.h - a delivery to an HTTP endpoint: the request's body grows piece by piece, then it is sent; when the
 * endpoint has acknowledged it the records leave the buffer. aws: Developer Guide, "HTTP endpoint delivery request and
 * response specifications". */
#pragma once
#include "deliveries.h"
#include "endpoint.h"

#define SENDING_BYTES_MAX   (8 * BYTES_PER_MB) /* aws: 64 MiB at most; hints are hints, and a body lies in memory */
#define SENDING_RECORDS_MAX 10000              /* aws: "The maximum number of records in a request" */

typedef enum SendingState {
    SENDING_GROWS,
    SENDING_WAITS,
    SENDING_TAKEN,    /* acknowledged */
    SENDING_AGAIN,    /* it is to be tried again, later */
    SENDING_GIVEN_UP, /* what was sent goes to S3, as failed */
} SendingState;

struct Sending *sending_new(Delivery *delivery);       /* NULL: its destination is no endpoint */
struct Sending *sending_free(struct Sending *sending); /* NULL is fine; returns NULL */
void sending_add(struct Sending *sending, const Passing *record);
bool sending_is_full(const struct Sending *sending); /* no record more */
void sending_start(struct Sending *sending);         /* deliveries_are_answered is called when its state has changed */
SendingState sending_state(const struct Sending *sending);
Bytes sending_code(const struct Sending *sending);    /* HttpEndpoint.RequestTimeout … */
Bytes sending_message(const struct Sending *sending); /* why it was not taken */
/* Notes in the stream what the next attempt must know: it sends the same again. */
void sending_note(const struct Sending *sending, DeliveryStream *stream);
