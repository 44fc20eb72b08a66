/* sending.c */
#include "sending.h"
#include "base64.h"
#include "compressor.h"
#include "outbound.h"
#include "uuid.h"
#include <jansson.h>
#include <stdlib.h>

#define ANSWER_MS (180 * MS_PER_S) /* aws: "HTTP endpoints have 3 minutes to respond to a request" */
/* aws: "initial back-off time (1 second) with a jitter factor of (15%) … multiplier(2) … capped by … 2 minutes" */
#define WAIT_MS_MAX       (120 * MS_PER_S)
#define DOUBLINGS_MAX     7
#define JITTER_PERCENT    15
#define TOO_LARGE         413 /* aws: "a permanent failure", and is not tried again */
#define MESSAGE_BYTES_MAX 2048

struct Sending {
    Delivery *delivery;
    Endpoint *endpoint;
    SendingState state;
    Buffer body;
    struct Compressor *compressor;
    Bytes id;
    size_t records;
    OutboundRequest request;
    Timer *late;
    int64_t started_ms; /* all waiting is counted from here: when its answer is looked at does not matter */
    Bytes code, message;
};

static void write_body(struct Sending *sending, Bytes bytes)
{
    compressor_add(sending->compressor, bytes, &sending->body);
}

static Bytes id_of(Delivery *delivery)
{
    char *text = arena_take_raw(delivery->arena, UUID_TEXT_LEN);
    if (delivery->stream.attempts)
        return delivery->stream.request_id;
    uuid_write(delivery->firehose->runtime->random, text);
    return (Bytes){text, UUID_TEXT_LEN};
}

struct Sending *sending_new(Delivery *delivery)
{
    Endpoint *endpoint = endpoint_read(delivery->arena, &delivery->stream);
    if (!endpoint)
        return NULL;
    struct Sending *sending = calloc(1, sizeof *sending);
    if (!sending)
        abort();
    bool is_packed = bytes_equal(endpoint->request_configuration->content_encoding, FIREHOSE_CONTENT_ENCODING_GZIP);
    int64_t now_ms = clock_now_ms(delivery->firehose->runtime->clock);
    sending->delivery = delivery;
    sending->endpoint = endpoint;
    sending->id = id_of(delivery);
    sending->compressor =
        compressor_new(is_packed ? FIREHOSE_COMPRESSION_FORMAT_GZIP : FIREHOSE_COMPRESSION_FORMAT_UNCOMPRESSED,
                       TEXT(""), now_ms, COMPRESSOR_WHOLE);
    write_body(sending, arena_text(delivery->arena, "{\"requestId\":\"" BYTES_FMT "\",\"timestamp\":%lld,\"records\":[",
                                   BYTES_ARG(sending->id), (long long)now_ms));
    return sending;
}

static void stop(struct Sending *sending)
{
    if (sending->late)
        scheduler_cancel(sending->delivery->firehose->runtime->scheduler, sending->late);
    sending->late = NULL;
    outbound_cancel(&sending->request);
}

struct Sending *sending_free(struct Sending *sending)
{
    if (!sending)
        return NULL;
    stop(sending);
    compressor_free(sending->compressor);
    buffer_done(&sending->body);
    buffer_done(&sending->request.answer);
    free(sending);
    return NULL;
}

void sending_add(struct Sending *sending, const Passing *record)
{
    Buffer text = {0};
    buffer_append_text(&text, sending->records++ ? ",{\"data\":\"" : "{\"data\":\"");
    text.len += base64_encode(buffer_reserve(&text, base64_encoded_len(record->data.len)), record->data);
    buffer_append_text(&text, "\"}");
    write_body(sending, buffer_bytes(&text));
    buffer_done(&text);
}

bool sending_is_full(const struct Sending *sending)
{
    const Delivery *delivery = sending->delivery;
    if (delivery->stream.attempts)
        return delivery->at >= delivery->stream.attempt_to;
    return delivery->bytes >= SENDING_BYTES_MAX || sending->records >= SENDING_RECORDS_MAX;
}

SendingState sending_state(const struct Sending *sending)
{
    return sending->state;
}

Bytes sending_code(const struct Sending *sending)
{
    return sending->code;
}

Bytes sending_message(const struct Sending *sending)
{
    return sending->message;
}

/* aws: RetryOptions: "This duration starts after the initial attempt to send data … fails." */
static bool is_time_over(const struct Sending *sending)
{
    const Delivery *delivery = sending->delivery;
    int64_t since_ms = delivery->stream.attempts ? delivery->stream.failing_ms : sending->started_ms;
    return sending->started_ms - since_ms >= sending->endpoint->retry_options->duration_in_seconds * MS_PER_S;
}

static void refuse(struct Sending *sending, const char *code, Bytes message)
{
    Arena *arena = sending->delivery->arena;
    sending->code = bytes_of(code);
    sending->message = arena_copy(arena, message);
    bool is_for_good = sending->request.status == TOO_LARGE;
    sending->state = is_for_good || is_time_over(sending) ? SENDING_GIVEN_UP : SENDING_AGAIN;
}

/* aws: "The only acceptable content type is application/json. … Content-Encoding MUST NOT be used. … The Content-Length
 * header MUST be present"; "requestId" as it was sent, and "timestamp". */
static bool is_acknowledged(const struct Sending *sending)
{
    json_error_t error;
    if (!sending->request.told.is_json || sending->request.told.is_encoded || !sending->request.told.has_length)
        return false;
    Bytes body = buffer_bytes(&sending->request.answer);
    json_t *answer = json_loadb(body.ptr, body.len, 0, &error);
    const char *id = json_string_value(json_object_get(answer, "requestId"));
    bool is_good = id && bytes_is(sending->id, id) && json_is_integer(json_object_get(answer, "timestamp"));
    json_decref(answer);
    return is_good;
}

static void judge_answer(struct Sending *sending)
{
    Arena *arena = sending->delivery->arena;
    Bytes body = buffer_bytes(&sending->request.answer);
    if (body.len > MESSAGE_BYTES_MAX)
        body.len = MESSAGE_BYTES_MAX;
    if (sending->request.status != 200)
        refuse(sending, "HttpEndpoint.DestinationException",
               arena_text(arena, "The following response was received from the endpoint destination. %d: " BYTES_FMT,
                          sending->request.status, BYTES_ARG(body)));
    else if (!is_acknowledged(sending))
        refuse(sending, "HttpEndpoint.InvalidResponseFromDestination",
               arena_text(arena, "The response received from the endpoint is invalid: " BYTES_FMT, BYTES_ARG(body)));
    else
        sending->state = SENDING_TAKEN;
}

static void on_answer(OutboundRequest *request, void *context)
{
    struct Sending *sending = context;
    stop(sending);
    switch (request->trouble) {
    case OUTBOUND_FINE:
        judge_answer(sending);
        break;
    case OUTBOUND_NOT_ALLOWED:
        refuse(sending, "HttpEndpoint.ConnectionFailed", TEXT("The host of the endpoint is not named by --egress."));
        break;
    case OUTBOUND_NO_CONNECTION:
        refuse(sending, "HttpEndpoint.ConnectionFailed", TEXT("A connection to the endpoint could not be made."));
        break;
    case OUTBOUND_NO_TRUST:
        refuse(sending, "HttpEndpoint.SSLHandshakeFailure", TEXT("The TLS handshake with the endpoint failed."));
        break;
    case OUTBOUND_TOO_LATE:
        refuse(sending, "HttpEndpoint.RequestTimeout", TEXT("The endpoint did not respond within 3 minutes."));
        break;
    case OUTBOUND_TOO_LARGE:
        refuse(sending, "HttpEndpoint.ResponseTooLarge", TEXT("The response of the endpoint is larger than 1 MiB."));
        break;
    case OUTBOUND_CUT:
        refuse(sending, "HttpEndpoint.ConnectionReset",
               TEXT("The connection to the endpoint ended before its response."));
        break;
    }
    deliveries_are_answered(sending->delivery->firehose);
}

/* By the emulator's clock; libcurl has a time of its own, which is real. */
static void on_late(void *context, int64_t now_ms)
{
    struct Sending *sending = context;
    (void)now_ms;
    sending->late = NULL;
    stop(sending);
    sending->request.trouble = OUTBOUND_TOO_LATE;
    on_answer(&sending->request, sending);
}

static const char *header(struct Sending *sending, const char *name, Bytes value)
{
    return arena_text(sending->delivery->arena, "%s: " BYTES_FMT, name, BYTES_ARG(value)).ptr;
}

/* {"commonAttributes":{"name":"value"}}; absent where there are none. */
static Bytes common_attributes(const struct Sending *sending)
{
    const FirehoseHttpEndpointCommonAttributesList *list = &sending->endpoint->request_configuration->common_attributes;
    json_t *attributes = json_object();
    for (size_t i = 0; i < list->len; i++) {
        Bytes name = list->items[i].attribute_name, value = list->items[i].attribute_value;
        json_object_set_new(attributes, arena_cstr(sending->delivery->arena, name), json_stringn(value.ptr, value.len));
    }
    json_t *whole = json_pack("{s:o}", "commonAttributes", attributes);
    char *spelled = json_dumps(whole, JSON_COMPACT | JSON_ENSURE_ASCII);
    Bytes text = spelled && list->len ? arena_copy(sending->delivery->arena, bytes_of(spelled)) : (Bytes){0};
    free(spelled);
    json_decref(whole);
    return text;
}

static void set_headers(struct Sending *sending)
{
    const Delivery *delivery = sending->delivery;
    const char **headers = sending->request.headers;
    Bytes attributes = common_attributes(sending);
    size_t count = 0;
    headers[count++] = "Content-Type: application/json";
    headers[count++] = "User-Agent: Amazon Kinesis Data Firehose Agent/1.0";
    headers[count++] = "X-Amz-Firehose-Protocol-Version: 1.0";
    headers[count++] = header(sending, "X-Amz-Firehose-Request-Id", sending->id);
    headers[count++] =
        header(sending, "X-Amz-Firehose-Source-Arn", delivery_stream_arn(delivery->arena, &delivery->stream));
    if (delivery->stream.access_key.len)
        headers[count++] = header(sending, "X-Amz-Firehose-Access-Key", delivery->stream.access_key);
    if (attributes.len)
        headers[count++] = header(sending, "X-Amz-Firehose-Common-Attributes", attributes);
    if (bytes_equal(sending->endpoint->request_configuration->content_encoding, FIREHOSE_CONTENT_ENCODING_GZIP))
        headers[count++] = "Content-Encoding: gzip";
}

void sending_start(struct Sending *sending)
{
    const Delivery *delivery = sending->delivery;
    Runtime *runtime = delivery->firehose->runtime;
    write_body(sending, TEXT("]}"));
    compressor_end(sending->compressor, &sending->body);
    if (!sending->records) { /* all of them failed, or were none */
        sending->state = SENDING_TAKEN;
        deliveries_are_answered(delivery->firehose);
        return;
    }
    set_headers(sending);
    sending->request.url = arena_cstr(delivery->arena, sending->endpoint->endpoint_configuration->url);
    sending->request.body = buffer_bytes(&sending->body);
    sending->request.done = on_answer;
    sending->request.context = sending;
    sending->state = SENDING_WAITS;
    sending->started_ms = clock_now_ms(runtime->clock);
    sending->late = scheduler_at(runtime->scheduler, sending->started_ms + ANSWER_MS, on_late, sending);
    outbound_start(delivery->firehose->outbound, &sending->request);
}

static int64_t with_jitter(Random *random, int64_t wait_ms)
{
    int64_t percent = 100 - JITTER_PERCENT + (int64_t)random_below(random, 2 * JITTER_PERCENT + 1);
    return wait_ms * percent / 100;
}

void sending_note(const struct Sending *sending, DeliveryStream *stream)
{
    int64_t doublings = stream->attempts < DOUBLINGS_MAX ? stream->attempts : DOUBLINGS_MAX;
    int64_t wait_ms = MS_PER_S << doublings, from_ms = sending->started_ms;
    if (!stream->attempts++)
        stream->failing_ms = from_ms;
    int64_t ends_ms = stream->failing_ms + sending->endpoint->retry_options->duration_in_seconds * MS_PER_S;
    stream->attempt_to = sending->delivery->at;
    stream->request_id = sending->id;
    wait_ms = wait_ms < WAIT_MS_MAX ? wait_ms : WAIT_MS_MAX;
    stream->retry_ms = from_ms + with_jitter(sending->delivery->firehose->runtime->random, wait_ms);
    if (stream->retry_ms > ends_ms && ends_ms > from_ms)
        stream->retry_ms = ends_ms;
}
