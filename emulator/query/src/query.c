/* query.c - the jobs, one after the other, and the process that does them. */
#include "query.h"
#include "buffer.h"
#include "frame.h"
#include "process.h"
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>

#define MEMORY_MAX ((uint64_t)256 * 1024 * 1024)
#define ANSWER_MAX ((size_t)128 * 1024)
#define FILES_MAX  16    /* while it starts: its libraries */
#define SILENT_MS  60000 /* it limits its CPU itself: this is for what nobody thinks of */
#define DEATHS_MAX 3     /* of one job: then what is left of it fails, too */

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define HAS_SHADOW 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define HAS_SHADOW 1
#endif
#endif
#ifdef HAS_SHADOW /* which is an address space of terabytes */
#define MEMORY_OF_PROCESS 0
#else
#define MEMORY_OF_PROCESS MEMORY_MAX
#endif

struct Queries {
    Loop *loop;
    const char *path;
    Process *process;
    QueryJob *first, **last;
    Buffer answers;
    LoopTimer silent; /* nothing was heard for too long */
    LoopTimer step;   /* something is to be done outside of whoever calls */
    bool is_asked;    /* the first job's frames are on their way */
    bool is_stale;    /* the process has work that nobody waits for any more */
    bool is_broken;   /* it says what it cannot say */
};

static void soon(Queries *queries)
{
    loop_timer_set(queries->loop, &queries->step, loop_now_ms(queries->loop));
}

static void end_process(Queries *queries)
{
    queries->process = process_free(queries->process);
    queries->answers.len = 0;
    queries->is_asked = queries->is_stale = queries->is_broken = false;
    loop_timer_cancel(queries->loop, &queries->silent);
}

static void end_job(Queries *queries)
{
    QueryJob *job = queries->first;
    if (!(queries->first = job->next))
        queries->last = &queries->first;
    queries->is_asked = false;
    loop_timer_cancel(queries->loop, &queries->silent);
    if (queries->first || queries->is_stale)
        soon(queries);
    job->done(job, job->context);
}

static void fail_rest(QueryJob *job, Bytes why)
{
    for (; job->answered < job->count; job->answered++)
        job->results[job->answered] = (QueryResult){false, why};
}

/* The process is gone, or is no good: of what it was doing. */
static void on_death(Queries *queries, const char *why)
{
    QueryJob *job = queries->first;
    end_process(queries);
    if (!job)
        return;
    Bytes text = arena_copy(job->arena, bytes_of(why));
    if (!job->is_compiled) {
        job->is_refused = true;
        job->message = text;
        fail_rest(job, text);
    } else if (job->answered < job->count) {
        job->results[job->answered++] = (QueryResult){false, text};
    }
    if (++job->deaths >= DEATHS_MAX)
        fail_rest(job, text);
    if (job->answered == job->count)
        end_job(queries);
    else
        soon(queries);
}

static void on_exit_of(void *context, int status)
{
    on_death(context, WIFSIGNALED(status) && WTERMSIG(status) == SIGPROF
                          ? "The query takes too long."
                          : "The query takes too much memory, or jq fails.");
}

static void on_silence(LoopTimer *timer)
{
    on_death(owner_of(timer, Queries, silent), "The query takes too long.");
}

static void listen_on(Queries *queries)
{
    loop_timer_set(queries->loop, &queries->silent, loop_now_ms(queries->loop) + SILENT_MS);
}

static void take_answer(Queries *queries, char kind, Bytes text)
{
    QueryJob *job = queries->first;
    Bytes kept = arena_copy(job->arena, text);
    if (job->is_compiled) {
        job->results[job->answered++] = (QueryResult){kind == 'K', kept};
        return;
    }
    job->is_compiled = kind == 'K';
    if (!job->is_compiled) {
        job->is_refused = true;
        job->message = kept;
        fail_rest(job, kept);
        queries->is_stale = true; /* it has the documents before it, still; not freed while it is heard */
    }
}

/* False: no frame is whole. */
static bool take_frame(Queries *queries, size_t *at)
{
    char kind;
    size_t len, there = queries->answers.len - *at;
    if (there < FRAME_HEAD)
        return false;
    frame_read_head(queries->answers.ptr + *at, &kind, &len);
    queries->is_broken = len > ANSWER_MAX;
    if (queries->is_broken)
        soon(queries);
    if (queries->is_broken || there - FRAME_HEAD < len)
        return false;
    *at += FRAME_HEAD + len;
    take_answer(queries, kind, (Bytes){queries->answers.ptr + *at - len, len});
    return true;
}

static bool is_done(const QueryJob *job)
{
    return job->answered == job->count && (job->is_compiled || job->is_refused);
}

static void on_output(void *context, int which, Bytes bytes)
{
    Queries *queries = context;
    size_t at = 0;
    if (which != 1 || !queries->is_asked || queries->is_broken)
        return;
    buffer_append(&queries->answers, bytes);
    listen_on(queries);
    while (!is_done(queries->first) && take_frame(queries, &at))
        continue;
    queries->answers.len -= at;
    memmove(queries->answers.ptr, queries->answers.ptr + at, queries->answers.len);
    if (is_done(queries->first))
        end_job(queries);
}

static bool start(Queries *queries)
{
    static const char *const arguments[] = {"evpoc-emu", QUERY_ARGUMENT, NULL}, *const environment[] = {NULL};
    ProcessOptions options = {.path = queries->path,
                              .arguments = arguments,
                              .environment = environment,
                              .directory = "/",
                              .has_input = true,
                              .on_output = on_output,
                              .on_exit = on_exit_of,
                              .context = queries,
                              .memory_max = MEMORY_OF_PROCESS,
                              .files_max = FILES_MAX};
    return queries->process || (queries->path && !process_start(queries->loop, &options, &queries->process));
}

static void send(Queries *queries, char kind, Bytes bytes)
{
    char head[FRAME_HEAD];
    frame_write_head(head, kind, bytes.len);
    if (process_write(queries->process, (Bytes){head, sizeof head}))
        (void)process_write(queries->process, bytes); /* where it is gone, on_exit tells */
}

static void ask_first(Queries *queries)
{
    QueryJob *job = queries->first;
    if (!start(queries)) {
        job->is_refused = true;
        job->message = TEXT("There is nothing here that runs jq.");
        fail_rest(job, job->message);
        end_job(queries);
        return;
    }
    queries->is_asked = true;
    queries->answers.len = 0;
    job->is_compiled = false;
    listen_on(queries);
    send(queries, 'P', job->program);
    for (size_t i = job->answered; i < job->count; i++)
        send(queries, 'I', job->inputs[i]);
}

static void on_step(LoopTimer *timer)
{
    Queries *queries = owner_of(timer, Queries, step);
    if (queries->is_broken)
        on_death(queries, "The query's output is no answer.");
    else if (queries->is_stale)
        end_process(queries);
    if (queries->first && !queries->is_asked)
        ask_first(queries);
}

Queries *queries_new(Loop *loop, const char *path)
{
    Queries *queries = calloc(1, sizeof *queries);
    if (!queries)
        abort();
    queries->loop = loop;
    queries->path = path;
    queries->last = &queries->first;
    queries->silent.due = on_silence;
    queries->step.due = on_step;
    return queries;
}

Queries *queries_free(Queries *queries)
{
    if (!queries)
        return NULL;
    end_process(queries);
    loop_timer_cancel(queries->loop, &queries->step);
    buffer_done(&queries->answers);
    free(queries);
    return NULL;
}

void queries_do(Queries *queries, QueryJob *job)
{
    job->results = arena_new_array(job->arena, QueryResult, job->count + 1);
    job->next = NULL;
    *queries->last = job;
    queries->last = &job->next;
    soon(queries);
}

void queries_forget(Queries *queries, const QueryJob *job)
{
    QueryJob **at = &queries->first;
    while (*at && *at != job)
        at = &(*at)->next;
    if (!*at)
        return;
    if (at == &queries->first && queries->is_asked) {
        queries->is_asked = false;
        queries->is_stale = true; /* its answers are nobody's */
    }
    if (!(*at = job->next))
        queries->last = at;
    soon(queries);
}
