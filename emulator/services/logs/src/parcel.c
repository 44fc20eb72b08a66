/* parcel.c */
#include "parcel.h"
#include "event_id.h"
#include <libdeflate.h>
#include <stdlib.h>

#define PARCEL_BYTES_MAX                                                                                               \
    ((size_t)700 * 1024) /* of JSON: what it is packed to fits a record of Kinesis and of Firehose */
#define EVENT_BYTES 128  /* of an event, beside its message */
#define LEVEL       1

static void drop_buffer(void *buffer)
{
    buffer_done(buffer);
}

static Buffer *text_begin(Arena *arena)
{
    Buffer *text = arena_new_of(arena, Buffer);
    arena_defer(arena, drop_buffer, text);
    return text;
}

/* As JSON spells it. Messages are UTF-8. */
static void append_string(Buffer *out, Bytes text)
{
    static const char hex[] = "0123456789abcdef";
    static const char escapes[] = "btn\0fr"; /* of 8 to 13 */
    buffer_append_char(out, '"');
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.ptr[i];
        if (c >= 0x20 && c != '"' && c != '\\') {
            buffer_append_char(out, (char)c);
            continue;
        }
        buffer_append_char(out, '\\');
        if (c >= 0x20) {
            buffer_append_char(out, (char)c);
        } else if (c >= 8 && c <= 13 && escapes[c - 8]) {
            buffer_append_char(out, escapes[c - 8]);
        } else {
            buffer_append_text(out, "u00");
            buffer_append_char(out, hex[c >> 4]);
            buffer_append_char(out, hex[c & 15]);
        }
    }
    buffer_append_char(out, '"');
}

static void append_member(Buffer *out, const char *name, Bytes value)
{
    buffer_append_format(out, "\"%s\":", name);
    append_string(out, value);
    buffer_append_char(out, ',');
}

static void append_event(Buffer *out, Bytes id, int64_t time_ms, Bytes message)
{
    buffer_append_char(out, '{');
    append_member(out, "id", id);
    buffer_append_text(out, "\"timestamp\":");
    buffer_append_int64(out, time_ms);
    buffer_append_text(out, ",\"message\":");
    append_string(out, message);
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
    Buffer *out = text_begin(arena);
    char id[EVENT_ID_DIGITS];
    buffer_append_char(out, '{');
    append_member(out, "messageType", TEXT("DATA_MESSAGE"));
    append_member(out, "owner", label->owner);
    append_member(out, "logGroup", label->group);
    append_member(out, "logStream", label->stream);
    buffer_append_text(out, "\"subscriptionFilters\":[");
    append_string(out, label->filter);
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
    Buffer *out = text_begin(scope->arena);
    buffer_append_text(out, "{\"messageType\":\"CONTROL_MESSAGE\",\"owner\":\"CloudwatchLogs\",\"logGroup\":\"\","
                            "\"logStream\":\"\",\"subscriptionFilters\":[],\"logEvents\":[");
    append_event(out, TEXT(""), scope->now_ms, bytes_of(words));
    buffer_append_text(out, "]}");
    return pack(scope->arena, buffer_bytes(out));
}
