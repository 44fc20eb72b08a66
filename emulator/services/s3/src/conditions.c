/* conditions.c */
#include "conditions.h"
#include <time.h>

static Bytes bare(Bytes etag)
{
    while (etag.len && (etag.ptr[0] == ' ' || etag.ptr[0] == '\t'))
        etag = bytes_slice(etag, 1, etag.len - 1);
    while (etag.len && (etag.ptr[etag.len - 1] == ' ' || etag.ptr[etag.len - 1] == '\t'))
        etag.len--;
    if (bytes_starts_with(etag, TEXT("W/")))
        etag = bytes_slice(etag, 2, etag.len - 2);
    if (etag.len >= 2 && etag.ptr[0] == '"' && etag.ptr[etag.len - 1] == '"')
        etag = bytes_slice(etag, 1, etag.len - 2);
    return etag;
}

bool etag_matches(Bytes etags, Bytes etag)
{
    while (present(etags)) {
        Bytes one = bare(bytes_cut(&etags, ','));
        if (bytes_is(one, "*") || bytes_equal(one, etag))
            return true;
    }
    return false;
}

static Status failed(Call *call, Bytes condition)
{
    return deny_telling(call, &PRECONDITION_FAILED, .condition = condition);
}

/* Times on the wire have whole seconds. */
static bool is_modified_since(const Object *object, int64_t since_ms)
{
    return object->modified_ms / 1000 > since_ms / 1000;
}

/* An If-Match that holds makes If-Unmodified-Since nothing, an If-None-Match that holds If-Modified-Since. A time to
 * come is no time to have been modified since (recorded; RFC 9110, 13.1.3). */
static Bytes what_fails(const Call *call, const Conditions *conditions, const Object *object, bool *ret_is_not_modified)
{
    bool has_match = present(conditions->if_match), has_none = present(conditions->if_none_match);
    *ret_is_not_modified = false;
    if (has_match && !etag_matches(conditions->if_match, object->etag))
        return TEXT("If-Match");
    if (!has_match && conditions->has_if_unmodified_since && is_modified_since(object, conditions->if_unmodified_since))
        return TEXT("If-Unmodified-Since");
    *ret_is_not_modified = true;
    if (has_none && etag_matches(conditions->if_none_match, object->etag))
        return TEXT("If-None-Match");
    if (!has_none && conditions->has_if_modified_since && conditions->if_modified_since <= call->now_ms &&
        !is_modified_since(object, conditions->if_modified_since))
        return TEXT("If-Modified-Since");
    return (Bytes){0};
}

Bytes http_date(Call *call, int64_t ms)
{
    static const char *const days[] = {"Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"};
    static const char *const months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                         "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    time_t seconds = (time_t)(ms / 1000);
    struct tm tm;
    gmtime_r(&seconds, &tm);
    return arena_text(call->arena, "%s, %02d %s %04d %02d:%02d:%02d GMT", days[(ms / 86400000) % 7], tm.tm_mday,
                      months[tm.tm_mon], tm.tm_year + 1900, tm.tm_hour, tm.tm_min, tm.tm_sec);
}

Status conditions_for_read(Call *call, const Conditions *conditions, const Object *object)
{
    bool is_not_modified;
    Bytes condition = what_fails(call, conditions, object, &is_not_modified);
    if (!present(condition))
        return OK;
    if (!is_not_modified)
        return failed(call, condition);
    return deny_telling(call, &NOT_MODIFIED, .h_etag = quoted(call, object->etag),
                        .h_last_modified = http_date(call, object->modified_ms));
}

Status conditions_for_copy(Call *call, const Conditions *conditions, const Object *source)
{
    bool is_not_modified;
    Bytes condition = what_fails(call, conditions, source, &is_not_modified);
    if (!present(condition))
        return OK;
    return failed(call, arena_text(call->arena, "x-amz-copy-source-" BYTES_FMT, BYTES_ARG(condition)));
}

static Status not_taken(Call *call, const char *header)
{
    return deny_telling(call, &NOT_IMPLEMENTED, .header = bytes_of(header),
                        .additional_message = arena_text(
                            call->arena, "We don't accept the provided value of %s header for this API", header));
}

Status conditions_for_write(Call *call, const Bucket *bucket, Bytes key, Bytes if_match, Bytes if_none_match)
{
    Object object;
    if (!present(if_match) && !present(if_none_match))
        return OK;
    if (present(if_match) && present(if_none_match))
        return deny_telling(call, &NOT_IMPLEMENTED, .header = TEXT("If-Match,If-None-Match"),
                            .additional_message = TEXT("Multiple conditional request headers present in the request"));
    if (present(if_none_match) && !bytes_is(if_none_match, "*"))
        return not_taken(call, "If-None-Match");
    if (present(if_match) && bytes_is(if_match, "*"))
        return not_taken(call, "If-Match");
    int code = object_find(call, bucket, key, &object);
    if (code < 0)
        return fault(call, code);
    if (present(if_none_match))
        return code == STORE_OK ? failed(call, TEXT("If-None-Match")) : OK;
    if (code == STORE_NOT_FOUND)
        return deny_telling(call, &NO_SUCH_KEY, .key = key);
    return etag_matches(if_match, object.etag) ? OK : failed(call, TEXT("If-Match"));
}
