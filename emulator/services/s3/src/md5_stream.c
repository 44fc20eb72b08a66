/* md5_stream.c */
#include "md5_stream.h"
#include "md5_lanes.h"
#include <stdlib.h>
#include <string.h>

#define HELD        ((size_t)64 * 1024)
#define CROWD_LEAST 3  /* fewer are faster one by one */
#define CROWD_MOST  64 /* 4 MiB are held at most; who comes later is summed by itself */

void md5_stream_begin(Md5Stream *stream, Md5Crowd *crowd)
{
    *stream = (Md5Stream){0};
    md5_init(&stream->md5);
    if (!crowd || crowd->count == CROWD_MOST || !md5_lanes_are_fast())
        return;
    stream->crowd = crowd;
    stream->next = crowd->first ? crowd->first : stream;
    stream->before = crowd->first ? crowd->first->before : stream;
    stream->next->before = stream->before->next = stream;
    crowd->first = stream;
    crowd->count++;
}

void md5_stream_done(Md5Stream *stream)
{
    Md5Crowd *crowd = stream->crowd;
    if (!crowd)
        return;
    stream->next->before = stream->before;
    stream->before->next = stream->next;
    crowd->first = stream->next == stream ? NULL : stream->next;
    crowd->count--;
    free(stream->held);
    stream->held = NULL;
    stream->crowd = NULL;
}

static size_t blocks_of(const Md5Stream *stream)
{
    return (stream->to - stream->from) / MD5_BLOCK_SIZE;
}

/* All blocks of this one, and as many of others. */
static void sum_with_others(Md5Stream *stream)
{
    Md5Lane lanes[MD5_LANES];
    Md5Stream *of[MD5_LANES], *at = stream;
    size_t count = 0, most = blocks_of(stream);
    do {
        size_t blocks = blocks_of(at);
        if (blocks) {
            lanes[count] = (Md5Lane){&at->md5, at->held + at->from, blocks < most ? blocks : most};
            of[count++] = at;
        }
        at = at->next;
    } while (at != stream && count < MD5_LANES);
    md5_lanes_update(lanes, count);
    for (size_t i = 0; i < count; i++)
        of[i]->from += lanes[i].blocks * MD5_BLOCK_SIZE;
    stream->crowd->first = at; /* the next turn begins with those that had none */
}

static void make_room(Md5Stream *stream)
{
    if (!stream->held && !(stream->held = malloc(HELD)))
        abort();
    if (stream->to == HELD && blocks_of(stream) && stream->from < HELD / 2)
        sum_with_others(stream);
    if (stream->from) {
        memmove(stream->held, stream->held + stream->from, stream->to - stream->from);
        stream->to -= stream->from;
        stream->from = 0;
    }
}

static void sum(Md5Stream *stream, Bytes bytes)
{
    md5_update(&stream->md5, bytes.len, (const uint8_t *)bytes.ptr);
}

static Bytes held_of(const Md5Stream *stream)
{
    return (Bytes){(const char *)stream->held + stream->from, stream->to - stream->from};
}

static void hold(Md5Stream *stream, Bytes bytes)
{
    /* What is held begins with a block. */
    size_t missing = (MD5_BLOCK_SIZE - stream->md5.index) % MD5_BLOCK_SIZE;
    if (missing && stream->from == stream->to) {
        missing = missing < bytes.len ? missing : bytes.len;
        sum(stream, (Bytes){bytes.ptr, missing});
        bytes = bytes_slice(bytes, missing, bytes.len - missing);
    }
    while (bytes.len) {
        if (!stream->held || stream->to == HELD)
            make_room(stream);
        size_t len = HELD - stream->to < bytes.len ? HELD - stream->to : bytes.len;
        memcpy(stream->held + stream->to, bytes.ptr, len);
        stream->to += len;
        bytes = bytes_slice(bytes, len, bytes.len - len);
    }
}

void md5_stream_add(Md5Stream *stream, Bytes bytes)
{
    if (stream->crowd && stream->crowd->count >= CROWD_LEAST) {
        hold(stream, bytes);
        return;
    }
    if (stream->from != stream->to)
        sum(stream, held_of(stream));
    stream->from = stream->to = 0;
    sum(stream, bytes);
}

void md5_stream_end(Md5Stream *stream, uint8_t ret_digest[static MD5_DIGEST_SIZE])
{
    if (stream->crowd && blocks_of(stream))
        sum_with_others(stream);
    if (stream->from != stream->to)
        sum(stream, held_of(stream));
    stream->from = stream->to = 0;
    md5_digest(&stream->md5, MD5_DIGEST_SIZE, ret_digest);
}
