/* md5_thread.c - a ring of pieces between two threads. */
#include "md5_thread.h"
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>

#define PIECES_MAX 4

typedef struct Piece {
    struct md5_ctx *md5;
    char *bytes;
    size_t len;
} Piece;

struct Md5Thread {
    pthread_t thread;
    bool is_started;
    pthread_mutex_t lock; /* of what follows */
    pthread_cond_t given, taken;
    Piece pieces[PIECES_MAX]; /* from `first` on; the first is being summed */
    size_t first, count;
    bool is_closing;
};

Md5Thread *md5_thread_new(void)
{
    Md5Thread *thread = calloc(1, sizeof *thread);
    if (!thread || pthread_mutex_init(&thread->lock, NULL) || pthread_cond_init(&thread->given, NULL) ||
        pthread_cond_init(&thread->taken, NULL))
        abort();
    return thread;
}

static void *run(void *context)
{
    Md5Thread *thread = context;
    pthread_mutex_lock(&thread->lock);
    while (thread->count || !thread->is_closing) {
        if (!thread->count) {
            pthread_cond_wait(&thread->given, &thread->lock);
            continue;
        }
        Piece piece = thread->pieces[thread->first];
        pthread_mutex_unlock(&thread->lock);
        md5_update(piece.md5, piece.len, (const uint8_t *)piece.bytes);
        free(piece.bytes);
        pthread_mutex_lock(&thread->lock);
        thread->first = (thread->first + 1) % PIECES_MAX;
        thread->count--;
        pthread_cond_signal(&thread->taken);
    }
    pthread_mutex_unlock(&thread->lock);
    return NULL;
}

/* Signals are the loop's. */
static void start(Md5Thread *thread)
{
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_BLOCK, &all, &before);
    thread->is_started = pthread_create(&thread->thread, NULL, run, thread) == 0;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
}

Md5Thread *md5_thread_free(Md5Thread *thread)
{
    if (!thread)
        return NULL;
    pthread_mutex_lock(&thread->lock);
    thread->is_closing = true;
    pthread_cond_signal(&thread->given);
    pthread_mutex_unlock(&thread->lock);
    if (thread->is_started)
        pthread_join(thread->thread, NULL);
    pthread_cond_destroy(&thread->given);
    pthread_cond_destroy(&thread->taken);
    pthread_mutex_destroy(&thread->lock);
    free(thread);
    return NULL;
}

void md5_thread_add(Md5Thread *thread, struct md5_ctx *md5, Bytes bytes)
{
    if (!thread->is_started)
        start(thread);
    if (!thread->is_started) { /* no thread is to be had */
        md5_update(md5, bytes.len, (const uint8_t *)bytes.ptr);
        return;
    }
    char *copy = malloc(bytes.len + 1);
    if (!copy)
        abort();
    memcpy(copy, bytes.ptr, bytes.len);
    pthread_mutex_lock(&thread->lock);
    while (thread->count == PIECES_MAX)
        pthread_cond_wait(&thread->taken, &thread->lock);
    thread->pieces[(thread->first + thread->count++) % PIECES_MAX] = (Piece){md5, copy, bytes.len};
    pthread_cond_signal(&thread->given);
    pthread_mutex_unlock(&thread->lock);
}

static bool has_piece_of(const Md5Thread *thread, const struct md5_ctx *md5)
{
    for (size_t i = 0; i < thread->count; i++)
        if (thread->pieces[(thread->first + i) % PIECES_MAX].md5 == md5)
            return true;
    return false;
}

void md5_thread_wait(Md5Thread *thread, const struct md5_ctx *md5)
{
    pthread_mutex_lock(&thread->lock);
    while (has_piece_of(thread, md5))
        pthread_cond_wait(&thread->taken, &thread->lock);
    pthread_mutex_unlock(&thread->lock);
}
