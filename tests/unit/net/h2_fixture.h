/* h2_fixture.h - a client that speaks HTTP/2, over the fixture's sockets. */
#pragma once
#include "fixture.h"
#include <nghttp2/nghttp2.h>

#define H2_STREAMS_MAX 512

typedef struct H2Stream {
    int status, informational;
    char length[24];
    Buffer body;
    bool ended, closed;
    uint32_t error;
    Bytes upload;
    size_t uploaded;
} H2Stream;

typedef struct H2Client {
    nghttp2_session *session;
    H2Stream streams[H2_STREAMS_MAX];
    int open, pings, goaways;
} H2Client;

static inline H2Client *h2_of(Client *client)
{
    return client->more;
}

static inline H2Stream *h2_stream(Client *client, int32_t id)
{
    assert_true((size_t)id / 2 < H2_STREAMS_MAX);
    return &h2_of(client)->streams[id / 2];
}

static int h2_on_header(nghttp2_session *session, const nghttp2_frame *frame, const uint8_t *name, size_t name_len,
                        const uint8_t *value, size_t value_len, uint8_t flags, void *context)
{
    H2Stream *stream = h2_stream(context, frame->hd.stream_id);
    Bytes key = {(const char *)name, name_len}, text = {(const char *)value, value_len};
    (void)session;
    (void)flags;
    if (bytes_is(key, ":status")) {
        int status = atoi((const char *)value);
        *(status < 200 ? &stream->informational : &stream->status) = status;
    } else if (bytes_is(key, "content-length")) {
        copy_text(stream->length, sizeof stream->length, text);
    }
    return 0;
}

static int h2_on_data(nghttp2_session *session, uint8_t flags, int32_t id, const uint8_t *data, size_t len,
                      void *context)
{
    (void)session;
    (void)flags;
    buffer_append(&h2_stream(context, id)->body, (Bytes){(const char *)data, len});
    return 0;
}

static int h2_on_frame(nghttp2_session *session, const nghttp2_frame *frame, void *context)
{
    Client *client = context;
    (void)session;
    if (frame->hd.type == NGHTTP2_PING)
        h2_of(client)->pings++;
    if (frame->hd.type == NGHTTP2_GOAWAY)
        h2_of(client)->goaways++;
    if (frame->hd.stream_id && (frame->hd.type == NGHTTP2_DATA || frame->hd.type == NGHTTP2_HEADERS))
        h2_stream(client, frame->hd.stream_id)->ended |= (frame->hd.flags & NGHTTP2_FLAG_END_STREAM) != 0;
    return 0;
}

static int h2_on_close(nghttp2_session *session, int32_t id, uint32_t error, void *context)
{
    Client *client = context;
    (void)session;
    h2_stream(client, id)->closed = true;
    h2_stream(client, id)->error = error;
    h2_of(client)->open--;
    return 0;
}

static ssize_t h2_upload(nghttp2_session *session, int32_t id, uint8_t *to, size_t room, uint32_t *flags,
                         nghttp2_data_source *source, void *context)
{
    H2Stream *stream = source->ptr;
    size_t left = stream->upload.len - stream->uploaded, count = left < room ? left : room;
    (void)session;
    (void)id;
    (void)context;
    memcpy(to, stream->upload.ptr + stream->uploaded, count);
    stream->uploaded += count;
    if (stream->uploaded == stream->upload.len)
        *flags |= NGHTTP2_DATA_FLAG_EOF;
    return (ssize_t)count;
}

static inline void h2_on_bytes(Client *client, Bytes bytes)
{
    ssize_t taken = nghttp2_session_mem_recv(h2_of(client)->session, (const uint8_t *)bytes.ptr, bytes.len);
    assert_int_equal(taken, bytes.len);
}

static inline void h2_on_step(Client *client)
{
    const uint8_t *bytes;
    ssize_t len;
    while (client->out.len - client->out_sent < 100000 &&
           (len = nghttp2_session_mem_send(h2_of(client)->session, &bytes)) > 0)
        client_send(client, (Bytes){(const char *)bytes, (size_t)len});
}

/* manual: no WINDOW_UPDATE by itself. */
static inline Client *h2_client_over(Client *client, bool manual)
{
    H2Client *h2 = calloc(1, sizeof *h2);
    nghttp2_session_callbacks *callbacks;
    nghttp2_option *options;
    assert_non_null(h2);
    nghttp2_session_callbacks_new(&callbacks);
    nghttp2_session_callbacks_set_on_header_callback(callbacks, h2_on_header);
    nghttp2_session_callbacks_set_on_data_chunk_recv_callback(callbacks, h2_on_data);
    nghttp2_session_callbacks_set_on_frame_recv_callback(callbacks, h2_on_frame);
    nghttp2_session_callbacks_set_on_stream_close_callback(callbacks, h2_on_close);
    nghttp2_option_new(&options);
    nghttp2_option_set_no_auto_window_update(options, manual);
    nghttp2_session_client_new2(&h2->session, callbacks, client, options);
    nghttp2_session_callbacks_del(callbacks);
    nghttp2_option_del(options);
    nghttp2_submit_settings(h2->session, NGHTTP2_FLAG_NONE, NULL, 0);
    client->more = h2;
    client->on_bytes = h2_on_bytes;
    client->on_step = h2_on_step;
    return client;
}

static inline Client *h2_client_open(Owner *owner)
{
    return h2_client_over(client_open(owner), false);
}

static inline void h2_client_close(Client *client)
{
    H2Client *h2 = h2_of(client);
    nghttp2_session_del(h2->session);
    for (int i = 0; i < H2_STREAMS_MAX; i++)
        buffer_done(&h2->streams[i].body);
    free(h2);
    client_close(client);
}

static inline nghttp2_nv h2_nv(const char *name, const char *value)
{
    return (nghttp2_nv){(uint8_t *)name, (uint8_t *)value, strlen(name), strlen(value), 0};
}

/* Body absent: GET without one. extra_name NULL: none. */
static inline int32_t h2_request_with(Client *client, const char *path, Bytes body, const char *extra_name,
                                      const char *extra_value)
{
    H2Client *h2 = h2_of(client);
    nghttp2_nv headers[] = {
        h2_nv(":method", present(body) ? "POST" : "GET"),
        h2_nv(":scheme", "http"),
        h2_nv(":path", path),
        h2_nv(":authority", "local.example:4566"),
        h2_nv(extra_name ? extra_name : "x-nothing", extra_name ? extra_value : ""),
    };
    int32_t next = (int32_t)nghttp2_session_get_next_stream_id(h2->session);
    H2Stream *stream = h2_stream(client, next);
    stream->upload = body;
    nghttp2_data_provider upload = {{.ptr = stream}, h2_upload};
    int32_t id = nghttp2_submit_request(h2->session, NULL, headers, 5, present(body) ? &upload : NULL, NULL);
    assert_int_equal(id, next);
    h2->open++;
    return id;
}

static inline int32_t h2_request(Client *client, const char *path, Bytes body)
{
    return h2_request_with(client, path, body, NULL, NULL);
}
