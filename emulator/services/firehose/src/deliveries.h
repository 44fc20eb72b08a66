/* deliveries.h - which buffers are due, on the emulator's clock, and their way into objects.
 *
 * A delivery reads the buffer from its position in pieces, compresses them, and writes them into an object that nobody
 * sees yet. Its last step is one turn: the object is kept, the buffer's position moves behind what is in it. So a kill
 * at any time neither loses nor doubles a record. Small ones are made at once, large ones in steps, so that others are
 * not held up, and 128 MiB cost some MiB of memory. */
#pragma once
#include "buffer.h"
#include "processing.h"

/* Looks by then at the latest. */
void deliveries_await(Firehose *firehose, int64_t due_ms);
void deliveries_look(Firehose *firehose); /* after a rollback: looks at all of them, soon */
void deliveries_close(Firehose *firehose);
/* Delivers what is due. */
void deliveries_run(Firehose *firehose, int64_t now_ms);
void deliveries_go_on(struct LoopTimer *timer); /* firehose->delivery_steps */
/* A delivery that waited for somebody can go on. */
void deliveries_are_answered(Firehose *firehose);
/* Goes on with all that need not wait. False: some are on their way, still. */
MUST_CHECK bool deliveries_finish(Firehose *firehose);
/* Is one of this stream on its way? */
bool deliveries_has(const Firehose *firehose, int64_t stream_id);

struct Delivery {
    Firehose *firehose;
    Delivery *next; /* of those in steps */
    Arena *arena;   /* what it needs all the time */
    Arena *piece;   /* of the piece at hand */
    DeliveryStream stream;
    FirehoseExtendedS3DestinationDescription *destination;
    Bytes bucket, delimiter;
    int64_t at;             /* records [stream.position, at) are in it */
    int64_t bytes, records; /* as they were put */
    Processing processing;
    int code;                      /* of the sinks: once it is not STORE_OK, nothing goes on */
    int64_t made;                  /* bytes that came of the piece at hand */
    struct Partitions *partitions; /* NULL: there are none */
    struct Conversion *conversion; /* NULL: records stay as they are */
    size_t held;                   /* bytes of rows that have not left their objects' writers */
    struct Sending *sending;       /* NULL: it goes to S3 */
    int64_t gives_up_to;
    bool gives_up; /* what the endpoint did not take goes to S3, as failed */
    struct Outlet *not_sent;
    struct Outlet *outlets;     /* all objects that are made, the newest first; of which */
    struct Outlet *main;        /* what passed the processors */
    struct Outlet *failed;      /* what did not, told in JSON */
    struct Outlet *unconverted; /* what could not be converted */
    struct Outlet *copy;        /* records as they were put: S3BackupMode Enabled */
    struct Outlet *gathered_of; /* what `gathered` goes to */
    Buffer gathered;
    int64_t passed_bytes, passed_records;
    int64_t unconverted_bytes, unconverted_records;
    int said; /* lines of its error log */
};

/* delivery.c: its objects. Codes of the store and of s3.h, and these. */
enum { DELIVERY_NO_S3 = 32, DELIVERY_NOT_TAKEN = 33, DELIVERY_DENIED = 34 };
MUST_CHECK int delivery_begin(const Scope *scope, const DeliveryStream *stream, Delivery **ret_delivery);
/* A piece. *ret_done: nothing is left but delivery_end. */
MUST_CHECK int delivery_step(Delivery *delivery, bool *ret_done);
/* (turn) The objects are there, and their records have left the buffer. */
MUST_CHECK int delivery_end(Delivery *delivery);
Delivery *delivery_free(Delivery *delivery);
/* It can go on only when it is answered. */
bool delivery_waits(const Delivery *delivery);
bool delivery_may_wait(const Delivery *delivery);

/* For what the delivery is made of: its sinks. */
struct OutletSettings;
struct OutletSettings delivery_settings(const Delivery *delivery, int64_t since_ms);
struct Outlet *delivery_open_outlet(Delivery *delivery, const struct OutletSettings *settings); /* NULL: see code */
void delivery_pass(Delivery *delivery, struct Outlet *outlet, const Passing *record);
void delivery_fail(Delivery *delivery, const Failing *failing);
