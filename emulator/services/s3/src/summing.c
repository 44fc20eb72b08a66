/* summing.c */
#include "summing.h"
#include "hex.h"

#define STEP_BYTES  ((size_t)4 * 1024 * 1024)
#define PIECE_BYTES ((size_t)256 * 1024)

static Status step(Call *call, void *context);

static void turn_comes(LoopTimer *timer)
{
    Summing *summing = owner_of(timer, Summing, timer);
    call_go_on(summing->call, step, summing);
}

static void cancelled(void *context)
{
    Summing *summing = context;
    loop_timer_cancel(summing->call->runtime->loop, &summing->timer);
}

static Status wait_for_turn(Summing *summing)
{
    Loop *loop = summing->call->runtime->loop;
    loop_timer_set(loop, &summing->timer, loop_now_ms(loop));
    return call_wait(summing->call, &(CallWait){0, cancelled, summing});
}

static Status end(Summing *summing)
{
    Arena *arena = summing->call->arena;
    uint8_t digest[MD5_DIGEST_SIZE];
    if (!present(summing->etag)) {
        md5_digest(&summing->md5, sizeof digest, digest);
        summing->etag = summing->sealing.keys.layers ? sealing_etag(arena, &summing->sealing)
                                                     : hex_text(arena, digest, sizeof digest);
        summing->checksum = checksum_end(&summing->sum, arena);
    }
    return summing->then(summing->call, summing->context);
}

static Status take(Summing *summing, size_t len)
{
    uint64_t at = summing->at - summing->from;
    if (summing->opening)
        opening_turn(summing->opening, summing->at, summing->piece, len);
    md5_update(&summing->md5, len, (const uint8_t *)summing->piece);
    checksum_add(&summing->sum, (Bytes){summing->piece, len});
    if (!summing->writer)
        return OK;
    sealing_turn(&summing->sealing, at, summing->piece, len);
    int code = blob_write(summing->writer, (Bytes){summing->piece, len});
    return code == STORE_FULL ? deny(summing->call, &NO_ROOM) : expect_ok(summing->call, code);
}

static Status step(Call *call, void *context)
{
    Summing *summing = context;
    for (size_t done = 0; done < STEP_BYTES && summing->at < summing->end;) {
        size_t len, room = PIECE_BYTES;
        if (summing->end - summing->at < room)
            room = (size_t)(summing->end - summing->at);
        TRY(expect_ok(call, blob_read(summing->blob, summing->at, summing->piece, room, &len)));
        TRY(take(summing, len));
        summing->at += len;
        done += len;
    }
    return summing->at < summing->end ? wait_for_turn(summing) : end(summing);
}

static void let_go(void *blob)
{
    blob_let_go(blob);
}

static void close_opening(void *opening)
{
    opening_free(opening);
}

static Status begin_writer(Summing *summing)
{
    Call *call = summing->call;
    if (!summing->keys->layers && !summing->source_keys->layers)
        return OK;
    sealing_begin(call, summing->keys, &summing->sealing);
    int code = call_blob_begin(call, summing->end - summing->at, &summing->writer);
    return code == STORE_FULL ? deny(call, &NO_ROOM) : expect_ok(call, code);
}

Status summing_start(Summing *summing, Call *call)
{
    summing->call = call;
    summing->from = summing->at;
    TRY(opening_new(call, summing->source, summing->source_keys, &summing->opening));
    if (summing->opening)
        arena_defer(call->arena, close_opening, summing->opening);
    TRY(begin_writer(summing));
    TRY(expect_ok(call, blob_hold(call->store, summing->source->blob, &summing->blob)));
    arena_defer(call->arena, let_go, summing->blob);
    summing->piece = arena_take_raw(call->arena, PIECE_BYTES);
    summing->timer.due = turn_comes;
    md5_init(&summing->md5);
    checksum_begin(&summing->sum, summing->algorithm);
    return wait_for_turn(summing);
}

Status summing_keep(Summing *summing, Call *call, int64_t *ret_blob)
{
    BlobSlice piece = {summing->source->blob, summing->from, summing->end - summing->from};
    return expect_ok(call, summing->writer ? blob_keep(summing->writer, ret_blob)
                                           : blob_join(call->store, &piece, 1, ret_blob));
}
