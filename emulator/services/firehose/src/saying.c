/* saying.c - aws: Developer Guide, "Monitor Firehose using CloudWatch Logs": errors go to the group and stream that
 * CloudWatchLoggingOptions name, as JSON: deliveryStreamARN, destination, deliveryStreamVersionId, message, errorCode.
 */
#include "saying.h"
#include <jansson.h>
#include <stdlib.h>

#define SAID_MAX 100 /* of one delivery, however many of its records fail */

const EventKind FIREHOSE_SAID = {"firehose: said", sizeof(FirehoseSaid)};

static json_t *text_of(Bytes text)
{
    json_t *string = json_stringn(text.ptr, text.len);
    return string ? string : json_string("");
}

static Bytes line_of(Arena *arena, const DeliveryStream *stream, Bytes destination, Bytes code, Bytes message)
{
    Bytes arn = delivery_stream_arn(arena, stream);
    json_t *line = json_object();
    json_object_set_new(line, "deliveryStreamARN", text_of(arn));
    json_object_set_new(line, "destination", text_of(destination));
    json_object_set_new(line, "deliveryStreamVersionId", json_integer(stream->version));
    json_object_set_new(line, "message", text_of(message));
    json_object_set_new(line, "errorCode", text_of(code));
    char *spelled = json_dumps(line, JSON_COMPACT);
    if (!spelled)
        abort();
    Bytes kept = arena_copy(arena, bytes_of(spelled));
    free(spelled);
    json_decref(line);
    return kept;
}

void stream_say(Firehose *firehose, const DeliveryStream *stream, const Destination *destination, Bytes code,
                Bytes message)
{
    Runtime *runtime = firehose->runtime;
    const FirehoseCloudWatchLoggingOptions *options = destination->cloud_watch_logging_options;
    if (!options || !options->enabled || !present(options->log_group_name) || !present(options->log_stream_name) ||
        !runtime_is_watched(runtime, &FIREHOSE_SAID))
        return;
    Arena *arena = runtime_event_arena(runtime);
    FirehoseSaid said = {
        .account = arena_copy(arena, stream->account),
        .region = arena_copy(arena, stream->region),
        .group = arena_copy(arena, options->log_group_name),
        .stream = arena_copy(arena, options->log_stream_name),
        .message = line_of(arena, stream, destination->bucket_arn, code, message),
    };
    runtime_publish(runtime, &FIREHOSE_SAID, &said);
}

void delivery_say(Delivery *delivery, Bytes code, Bytes message)
{
    if (delivery->said++ < SAID_MAX)
        stream_say(delivery->firehose, &delivery->stream, delivery->destination, code, message);
}
