/* worker.c - a queue of work, a list of what is done, and an eventfd between them. */
#include "worker.h"
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

#define THREADS_MAX 8

typedef struct Work {
    struct Work *next;
    void (*work)(void *context);
    void (*done)(void *context);
    void *context;
} Work;

typedef struct WorkQueue {
    Work *first, **last;
} WorkQueue;

struct Workers {
    Loop *loop;
    Watch finished; /* an eventfd */
    size_t busy;    /* the loop's */
    int threads_wanted, threads_count;
    pthread_t threads[THREADS_MAX];
    pthread_mutex_t lock; /* of what follows */
    pthread_cond_t given;
    WorkQueue todo, done;
    bool is_closing;
};

static void push(WorkQueue *queue, Work *work)
{
    work->next = NULL;
    *queue->last = work;
    queue->last = &work->next;
}

static Work *take(WorkQueue *queue)
{
    Work *work = queue->first;
    if (work && !(queue->first = work->next))
        queue->last = &queue->first;
    return work;
}

static void tell(const Workers *workers)
{
    uint64_t one = 1;
    if (write(workers->finished.fd, &one, sizeof one) != (ssize_t)sizeof one)
        return; /* it is told already */
}

static void *run_thread(void *context)
{
    Workers *workers = context;
    pthread_mutex_lock(&workers->lock);
    for (;;) {
        Work *work = NULL;
        while (!workers->is_closing && !(work = take(&workers->todo)))
            pthread_cond_wait(&workers->given, &workers->lock);
        if (!work)
            break;
        pthread_mutex_unlock(&workers->lock);
        work->work(work->context);
        pthread_mutex_lock(&workers->lock);
        push(&workers->done, work);
        tell(workers);
    }
    pthread_mutex_unlock(&workers->lock);
    return NULL;
}

static void call_done(Workers *workers, WorkQueue *queue)
{
    for (;;) {
        pthread_mutex_lock(&workers->lock);
        Work *work = take(queue);
        pthread_mutex_unlock(&workers->lock);
        if (!work)
            return;
        workers->busy--;
        work->done(work->context);
        free(work);
    }
}

static void finished_ready(Watch *watch, uint32_t events)
{
    uint64_t count;
    Workers *workers = owner_of(watch, Workers, finished);
    (void)events;
    if (read(watch->fd, &count, sizeof count) == (ssize_t)sizeof count)
        call_done(workers, &workers->done);
}

Workers *workers_new(Loop *loop, int threads)
{
    Workers *workers = calloc(1, sizeof *workers);
    if (!workers)
        abort();
    workers->loop = loop;
    workers->threads_wanted = threads < THREADS_MAX ? threads : THREADS_MAX;
    workers->todo.last = &workers->todo.first;
    workers->done.last = &workers->done.first;
    workers->finished = (Watch){finished_ready, eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC), 0};
    if (workers->finished.fd < 0) {
        free(workers);
        return NULL;
    }
    pthread_mutex_init(&workers->lock, NULL);
    pthread_cond_init(&workers->given, NULL);
    loop_watch(loop, &workers->finished, EPOLLIN);
    return workers;
}

/* Signals are the loop's thread's. */
static void start_threads(Workers *workers)
{
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    while (workers->threads_count < workers->threads_wanted)
        if (pthread_create(&workers->threads[workers->threads_count++], NULL, run_thread, workers))
            abort();
    pthread_sigmask(SIG_SETMASK, &before, NULL);
}

void workers_do(Workers *workers, void (*function)(void *context), void (*done)(void *context), void *context)
{
    Work *work = malloc(sizeof *work);
    if (!work)
        abort();
    *work = (Work){NULL, function, done, context};
    start_threads(workers);
    workers->busy++;
    pthread_mutex_lock(&workers->lock);
    push(&workers->todo, work);
    pthread_cond_signal(&workers->given);
    pthread_mutex_unlock(&workers->lock);
}

size_t workers_busy(const Workers *workers)
{
    return workers->busy;
}

Workers *workers_free(Workers *workers)
{
    if (!workers)
        return NULL;
    pthread_mutex_lock(&workers->lock);
    workers->is_closing = true;
    pthread_cond_broadcast(&workers->given);
    pthread_mutex_unlock(&workers->lock);
    for (int i = 0; i < workers->threads_count; i++)
        pthread_join(workers->threads[i], NULL);
    call_done(workers, &workers->done);
    call_done(workers, &workers->todo);
    loop_watch(workers->loop, &workers->finished, 0);
    close(workers->finished.fd);
    pthread_mutex_destroy(&workers->lock);
    pthread_cond_destroy(&workers->given);
    free(workers);
    return NULL;
}
