/* parcel.c */
#include "parcel.h"
#include "event_id.h"
#include "wire.h"
#include <libdeflate.h>
#include <stdlib.h>

#define PARCEL_BYTES_MAX                                                                                               \
    ((size_t)700 * 1024) /* of JSON: what it is packed to fits a record of Kinesis and of Firehose */
#define EVENT_BYTES 128  /* of an event, beside its message */
#define LEVEL       1

static void append_member(Buffer *out, const char *name, Bytes value)
{
    buffer_append_format(out, "\"%s\":", name);
    json_append_string(out, value);
    buffer_append_char(out, ',');
}

static void append_event(Buffer *out, Bytes id, int64_t time_ms, Bytes message)
{
    buffer_append_char(out, '{');
    append_member(out, "id", id);
    buffer_append_text(out, "\"timestamp\":");
    buffer_append_int64(out, time_ms);
    buffer_append_text(out, ",\"message\":");
    json_append_string(out, message);
    buffer_append_char(out, '}');
}

static void free_compressor(void *compressor)
{
    libdeflate_free_compressor(compressor);
}

static Bytes pack(Arena *arena, Bytes text)
{
    struct libdeflate_compressor *compressor = libdeflate_alloc_compressor(LEVEL);
    if (!compressor)
        abort();
    arena_defer(arena, free_compressor, compressor);
    size_t room = libdeflate_gzip_compress_bound(compressor, text.len);
    char *packed = arena_take_raw(arena, room);
    return (Bytes){packed, libdeflate_gzip_compress(compressor, text.ptr, text.len, packed, room)};
}

Bytes parcel_pack(Arena *arena, const ParcelLabel *label, const ParcelEvent *events, size_t count, size_t *at)
{
    Buffer *out = arena_buffer(arena);
    char id[EVENT_ID_DIGITS];
    buffer_append_char(out, '{');
    append_member(out, "messageType", TEXT("DATA_MESSAGE"));
    append_member(out, "owner", label->owner);
    append_member(out, "logGroup", label->group);
    append_member(out, "logStream", label->stream);
    buffer_append_text(out, "\"subscriptionFilters\":[");
    json_append_string(out, label->filter);
    buffer_append_text(out, "],\"logEvents\":[");
    for (size_t first = *at; *at < count; (*at)++) {
        const ParcelEvent *event = &events[*at];
        if (*at > first && out->len + event->message.len + EVENT_BYTES > PARCEL_BYTES_MAX)
            break;
        if (*at > first)
            buffer_append_char(out, ',');
        event_id_write(id, &event->place);
        append_event(out, (Bytes){id, sizeof id}, event->place.time_ms, event->message);
    }
    buffer_append_text(out, "]}");
    Bytes packed = pack(arena, buffer_bytes(out));
    buffer_done(out);
    return packed;
}

Bytes parcel_of_control(const Scope *scope, const char *words)
{
    Buffer *out = arena_buffer(scope->arena);
    buffer_append_text(out, "{\"messageType\":\"CONTROL_MESSAGE\",\"owner\":\"CloudwatchLogs\",\"logGroup\":\"\","
                            "\"logStream\":\"\",\"subscriptionFilters\":[],\"logEvents\":[");
    append_event(out, TEXT(""), scope->now_ms, bytes_of(words));
    buffer_append_text(out, "]}");
    return pack(scope->arena, buffer_bytes(out));
}
