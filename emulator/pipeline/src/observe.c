/* observe.c - counters for /_evpoc/metrics, a ring for /_evpoc/requests. */
#include "observe.h"
#include "map.h"
#include <stdio.h>
#include <stdlib.h>

/* aws: none; the usual buckets of an HTTP server, begun lower since this one answers in microseconds */
static const double bounds[] = {0.00005, 0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025,
                                0.05,    0.1,    0.25,    0.5,    1,     2.5,    5,     10};
#define BUCKETS          (sizeof bounds / sizeof *bounds)
#define BODY_BYTES_KEPT  2048
#define ERROR_BYTES_KEPT 128

typedef struct Counters {
    const char *service, *operation;
    uint64_t ok, client_errors, server_errors;
    double seconds;
    uint64_t buckets[BUCKETS + 1];
} Counters;

typedef struct Note {
    Observed observed; /* input and output: the first bytes of them */
    size_t input_len, output_len;
    char account[16], region[32], request_id[64];
    char error[ERROR_BYTES_KEPT]; /* of a fault rule's code: its own lies in the call's arena */
    char input[BODY_BYTES_KEPT], output[BODY_BYTES_KEPT];
} Note;

struct Observer {
    Map *counters; /* by service NUL operation's address */
    Note *notes;
    size_t keep;
    uint64_t count; /* of notes ever taken */
};

Observer *observer_new(size_t keep)
{
    Observer *observer = calloc(1, sizeof *observer);
    if (!observer || (keep && !(observer->notes = calloc(keep, sizeof *observer->notes))))
        abort();
    observer->counters = map_new();
    observer->keep = keep;
    return observer;
}

Observer *observer_free(Observer *observer)
{
    if (!observer)
        return NULL;
    map_free_with_values(observer->counters);
    free(observer->notes);
    free(observer);
    return NULL;
}

static Counters *counters_of(Observer *observer, const Observed *observed)
{
    const char *names[] = {observed->service, observed->operation};
    Bytes key = {(const char *)names, sizeof names}; /* texts of one address are the same operation */
    Counters *counters = map_get(observer->counters, key);
    if (counters)
        return counters;
    counters = calloc(1, sizeof *counters);
    if (!counters)
        abort();
    counters->service = observed->service;
    counters->operation = observed->operation;
    map_put(observer->counters, key, counters);
    return counters;
}

static void count(Counters *counters, const Observed *observed)
{
    size_t bucket = 0;
    while (bucket < BUCKETS && observed->seconds > bounds[bucket])
        bucket++;
    counters->buckets[bucket]++;
    counters->seconds += observed->seconds;
    counters->ok += observed->status < 400;
    counters->client_errors += observed->status >= 400 && observed->status < 500;
    counters->server_errors += observed->status >= 500;
}

static Bytes keep(char *to, size_t room, Bytes bytes)
{
    size_t len = bytes.len < room ? bytes.len : room;
    if (len)
        memcpy(to, bytes.ptr, len);
    return (Bytes){to, len};
}

void observe(Observer *observer, const Observed *observed)
{
    count(counters_of(observer, observed), observed);
    if (!observer->keep)
        return;
    Note *note = &observer->notes[observer->count++ % observer->keep];
    note->observed = *observed;
    note->input_len = observed->input.len;
    note->output_len = observed->output.len;
    note->observed.account = keep(note->account, sizeof note->account, observed->account);
    note->observed.region = keep(note->region, sizeof note->region, observed->region);
    note->observed.request_id = keep(note->request_id, sizeof note->request_id, observed->request_id);
    if (observed->error) {
        snprintf(note->error, sizeof note->error, "%s", observed->error);
        note->observed.error = note->error;
    }
    note->observed.input = keep(note->input, sizeof note->input, observed->input);
    note->observed.output = keep(note->output, sizeof note->output, observed->output);
}

size_t observer_notes(const Observer *observer, uint64_t after, PipelineNote *ret_notes, size_t limit)
{
    uint64_t first = observer->count > observer->keep ? observer->count - observer->keep : 0;
    size_t len = 0;
    if (observer->count - first > limit && after < observer->count - limit)
        first = after > first && after ? after : observer->count - limit;
    else if (after > first)
        first = after;
    for (uint64_t at = first; at < observer->count && len < limit; at++) {
        const Note *note = &observer->notes[at % observer->keep];
        const Observed *o = &note->observed;
        ret_notes[len++] = (PipelineNote){at + 1,    o->time_ms,    o->service,      o->operation,    o->account,
                                          o->region, o->request_id, o->seconds,      o->status,       o->error,
                                          o->input,  o->output,     note->input_len, note->output_len};
    }
    return len;
}

static void write_labels(Buffer *out, const Counters *counters)
{
    buffer_append_format(out, "{service=\"%s\",operation=\"%s\"", counters->service, counters->operation);
}

static void write_requests(Buffer *out, const Counters *counters)
{
    const struct {
        const char *status;
        uint64_t count;
    } all[] = {
        {"ok", counters->ok}, {"client_error", counters->client_errors}, {"server_error", counters->server_errors}};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        buffer_append_text(out, "evpoc_requests_total");
        write_labels(out, counters);
        buffer_append_format(out, ",status=\"%s\"} %llu\n", all[i].status, (unsigned long long)all[i].count);
    }
}

static void write_seconds(Buffer *out, const Counters *counters)
{
    uint64_t sum = 0;
    for (size_t i = 0; i <= BUCKETS; i++) {
        sum += counters->buckets[i];
        buffer_append_text(out, "evpoc_request_seconds_bucket");
        write_labels(out, counters);
        if (i < BUCKETS)
            buffer_append_format(out, ",le=\"%g\"} %llu\n", bounds[i], (unsigned long long)sum);
        else
            buffer_append_format(out, ",le=\"+Inf\"} %llu\n", (unsigned long long)sum);
    }
    buffer_append_text(out, "evpoc_request_seconds_sum");
    write_labels(out, counters);
    buffer_append_format(out, "} %.6f\nevpoc_request_seconds_count", counters->seconds);
    write_labels(out, counters);
    buffer_append_format(out, "} %llu\n", (unsigned long long)sum);
}

void observer_write_metrics(const Observer *observer, Buffer *out)
{
    Bytes key;
    void *counters;
    buffer_append_text(out, "# HELP evpoc_requests_total Requests answered.\n# TYPE evpoc_requests_total counter\n");
    for (size_t at = 0; map_next(observer->counters, &at, &key, &counters);)
        write_requests(out, counters);
    buffer_append_text(
        out,
        "# HELP evpoc_request_seconds From the whole request to its answer.\n# TYPE evpoc_request_seconds histogram\n");
    for (size_t at = 0; map_next(observer->counters, &at, &key, &counters);)
        write_seconds(out, counters);
}
