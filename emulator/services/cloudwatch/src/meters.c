/* meters.c - sums of one minute, and the telling of minutes that are over. */
#include "meters.h"
#include "buffer.h"
#include "event.h"
#include "map.h"
#include <stdlib.h>

#define MINUTE_MS    INT64_C(60000)
#define STEP_SAMPLES 4096 /* some 15 ms */

typedef struct Sum {
    double count, sum, minimum, maximum;
} Sum;

struct Meter {
    const MeterKind *kind;
    uint64_t minute;
    int64_t minute_ms; /* when it began */
    Meter *next;       /* made after it */
    Bytes key;         /* behind the sums */
    Sum sums[];        /* of the kind's metrics */
};

typedef struct Taken {
    Sum *sum;
    double value;
} Taken;

struct Meters {
    Runtime *runtime;
    Cloudwatch *cloudwatch;
    const char *name_space;
    Map *found;           /* by key: those of the minute that is on */
    Meter *first, **last; /* all: those of minutes that are over stand before them */
    uint64_t minute;      /* how many are over */
    int64_t minute_ms;    /* when the one that is on began, once something is found in it */
    Timer *timer;         /* at its end, or sooner: minutes that are over are being told */
    Taken *taken;         /* since the last commit */
    size_t taken_count, taken_capacity;
    uint64_t commit; /* store_commits, when the first of them was taken */
};

/* The kind, then its names; a NUL behind each. */
static void append_key(Buffer *key, const MeterName *name)
{
    buffer_append(key, (Bytes){(const char *)&name->kind, sizeof name->kind});
    buffer_append(key, name->account);
    buffer_append_char(key, 0);
    buffer_append(key, name->region);
    buffer_append_char(key, 0);
    for (int i = 0; i < CLOUDWATCH_SAMPLE_DIMENSIONS_MAX && name->kind->dimensions[i]; i++) {
        buffer_append(key, name->values[i]);
        buffer_append_char(key, 0);
    }
}

static Meter *meter_new(Meters *meters, const MeterKind *kind, Bytes key)
{
    Meter *meter = calloc(1, sizeof *meter + (size_t)kind->metrics_count * sizeof *meter->sums + key.len);
    if (!meter)
        abort();
    meter->kind = kind;
    meter->minute = meters->minute;
    meter->minute_ms = meters->minute_ms;
    meter->key = (Bytes){memcpy(&meter->sums[kind->metrics_count], key.ptr, key.len), key.len};
    *meters->last = meter;
    meters->last = &meter->next;
    return meter;
}

static void free_first(Meters *meters)
{
    Meter *meter = meters->first;
    meters->first = meter->next;
    if (!meters->first)
        meters->last = &meters->first;
    free(meter);
}

static void on_due(void *context, int64_t now_ms);

static void wait_until(Meters *meters, int64_t due_ms)
{
    if (meters->timer)
        scheduler_cancel(meters->runtime->scheduler, meters->timer);
    meters->timer = scheduler_at(meters->runtime->scheduler, due_ms, on_due, meters);
}

static void begin_minute(Meters *meters)
{
    meters->minute_ms = clock_now_ms(meters->runtime->clock) / MINUTE_MS * MINUTE_MS;
    if (!meters->timer)
        wait_until(meters, meters->minute_ms + MINUTE_MS);
}

Meter *meter_kept(const Meters *meters, const MeterRef *ref)
{
    return ref->minute == meters->minute ? ref->meter : NULL;
}

Meter *meter_find(Meters *meters, const MeterName *name, MeterRef *ref, bool *ret_is_new)
{
    Buffer key = {0};
    append_key(&key, name);
    Meter *meter = map_get(meters->found, buffer_bytes(&key));
    if (ret_is_new)
        *ret_is_new = !meter;
    if (!meter) {
        if (!map_count(meters->found))
            begin_minute(meters);
        meter = meter_new(meters, name->kind, buffer_bytes(&key));
        map_put(meters->found, buffer_bytes(&key), meter);
    }
    buffer_done(&key);
    if (ref)
        *ref = (MeterRef){meter, meters->minute};
    return meter;
}

static void add(Sum *sum, double value)
{
    if (sum->count == 0 || value < sum->minimum)
        sum->minimum = value;
    if (sum->count == 0 || value > sum->maximum)
        sum->maximum = value;
    sum->count++;
    sum->sum += value;
}

void meters_settle(Meters *meters)
{
    for (size_t i = 0; meters && i < meters->taken_count; i++)
        add(meters->taken[i].sum, meters->taken[i].value);
    if (meters)
        meters->taken_count = 0;
}

/* Of an earlier commit, as a turn may have several: what was taken before it is for good. */
static void settle_committed(Meters *meters)
{
    uint64_t commit = store_commits(meters->runtime->store);
    if (meters->commit != commit)
        meters_settle(meters);
    meters->commit = commit;
}

void meters_undo(Meters *meters)
{
    if (!meters)
        return;
    settle_committed(meters);
    meters->taken_count = 0;
}

void meter_take(Meters *meters, Meter *meter, int metric, double value)
{
    settle_committed(meters);
    if (meters->taken_count == meters->taken_capacity) {
        meters->taken_capacity = meters->taken_capacity ? 2 * meters->taken_capacity : 256;
        meters->taken = realloc(meters->taken, meters->taken_capacity * sizeof *meters->taken);
        if (!meters->taken)
            abort();
    }
    meters->taken[meters->taken_count++] = (Taken){&meter->sums[metric], value};
}

static CloudwatchSample sample_of(const Meters *meters, const Meter *meter, Scope *scope)
{
    Bytes rest = bytes_slice(meter->key, sizeof meter->kind, meter->key.len - sizeof meter->kind);
    CloudwatchSample sample = {.name_space = bytes_of(meters->name_space), .time_ms = meter->minute_ms};
    scope->account = bytes_cut(&rest, 0);
    scope->region = bytes_cut(&rest, 0);
    for (int i = 0; i < CLOUDWATCH_SAMPLE_DIMENSIONS_MAX && meter->kind->dimensions[i]; i++) {
        sample.dimension_names[i] = bytes_of(meter->kind->dimensions[i]);
        sample.dimension_values[i] = bytes_cut(&rest, 0);
        sample.dimensions_count++;
    }
    return sample;
}

static int tell(const Meters *meters, const Meter *meter, Scope *scope, size_t *samples)
{
    CloudwatchSample sample = sample_of(meters, meter, scope);
    int code = STORE_OK;
    for (int i = 0; code == STORE_OK && i < meter->kind->metrics_count; i++) {
        const Sum *sum = &meter->sums[i];
        if (sum->count == 0)
            continue;
        sample.name = bytes_of(meter->kind->metrics[i].name);
        sample.unit = bytes_of(meter->kind->metrics[i].unit);
        sample.count = sum->count;
        sample.sum = sum->sum;
        sample.minimum = sum->minimum;
        sample.maximum = sum->maximum;
        code = cloudwatch_record(scope, &sample);
        ++*samples;
    }
    return code;
}

static bool is_over(const Meters *meters, const Meter *meter)
{
    return meter && meter->minute != meters->minute;
}

typedef struct Step {
    const Meters *meters;
    const Meter *end; /* the first that is not told */
} Step;

static int tell_some(void *context)
{
    Step *step = context;
    const Meters *meters = step->meters;
    Scope scope = scope_of_runtime(meters->runtime, meters->cloudwatch, arena_new());
    size_t samples = 0;
    int code = STORE_OK;
    for (; code == STORE_OK && is_over(meters, step->end) && samples < STEP_SAMPLES; step->end = step->end->next) {
        code = tell(meters, step->end, &scope, &samples);
        arena_reset(scope.arena);
    }
    arena_free(scope.arena);
    return code;
}

/* So many that nobody waits for long. A step that fails is lost, and one meter at least, so that telling ends. */
static void take_step(Meters *meters)
{
    Step step = {meters, meters->first};
    if (runtime_run_alone(meters->runtime, tell_some, &step) != STORE_OK) {
        log_event(meters->runtime->log, LOG_ERROR, "metrics could not be recorded", "namespace", meters->name_space,
                  "reason", store_error(meters->runtime->store), NULL);
        if (step.end == meters->first)
            step.end = meters->first->next;
    }
    while (meters->first != step.end)
        free_first(meters);
}

/* What timers of this turn have taken is counted with the minute that ends. */
static void end_minute(Meters *meters)
{
    meters_settle(meters);
    map_free(meters->found);
    meters->found = map_new();
    meters->minute++;
}

static void on_due(void *context, int64_t now_ms)
{
    Meters *meters = context;
    meters->timer = NULL;
    if (map_count(meters->found) && now_ms >= meters->minute_ms + MINUTE_MS)
        end_minute(meters);
    if (is_over(meters, meters->first))
        take_step(meters);
    if (is_over(meters, meters->first))
        wait_until(meters, now_ms + 1);
    else if (map_count(meters->found))
        wait_until(meters, meters->minute_ms + MINUTE_MS);
}

double meters_latency_ms(const Call *call)
{
    return call->started_ns ? (double)(monotonic_ns() - call->started_ns) / 1e6 : 0;
}

Meters *meters_open(Runtime *runtime, const char *name_space)
{
    Cloudwatch *cloudwatch = runtime_service(runtime, &cloudwatch_service);
    Meters *meters = cloudwatch ? calloc(1, sizeof *meters) : NULL;
    if (!cloudwatch)
        return NULL;
    if (!meters)
        abort();
    meters->runtime = runtime;
    meters->cloudwatch = cloudwatch;
    meters->name_space = name_space;
    meters->found = map_new();
    meters->last = &meters->first;
    return meters;
}

Meters *meters_close(Meters *meters)
{
    if (!meters)
        return NULL;
    if (meters->timer)
        scheduler_cancel(meters->runtime->scheduler, meters->timer);
    while (meters->first)
        free_first(meters);
    map_free(meters->found);
    free(meters->taken);
    free(meters);
    return NULL;
}
