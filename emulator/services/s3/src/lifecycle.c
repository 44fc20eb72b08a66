/* lifecycle.c - aws: User Guide, "Expiring objects": the time is the creation and the days of the rule, rounded up to
 * the next midnight UTC; "Lifecycle configuration elements"; API Reference, LifecycleRule. So all that is due is due at
 * a midnight: a sweep begins then, and passes through the buckets that have rules: their objects, what these were
 * before, and open uploads, some rows a turn. */
#include "lifecycle.h"
#include "conditions.h"
#include "documents.h"
#include "escape.h"
#include "lock.h"
#include "multipart.h"
#include "row.h"
#include "tags.h"

#define DAY_MS    86400000LL
#define STEP_ROWS 200
#define NEVER     INT64_MAX

extern const Row object_row;

static const Query next_bucket = {"SELECT b.name FROM s3_config c JOIN s3_bucket b ON b.id = c.bucket"
                                  " WHERE c.kind = 'lifecycle' AND c.bucket >= ?1 ORDER BY c.bucket LIMIT 1"};
static const Query objects = {"SELECT " OBJECT_COLUMNS " FROM s3_object WHERE bucket = ?1 AND key > ?2"
                              " ORDER BY key LIMIT ?3"};
static const Query versions = {"SELECT " OBJECT_COLUMNS " FROM s3_version WHERE bucket = ?1 AND key >= ?2"
                               " AND (key > ?2 OR sequence < ?4) ORDER BY key, sequence DESC LIMIT ?3"};
static const Query count_versions = {"SELECT COUNT(*) FROM s3_version WHERE bucket = ?1 AND key = ?2"};

static int64_t midnight(int64_t ms)
{
    return (ms + DAY_MS - 1) / DAY_MS * DAY_MS;
}

static bool has_tag(Tags tags, const S3Tag *wanted)
{
    for (size_t i = 0; i < tags.len; i++)
        if (bytes_equal(tags.pairs[2 * i], wanted->key) && bytes_equal(tags.pairs[2 * i + 1], wanted->value))
            return true;
    return false;
}

static bool has_tags(Call *call, const Object *object, const S3Tag *wanted, size_t count)
{
    Tags tags = {0};
    Bytes text = count ? object_head_read(call, object->head).tagging : (Bytes){0};
    if (!count)
        return true;
    if (!present(text) || !is_ok(tag_set_read(call, text, &tags)))
        return false;
    for (size_t i = 0; i < count; i++)
        if (!has_tag(tags, &wanted[i]))
            return false;
    return true;
}

typedef struct Predicate {
    Bytes prefix;
    const S3Tag *tags;
    size_t tags_count;
    int64_t above, below; /* sizes */
} Predicate;

static Predicate predicate_of(const S3LifecycleRule *rule)
{
    const S3LifecycleRuleFilter *filter = rule->filter;
    Predicate found = {.prefix = rule->prefix, .above = -1, .below = NEVER};
    if (!filter)
        return found;
    found.prefix = filter->prefix;
    found.tags = filter->tag;
    found.tags_count = filter->tag != NULL;
    found.above = filter->has_object_size_greater_than ? filter->object_size_greater_than : -1;
    found.below = filter->has_object_size_less_than ? filter->object_size_less_than : NEVER;
    if (!filter->and)
        return found;
    return (Predicate){.prefix = filter->and->prefix,
                       .tags = filter->and->tags.items,
                       .tags_count = filter->and->tags.len,
                       .above = filter->and->has_object_size_greater_than ? filter->and->object_size_greater_than : -1,
                       .below = filter->and->has_object_size_less_than ? filter->and->object_size_less_than : NEVER};
}

static bool meets(Call *call, const S3LifecycleRule *rule, const Object *object)
{
    Predicate wanted = predicate_of(rule);
    if (!bytes_is(rule->status, "Enabled") ||
        (present(wanted.prefix) && !bytes_starts_with(object->key, wanted.prefix)))
        return false;
    if (!object->is_marker && (object->size <= wanted.above || object->size >= wanted.below))
        return false;
    return has_tags(call, object, wanted.tags, object->is_marker ? 0 : wanted.tags_count);
}

/* When the rule ends the object that its key names. */
static int64_t expires_at(const S3LifecycleRule *rule, const Object *object)
{
    const S3LifecycleExpiration *when = rule->expiration;
    if (when && when->has_days)
        return midnight(object->modified_ms + when->days * DAY_MS);
    return when && when->has_date ? when->date : NEVER;
}

/* aws: "If there are multiple rules, the earliest is told." */
static int64_t earliest(Call *call, const S3LifecycleRules *rules, const Object *object,
                        const S3LifecycleRule **ret_rule)
{
    int64_t found = NEVER;
    for (size_t i = 0; i < rules->len; i++) {
        int64_t at = expires_at(&rules->items[i], object);
        if (at >= found || !meets(call, &rules->items[i], object))
            continue;
        found = at;
        *ret_rule = &rules->items[i];
    }
    return found;
}

static Status read_rules(Call *call, const Bucket *bucket, S3LifecycleRules *ret_rules)
{
    S3BucketLifecycleConfiguration kept = {0};
    bool is_there;
    TRY(document_read(call, bucket, "lifecycle", &S3_SHAPE_BUCKET_LIFECYCLE_CONFIGURATION, &kept, &is_there));
    *ret_rules = kept.rules;
    return OK;
}

Status lifecycle_expiration(Call *call, const Bucket *bucket, const Object *object, Bytes *ret_told)
{
    S3LifecycleRules rules;
    const S3LifecycleRule *rule = NULL;
    bool is_there;
    TRY(some_bucket_has(call, WATCHED_LIFECYCLE, &is_there));
    if (!is_there)
        return OK;
    TRY(read_rules(call, bucket, &rules));
    int64_t at = earliest(call, &rules, object, &rule);
    if (rule)
        *ret_told = arena_text(call->arena, "expiry-date=\"" BYTES_FMT "\", rule-id=\"" BYTES_FMT "\"",
                               BYTES_ARG(http_date(call, at)), BYTES_ARG(escaped(call->arena, rule->id)));
    return OK;
}

/* The sweep. */

typedef struct Step {
    Call *call;
    S3 *s3;
    Bucket bucket;
    S3LifecycleRules rules;
} Step;

static void remember(S3 *s3, Bytes key, int64_t sequence)
{
    s3->sweep_key.len = 0;
    buffer_append(&s3->sweep_key, key);
    s3->sweep_sequence = sequence;
}

static Status read_rows(const Step *step, const Query *query, Object **ret_rows, size_t *ret_count)
{
    Call *call = step->call;
    Statement *row = statement_begin(call->store, query);
    Object *rows = arena_new_array(call->arena, Object, STEP_ROWS);
    size_t count = 0;
    int code;
    bind_int64(row, 1, step->bucket.id);
    bind_bytes(row, 2, step->s3->sweep_key.len ? buffer_bytes(&step->s3->sweep_key) : TEXT(""));
    bind_int64(row, 3, STEP_ROWS);
    if (query == &versions)
        bind_int64(row, 4, step->s3->sweep_sequence);
    while ((code = statement_step(row)) == STORE_ROW)
        row_read(call->arena, row, &object_row, &rows[count++]);
    *ret_rows = rows;
    *ret_count = count;
    return expect_ok(call, code);
}

static Status sweep_objects(const Step *step, bool *ret_is_done)
{
    Object *rows;
    size_t count;
    TRY(read_rows(step, &objects, &rows, &count));
    for (size_t i = 0; i < count; i++) {
        const S3LifecycleRule *rule;
        Deletion deletion;
        if (earliest(step->call, &step->rules, &rows[i], &rule) <= step->call->now_ms)
            TRY(object_delete(step->call, &step->bucket, rows[i].key, (Bytes){0}, &deletion));
        remember(step->s3, rows[i].key, 0);
    }
    *ret_is_done = count < STEP_ROWS;
    return OK;
}

static bool is_over(const Step *step, const Object *version)
{
    for (size_t i = 0; i < step->rules.len; i++) {
        const S3LifecycleRule *rule = &step->rules.items[i];
        const S3NoncurrentVersionExpiration *when = rule->noncurrent_version_expiration;
        if (!when || !when->has_noncurrent_days || !meets(step->call, rule, version))
            continue;
        if (step->s3->sweep_rank >= (when->has_newer_noncurrent_versions ? when->newer_noncurrent_versions : 0) &&
            midnight(step->s3->sweep_since_ms + when->noncurrent_days * DAY_MS) <= step->call->now_ms)
            return true;
    }
    return false;
}

/* aws: a delete marker with no versions behind it: "expired object delete marker". */
static Status marker_is_over(const Step *step, const Object *marker, bool *ret_is_over)
{
    Call *call = step->call;
    Statement *row = statement_begin(call->store, &count_versions);
    bind_int64(row, 1, step->bucket.id);
    bind_bytes(row, 2, marker->key);
    int code = statement_one(row);
    bool is_alone = code == STORE_ROW && column_int64(row, 0) == 1;
    statement_end(row);
    *ret_is_over = false;
    if (code < 0)
        return fault(call, code);
    for (size_t i = 0; is_alone && i < step->rules.len && !*ret_is_over; i++) {
        const S3LifecycleRule *rule = &step->rules.items[i];
        const S3LifecycleExpiration *when = rule->expiration;
        bool is_due = when && (when->expired_object_delete_marker ||
                               (when->has_days && expires_at(rule, marker) <= call->now_ms));
        *ret_is_over = is_due && meets(call, rule, marker);
    }
    return OK;
}

static Status sweep_version(const Step *step, const Object *version)
{
    S3 *s3 = step->s3;
    Call *call = step->call;
    Object current;
    Deletion deletion;
    bool is_over_now = false, is_current = false;
    Bytes id = present(version->version) ? version->version : TEXT("null");
    if (!bytes_equal(version->key, buffer_bytes(&s3->sweep_key)) || !s3->sweep_sequence) {
        int code = object_find(call, &step->bucket, version->key, &current);
        if (code < 0)
            return fault(call, code);
        is_current = code == STORE_NOT_FOUND;
        s3->sweep_since_ms = is_current ? 0 : current.modified_ms;
        s3->sweep_rank = 0;
    }
    if (is_current)
        TRY(marker_is_over(step, version, &is_over_now));
    else
        is_over_now = is_over(step, version) && !lock_holds(call, version);
    s3->sweep_rank += !is_current;
    s3->sweep_since_ms = version->modified_ms;
    remember(s3, version->key, version->sequence);
    return is_over_now ? object_delete(call, &step->bucket, version->key, id, &deletion) : OK;
}

static Status sweep_versions(const Step *step, bool *ret_is_done)
{
    Object *rows;
    size_t count;
    TRY(read_rows(step, &versions, &rows, &count));
    for (size_t i = 0; i < count; i++)
        TRY(sweep_version(step, &rows[i]));
    *ret_is_done = count < STEP_ROWS;
    return OK;
}

static bool is_abandoned(const Step *step, const Multipart *upload)
{
    Object as_object = {.key = upload->key, .size = 0, .is_marker = true};
    for (size_t i = 0; i < step->rules.len; i++) {
        const S3AbortIncompleteMultipartUpload *abort = step->rules.items[i].abort_incomplete_multipart_upload;
        if (abort && midnight(upload->initiated_ms + abort->days_after_initiation * DAY_MS) <= step->call->now_ms &&
            meets(step->call, &step->rules.items[i], &as_object))
            return true;
    }
    return false;
}

/* One that is abandoned a turn: it may have ten thousand parts. */
static Status sweep_uploads(const Step *step, bool *ret_is_done)
{
    Multipart upload;
    bool is_found = false;
    Call *call = step->call;
    Statement *row = multiparts_begin(call, &step->bucket, TEXT(""), TEXT(""));
    int code = STORE_OK;
    while (!is_found && (code = statement_step(row)) == STORE_ROW) {
        multiparts_read(call, row, &upload);
        is_found = is_abandoned(step, &upload);
    }
    statement_end(row);
    *ret_is_done = !is_found;
    if (code < 0)
        return fault(call, code);
    return is_found ? multipart_remove(call, &upload, true) : OK;
}

static void rewind_to(S3 *s3, int64_t bucket, int phase)
{
    s3->sweep_bucket = bucket;
    s3->sweep_phase = phase;
    s3->sweep_sequence = 0;
    s3->sweep_key.len = 0;
}

/* Some rows of the bucket that the sweep has come to. */
static Status take_step(Step *step, bool *ret_is_over)
{
    static Status (*const phases[])(const Step *step, bool *ret_is_done) = {sweep_objects, sweep_versions,
                                                                            sweep_uploads};
    Call *call = step->call;
    S3 *s3 = step->s3;
    bool is_done = false;
    Statement *row = statement_begin(call->store, &next_bucket);
    bind_int64(row, 1, s3->sweep_bucket);
    int code = statement_one(row);
    Bytes name = code == STORE_ROW ? arena_copy(call->arena, column_bytes(row, 0)) : (Bytes){0};
    statement_end(row);
    *ret_is_over = code != STORE_ROW;
    if (code != STORE_ROW)
        return code < 0 ? fault(call, code) : OK;
    TRY(expect_ok(call, bucket_find(call, name, &step->bucket)));
    if (step->bucket.id != s3->sweep_bucket)
        rewind_to(s3, step->bucket.id, 0);
    TRY(read_rules(call, &step->bucket, &step->rules));
    TRY(phases[s3->sweep_phase](step, &is_done));
    if (is_done)
        rewind_to(s3, s3->sweep_phase == 2 ? s3->sweep_bucket + 1 : s3->sweep_bucket, (s3->sweep_phase + 1) % 3);
    return OK;
}

static void on_due(void *context, int64_t now_ms)
{
    S3 *s3 = context;
    s3->sweep = NULL; /* it is gone; a rollback may set another */
    Arena *arena = arena_new();
    Call call = {.scope = scope_of_runtime(s3->runtime, s3, arena)};
    Step step = {.call = &call, .s3 = s3};
    bool is_over;
    if (!is_ok(take_step(&step, &is_over))) {
        log_event(s3->runtime->log, LOG_ERROR, "lifecycle rules could not be applied", NULL);
        is_over = true;
    }
    if (is_over)
        rewind_to(s3, 0, 0);
    arena_free(arena);
    s3->sweep = scheduler_at(s3->runtime->scheduler, is_over ? midnight(now_ms + 1) : now_ms, on_due, s3);
}

void lifecycle_open(S3 *s3)
{
    s3->sweep = scheduler_at(s3->runtime->scheduler, clock_now_ms(s3->runtime->clock), on_due, s3);
}

void lifecycle_close(S3 *s3)
{
    scheduler_cancel(s3->runtime->scheduler, s3->sweep);
    buffer_done(&s3->sweep_key);
}

void lifecycle_again(S3 *s3)
{
    rewind_to(s3, 0, 0);
    if (s3->sweep)
        scheduler_cancel(s3->runtime->scheduler, s3->sweep);
    s3->sweep = scheduler_at(s3->runtime->scheduler, clock_now_ms(s3->runtime->clock), on_due, s3);
}
