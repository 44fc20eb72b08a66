/* summing.c */
#include "summing.h"

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
    uint8_t digest[MD5_DIGEST_SIZE];
    if (!present(summing->etag)) {
        md5_digest(&summing->md5, sizeof digest, digest);
        summing->etag = hex_text(summing->call->arena, digest, sizeof digest);
        summing->checksum = checksum_end(&summing->sum, summing->call->arena);
    }
    return summing->then(summing->call, summing->context);
}

static Status step(Call *call, void *context)
{
    Summing *summing = context;
    for (size_t done = 0; done < STEP_BYTES && summing->at < summing->end;) {
        size_t len, room = PIECE_BYTES;
        if (summing->end - summing->at < room)
            room = (size_t)(summing->end - summing->at);
        TRY(expect_ok(call, blob_read(summing->blob, summing->at, summing->piece, room, &len)));
        md5_update(&summing->md5, len, (const uint8_t *)summing->piece);
        checksum_add(&summing->sum, (Bytes){summing->piece, len});
        summing->at += len;
        done += len;
    }
    return summing->at < summing->end ? wait_for_turn(summing) : end(summing);
}

static void let_go(void *blob)
{
    blob_let_go(blob);
}

Status summing_start(Summing *summing, Call *call, const Object *object, uint64_t at, uint64_t length,
                     ChecksumAlgorithm algorithm)
{
    TRY(expect_ok(call, blob_hold(call->store, object->blob, &summing->blob)));
    arena_defer(call->arena, let_go, summing->blob);
    summing->call = call;
    summing->at = at;
    summing->end = at + length;
    summing->piece = arena_take_raw(call->arena, PIECE_BYTES);
    summing->timer.due = turn_comes;
    md5_init(&summing->md5);
    checksum_begin(&summing->sum, algorithm);
    return wait_for_turn(summing);
}
