/* delivery.c - from the buffer, piece by piece, through the processors, into objects: what passed, what failed, and,
 * where it is wanted, a copy of what was put. */
#include "destination.h"
#include "failing.h"
#include "guard.h"
#include "metrics.h"
#include "outlet.h"
#include "partitions.h"
#include "saying.h"
#include "sending.h"
#include <stdlib.h>

#define PIECE_BYTES   (512 * 1024)
#define PIECE_RECORDS 10000
#define TRIM_CHUNKS   256
#define MADE_BYTES    INT64_C(8388608) /* of one step: a record may become many */

Outlet *delivery_open_outlet(Delivery *delivery, const OutletSettings *settings)
{
    Outlet *outlet = NULL;
    if (delivery->code == STORE_OK)
        delivery->code = outlet_open(delivery, settings, &outlet);
    return outlet;
}

static Bytes evaluated(Delivery *delivery, Bytes prefix, int64_t since_ms)
{
    PrefixValues values = {.time = outlet_time(delivery, since_ms), .random = delivery->firehose->runtime->random};
    Buffer text = {0};
    /* It was checked when it was set. */
    if (prefix_evaluate(&text, prefix, &values) != PREFIX_FINE)
        text.len = 0;
    Bytes kept = arena_copy(delivery->arena, buffer_bytes(&text));
    buffer_done(&text);
    return kept;
}

static Bytes evaluated_error(Delivery *delivery, const char *type, int64_t since_ms)
{
    const Destination *destination = delivery->destination;
    PrefixValues values = {.time = outlet_time(delivery, since_ms),
                           .random = delivery->firehose->runtime->random,
                           .error_type = bytes_of(type)};
    Buffer text = {0};
    if (prefix_evaluate_error(&text, destination->prefix, destination->error_output_prefix, &values) != PREFIX_FINE)
        text.len = 0;
    Bytes kept = arena_copy(delivery->arena, buffer_bytes(&text));
    buffer_done(&text);
    return kept;
}

OutletSettings delivery_settings(const Delivery *delivery, int64_t since_ms)
{
    const Destination *destination = delivery->destination;
    return (OutletSettings){.bucket = delivery->bucket,
                            .compression = destination->compression_format,
                            .file_extension = destination->file_extension,
                            .conversion = delivery->conversion,
                            .since_ms = since_ms};
}

static Outlet *main_outlet(Delivery *delivery, int64_t since_ms)
{
    OutletSettings settings = delivery_settings(delivery, since_ms);
    if (!delivery->main) {
        settings.prefix = evaluated(delivery, delivery->destination->prefix, since_ms);
        delivery->main = delivery_open_outlet(delivery, &settings);
    }
    return delivery->main;
}

/* The one for what failed in this way, which is made for the first. */
static Outlet *error_outlet(Delivery *delivery, Outlet **kept, const char *type, int64_t since_ms)
{
    OutletSettings settings = delivery_settings(delivery, since_ms);
    settings.conversion = NULL;
    if (!*kept) {
        settings.prefix = evaluated_error(delivery, type, since_ms);
        *kept = delivery_open_outlet(delivery, &settings);
    }
    return *kept;
}

static Outlet *copy_outlet(Delivery *delivery, int64_t since_ms)
{
    const FirehoseS3DestinationDescription *copy = delivery->destination->s3_backup_description;
    if (!delivery->copy) {
        OutletSettings settings = {.bucket = bucket_of(copy->bucket_arn),
                                   .prefix = evaluated(delivery, copy->prefix, since_ms),
                                   .compression = copy->compression_format,
                                   .since_ms = since_ms};
        delivery->copy = delivery_open_outlet(delivery, &settings);
    }
    return delivery->copy;
}

static void add_to(Delivery *delivery, Outlet *outlet, Bytes bytes)
{
    if (delivery->code == STORE_OK)
        delivery->code = outlet_add(delivery, outlet, bytes);
    delivery->made += (int64_t)bytes.len;
}

static void convert(Delivery *delivery, Outlet *outlet, const Passing *record)
{
    RowFault fault;
    if (delivery->code == STORE_OK)
        delivery->code = outlet_add_record(delivery, outlet, record->data, &fault);
    delivery->made += (int64_t)record->data.len + conversion_weight(delivery->conversion);
    if (delivery->code != STORE_OK)
        return;
    if (!present(fault.code)) {
        delivery->passed_bytes += (int64_t)record->data.len;
        delivery->passed_records++;
        return;
    }
    delivery_say(delivery, fault.code, fault.message);
    delivery->unconverted_bytes += (int64_t)record->data.len;
    delivery->unconverted_records++;
    Outlet *failed = error_outlet(delivery, &delivery->unconverted, "format-conversion-failed", record->arrival_ms);
    Failing failing = {*record, fault.code, fault.message, 1};
    Buffer line = {0};
    conversion_append_failure(delivery->conversion, &failing, clock_now_ms(delivery->firehose->runtime->clock), &line);
    if (failed)
        add_to(delivery, failed, buffer_bytes(&line));
    buffer_done(&line);
}

void delivery_pass(Delivery *delivery, Outlet *outlet, const Passing *record)
{
    if (delivery->conversion) {
        convert(delivery, outlet, record);
        return;
    }
    add_to(delivery, outlet, record->data);
    add_to(delivery, outlet, delivery->delimiter);
    delivery->passed_bytes += (int64_t)record->data.len;
    delivery->passed_records++;
}

static void tell_failing(Delivery *delivery, Outlet *outlet, const Failing *failing)
{
    Buffer line = {0};
    if (!outlet)
        return;
    failing_append(&line, failing, clock_now_ms(delivery->firehose->runtime->clock));
    add_to(delivery, outlet, buffer_bytes(&line));
    buffer_done(&line);
}

void delivery_fail(Delivery *delivery, const Failing *failing)
{
    if (delivery->gives_up) /* it was told already */
        return;
    tell_failing(delivery, error_outlet(delivery, &delivery->failed, "processing-failed", failing->record.arrival_ms),
                 failing);
    delivery_say(delivery, failing->code, failing->message);
}

static void send_or_give_up(Delivery *delivery, const Passing *record)
{
    const struct Sending *sending = delivery->sending;
    Failing failing = {*record, sending_code(sending), sending_message(sending), delivery->stream.attempts + 1};
    if (delivery->gives_up) {
        tell_failing(delivery, error_outlet(delivery, &delivery->not_sent, "http-endpoint-failed", record->arrival_ms),
                     &failing);
        return;
    }
    Buffer whole = {0};
    buffer_append(&whole, record->data);
    buffer_append(&whole, delivery->delimiter);
    sending_add(delivery->sending, &(Passing){buffer_bytes(&whole), record->arrival_ms});
    buffer_done(&whole);
    delivery->made += (int64_t)record->data.len;
    delivery->passed_bytes += (int64_t)record->data.len;
    delivery->passed_records++;
}

static void on_passed(void *context, const Passing *record)
{
    Delivery *delivery = context;
    if (delivery->partitions) {
        partitions_take(delivery->partitions, record);
        delivery->made += (int64_t)record->data.len;
        return;
    }
    if (delivery->sending) {
        send_or_give_up(delivery, record);
        return;
    }
    Outlet *outlet = main_outlet(delivery, record->arrival_ms);
    if (outlet)
        delivery_pass(delivery, outlet, record);
}

static void on_failed(void *context, const Failing *failing)
{
    delivery_fail(context, failing);
}

static int find_bucket(const Scope *scope, Bytes bucket)
{
    const Firehose *firehose = scope->service;
    Scope theirs = scope_for(scope, firehose->s3);
    return theirs.service ? s3_find_bucket(&theirs, bucket) : DELIVERY_NO_S3;
}

static int prepare(const Scope *scope, Delivery *delivery)
{
    const Destination *destination = delivery->destination;
    delivery->bucket = bucket_of(destination->bucket_arn);
    delivery->delimiter = processing_delimiter(delivery->arena, destination->processing_configuration);
    delivery->processing =
        (Processing){.arena = delivery->piece, .passed = on_passed, .failed = on_failed, .context = delivery};
    processing_of(&delivery->processing, destination->processing_configuration);
    delivery->partitions = partitions_new(delivery);
    delivery->sending = sending_new(delivery);
    int code = conversion_new(delivery, &delivery->conversion);
    if (code != STORE_OK)
        return code;
    /* What an endpoint takes needs none. */
    code = delivery->sending ? STORE_OK : find_bucket(scope, delivery->bucket);
    if (code == STORE_OK && destination_has_copy(destination))
        code = find_bucket(scope, bucket_of(destination->s3_backup_description->bucket_arn));
    return code;
}

int delivery_begin(const Scope *scope, const DeliveryStream *stream, Delivery **ret_delivery)
{
    Delivery *delivery = calloc(1, sizeof *delivery);
    if (!delivery)
        abort();
    Arena *arena = delivery->arena = arena_new();
    delivery->firehose = scope->service;
    delivery->piece = arena_new();
    delivery->stream = *stream;
    delivery->stream.account = arena_copy(arena, stream->account);
    delivery->stream.region = arena_copy(arena, stream->region);
    delivery->stream.name = arena_copy(arena, stream->name);
    delivery->stream.destination = arena_copy(arena, stream->destination);
    delivery->stream.endpoint = arena_copy(arena, stream->endpoint);
    delivery->stream.access_key = arena_copy(arena, stream->access_key);
    delivery->stream.request_id = arena_copy(arena, stream->request_id);
    delivery->destination = arena_new_of(arena, Destination);
    delivery->at = stream->position;
    bool is_read = destination_read(arena, &delivery->stream, delivery->destination);
    int code = is_read ? prepare(scope, delivery) : STORE_BROKEN;
    if (code != STORE_OK)
        delivery = delivery_free(delivery);
    *ret_delivery = delivery;
    return code;
}

Delivery *delivery_free(Delivery *delivery)
{
    if (!delivery)
        return NULL;
    partitions_free(delivery->partitions);
    sending_free(delivery->sending);
    outlet_free(delivery->outlets);
    conversion_free(delivery->conversion);
    buffer_done(&delivery->gathered);
    arena_free(delivery->piece);
    arena_free(delivery->arena);
    free(delivery);
    return NULL;
}

/* Full, or all that was there when it began. */
static bool is_whole(const Delivery *delivery)
{
    if (delivery->gives_up)
        return delivery->at >= delivery->gives_up_to;
    if (delivery->sending && sending_is_full(delivery->sending))
        return true;
    if (delivery->sending && delivery->stream.attempts)
        return false;
    return delivery->at >= delivery->stream.next || delivery->bytes >= delivery->stream.size_max;
}

static int add_record(Delivery *delivery, const LogRecord *record)
{
    Bytes data = record->data;
    ArenaMark mark = arena_mark(delivery->piece);
    if (record->flags & RECORD_IS_SEALED &&
        !unseal(delivery->firehose->secret, delivery->piece, delivery->stream.id, &data))
        return STORE_BROKEN;
    if (destination_has_copy(delivery->destination) && !delivery->gives_up) {
        Outlet *copy = copy_outlet(delivery, record->arrival_ms);
        if (copy)
            add_to(delivery, copy, data);
    }
    processing_run(&delivery->processing, &(Passing){data, record->arrival_ms});
    delivery->at = (int64_t)record->sequence + 1;
    delivery->bytes += (int64_t)data.len;
    delivery->records++;
    arena_rewind(delivery->piece, mark);
    return delivery->code;
}

static int add_piece(Delivery *delivery)
{
    LogRecord *records;
    size_t count;
    int code = shard_log_read(delivery->firehose->log, buffer_log(&delivery->stream), (uint64_t)delivery->at,
                              PIECE_RECORDS, PIECE_BYTES, delivery->piece, &records, &count);
    delivery->made = 0;
    for (size_t i = 0; code == STORE_OK && i < count && !is_whole(delivery) && delivery->made < MADE_BYTES; i++)
        code = add_record(delivery, &records[i]);
    if (code == STORE_OK && !count)
        delivery->at = delivery->stream.next;
    return code;
}

static int end_all(Delivery *delivery)
{
    int code = STORE_OK;
    for (Outlet *outlet = delivery->outlets; code == STORE_OK && outlet; outlet = outlet->next)
        code = outlet_end(delivery, outlet);
    return code;
}

bool delivery_waits(const Delivery *delivery)
{
    return partitions_wait(delivery->partitions) ||
           (delivery->sending && sending_state(delivery->sending) == SENDING_WAITS);
}

bool delivery_may_wait(const Delivery *delivery)
{
    return delivery->partitions || delivery->sending;
}

/* Its records, once more, go to S3. */
static void give_up(Delivery *delivery)
{
    delivery_say(delivery, sending_code(delivery->sending), sending_message(delivery->sending));
    delivery->gives_up = true;
    delivery->gives_up_to = delivery->at;
    delivery->at = delivery->stream.position;
    delivery->bytes = delivery->records = delivery->passed_bytes = delivery->passed_records = 0;
}

/* True: it waits for the endpoint. */
static bool asks_endpoint(Delivery *delivery)
{
    if (!delivery->sending || delivery->gives_up || !is_whole(delivery))
        return false;
    if (sending_state(delivery->sending) == SENDING_GROWS)
        sending_start(delivery->sending);
    return sending_state(delivery->sending) != SENDING_TAKEN;
}

int delivery_step(Delivery *delivery, bool *ret_done)
{
    SendingState state = delivery->sending && !delivery->gives_up ? sending_state(delivery->sending) : SENDING_GROWS;
    if (state == SENDING_AGAIN)
        return DELIVERY_NOT_TAKEN;
    if (state == SENDING_GIVEN_UP)
        give_up(delivery);
    int code = delivery->code == STORE_OK ? add_piece(delivery) : delivery->code;
    bool is_asked = code == STORE_OK && partitions_ask(delivery->partitions);
    if (code == STORE_OK)
        is_asked = asks_endpoint(delivery) || is_asked;
    *ret_done = !is_asked && is_whole(delivery);
    if (code == STORE_OK)
        code = *ret_done ? end_all(delivery) : outlets_settle(delivery);
    arena_reset(delivery->piece);
    return code;
}

/* It is put by the role that the destination names. What a policy is to say of it: all objects under the prefix, as
 * far as that is always the same. */
static bool may_put(const Scope *scope, const Delivery *delivery, const Outlet *outlet)
{
    const Destination *destination = delivery->destination;
    const FirehoseS3DestinationDescription *copy = outlet == delivery->copy ? destination->s3_backup_description : NULL;
    Bytes prefix = copy ? copy->prefix : destination->prefix, rest = present(prefix) ? prefix : TEXT(""),
          fixed = bytes_cut(&rest, '!');
    GuardAct act = {.role = copy ? copy->role_arn : destination->role_arn,
                    .service = "firehose.amazonaws.com",
                    .action = TEXT("s3:PutObject"),
                    .resource = arena_text(scope->arena, "arn:aws:s3:::" BYTES_FMT "/" BYTES_FMT,
                                           BYTES_ARG(outlet->bucket), BYTES_ARG(outlet->key)),
                    .noted = arena_text(scope->arena, "arn:aws:s3:::" BYTES_FMT "/" BYTES_FMT "*",
                                        BYTES_ARG(outlet->bucket), BYTES_ARG(fixed))};
    return guard_may_act(scope, &act);
}

static int keep_all(const Scope *scope, Delivery *delivery)
{
    Scope theirs = scope_for(scope, delivery->firehose->s3);
    int code = STORE_OK;
    for (const Outlet *outlet = delivery->outlets; outlet; outlet = outlet->next)
        if (!may_put(scope, delivery, outlet))
            return DELIVERY_DENIED;
    for (Outlet *outlet = delivery->outlets; code == STORE_OK && outlet; outlet = outlet->next)
        code = outlet_is_empty(outlet) ? STORE_OK : outlet_keep(&theirs, outlet);
    return code;
}

/* What is left begins with the record at its position. */
static int move_on(const Scope *scope, const Delivery *delivery, DeliveryStream *stream)
{
    Firehose *firehose = scope->service;
    LogRecord *first;
    size_t count = 0;
    bool has_more;
    int code = STORE_OK;
    stream->position = delivery->at;
    stream->buffered_bytes = stream->position < stream->next ? stream->buffered_bytes - delivery->bytes : 0;
    bool had_attempts = stream->attempts != 0;
    stream->retry_ms = stream->failing_ms = 0;
    stream->attempts = stream->attempt_to = 0;
    if (stream->position < stream->next)
        code = shard_log_read(firehose->log, buffer_log(stream), (uint64_t)stream->position, 1, 1, scope->arena, &first,
                              &count);
    stream->since_ms = count ? first->arrival_ms : scope->now_ms;
    if (code == STORE_OK)
        code = had_attempts ? delivery_stream_write(scope, stream) : delivery_stream_write_buffer(scope, stream);
    int64_t trim_ms = count ? stream->since_ms : stream->last_ms + 1;
    return code == STORE_OK ? shard_log_trim(firehose->log, buffer_log(stream), trim_ms, TRIM_CHUNKS, &has_more) : code;
}

int delivery_end(Delivery *delivery)
{
    DeliveryStream stream;
    Firehose *firehose = delivery->firehose;
    Scope scope = scope_of_runtime(firehose->runtime, firehose, delivery->piece);
    scope.account = delivery->stream.account;
    scope.region = delivery->stream.region;
    int code = delivery_stream_load(&scope, delivery->stream.id, &stream);
    if (code == STORE_NOT_FOUND || (code == STORE_OK && stream.position != delivery->stream.position))
        return STORE_OK; /* it is gone, or another than it was: nobody waits for this */
    if (code == STORE_OK)
        code = keep_all(&scope, delivery);
    if (code == STORE_OK)
        code = move_on(&scope, delivery, &stream);
    if (code == STORE_OK)
        delivery_metrics_of(firehose, delivery, scope.now_ms);
    return code;
}
