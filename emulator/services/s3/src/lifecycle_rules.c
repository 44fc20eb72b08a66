/* lifecycle_rules.c - which lifecycle rules there can be. aws: S3 API Reference, PutBucketLifecycleConfiguration,
 * LifecycleRule; the words are AWS's recorded ones where there are any. */
#include "documents.h"
#include "random.h"
#include <stdlib.h>

#define RULES_MAX 1000
#define DAY_MS    86400000
#define ID_MAX    255
#define MADE_ID   36

static Status not_positive(Call *call, const char *field, const char *action)
{
    return fail(call, &INVALID_ARGUMENT, "'%s' for %s action must be a positive integer", field, action);
}

static bool has_tags(const S3LifecycleRuleFilter *filter)
{
    return filter && (filter->tag || (filter->and &&filter->and->tags.len));
}

static Status check_and(Call *call, const S3LifecycleRuleAndOperator *and)
{
    for (size_t i = 0; i < and->tags.len; i++)
        for (size_t before = 0; before < i; before++)
            if (bytes_equal(and->tags.items[i].key, and->tags.items[before].key))
                return fail(call, &INVALID_REQUEST, "Duplicate Tag Keys are not allowed.");
    return and->tags.len <= 10 ? OK : deny(call, &MALFORMED_XML);
}

/* One predicate, or several within And. */
static Status check_filter(Call *call, const S3LifecycleRule *rule)
{
    const S3LifecycleRuleFilter *filter = rule->filter;
    if (!filter == !present(rule->prefix))
        return deny(call, &MALFORMED_XML);
    if (!filter)
        return OK;
    int count = present(filter->prefix) + (filter->tag != NULL) + (filter->and != NULL) +
                filter->has_object_size_greater_than + filter->has_object_size_less_than;
    if (count > 1)
        return deny(call, &MALFORMED_XML);
    return filter->and ? check_and(call, filter->and) : OK;
}

static Status check_expiration(Call *call, const S3LifecycleRule *rule)
{
    const S3LifecycleExpiration *when = rule->expiration;
    if (!when)
        return OK;
    if (when->has_days + when->has_date + when->has_expired_object_delete_marker != 1)
        return deny(call, &MALFORMED_XML);
    if (when->has_days && when->days < 1)
        return not_positive(call, "Days", "Expiration");
    if (when->has_date && when->date % DAY_MS)
        return deny_saying(call, &INVALID_ARGUMENT, "'Date' must be at midnight GMT", .argument_name = TEXT("Date"));
    if (when->has_expired_object_delete_marker && has_tags(rule->filter))
        return fail(call, &INVALID_REQUEST, "ExpiredObjectDeleteMarker cannot be specified with Tags.");
    return OK;
}

static Status check_others(Call *call, const S3LifecycleRule *rule)
{
    const S3NoncurrentVersionExpiration *noncurrent = rule->noncurrent_version_expiration;
    const S3AbortIncompleteMultipartUpload *abort = rule->abort_incomplete_multipart_upload;
    if (noncurrent && !noncurrent->has_noncurrent_days)
        return deny(call, &MALFORMED_XML);
    if (noncurrent && noncurrent->noncurrent_days < 1)
        return not_positive(call, "NoncurrentDays", "NoncurrentVersionExpiration");
    if (noncurrent && noncurrent->has_newer_noncurrent_versions &&
        (noncurrent->newer_noncurrent_versions < 1 || noncurrent->newer_noncurrent_versions > 100))
        return fail(call, &INVALID_ARGUMENT,
                    "'NewerNoncurrentVersions' for NoncurrentVersionExpiration action must be between 1 and 100");
    if (abort && (!abort->has_days_after_initiation || abort->days_after_initiation < 1))
        return not_positive(call, "DaysAfterInitiation", "AbortIncompleteMultipartUpload");
    if (abort && has_tags(rule->filter))
        return fail(call, &INVALID_REQUEST, "AbortIncompleteMultipartUpload cannot be specified with Tags.");
    if (!rule->expiration && !noncurrent && !abort && !rule->transitions.len &&
        !rule->noncurrent_version_transitions.len)
        return fail(call, &INVALID_REQUEST, "At least one action needs to be specified in a rule");
    return OK;
}

static Bytes new_id(Call *call)
{
    static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789AB";
    char *id = arena_take_raw(call->arena, MADE_ID);
    random_fill(call->runtime->random, id, MADE_ID);
    for (size_t i = 0; i < MADE_ID; i++)
        id[i] = letters[(unsigned char)id[i] & 63];
    return (Bytes){id, MADE_ID};
}

static int by_id(const void *a, const void *b)
{
    const S3LifecycleRule *const *one = a, *const *other = b;
    return bytes_compare((*one)->id, (*other)->id);
}

static Status check_ids(Call *call, const S3LifecycleRules *rules)
{
    const S3LifecycleRule **sorted = arena_new_array(call->arena, const S3LifecycleRule *, rules->len);
    for (size_t i = 0; i < rules->len; i++) {
        if (rules->items[i].id.len > ID_MAX)
            return fail(call, &INVALID_ARGUMENT, "ID length should not exceed allowed limit of 255");
        if (!rules->items[i].id.len)
            rules->items[i].id = new_id(call);
        sorted[i] = &rules->items[i];
    }
    qsort(sorted, rules->len, sizeof *sorted, by_id);
    for (size_t i = 1; i < rules->len; i++)
        if (bytes_equal(sorted[i]->id, sorted[i - 1]->id))
            return fail(call, &INVALID_ARGUMENT, "Rule ID must be unique. Found same ID for more than one rule");
    return OK;
}

Status lifecycle_check(Call *call, const Bucket *bucket, void *document, bool *ret_is_nothing)
{
    const S3LifecycleRules *rules = &((const S3BucketLifecycleConfiguration *)document)->rules;
    (void)bucket, (void)ret_is_nothing;
    if (!rules->len || rules->len > RULES_MAX)
        return deny(call, &MALFORMED_XML);
    for (size_t i = 0; i < rules->len; i++) {
        TRY(check_filter(call, &rules->items[i]));
        TRY(check_expiration(call, &rules->items[i]));
        TRY(check_others(call, &rules->items[i]));
    }
    return check_ids(call, rules);
}
