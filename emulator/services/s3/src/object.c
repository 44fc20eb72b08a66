/* object.c */
#include "object.h"
#include "row.h"
#include "tags.h"

#define COLUMNS OBJECT_COLUMNS
#define VALUES  "?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15"

static const Column columns[] = {
    COLUMN_BYTES("key", Object, key), COLUMN(Object, sequence), COLUMN(Object, version),
    COLUMN(Object, is_marker),        COLUMN(Object, blob),     COLUMN(Object, size),
    COLUMN(Object, modified_ms),      COLUMN(Object, etag),     COLUMN(Object, algorithm),
    COLUMN(Object, is_composite),     COLUMN(Object, checksum), COLUMN(Object, parts),
    COLUMN(Object, storage_class),    COLUMN(Object, head),
};
const Row object_row = ROW(columns);

static const Query find = {"SELECT " COLUMNS " FROM s3_object WHERE bucket = ?1 AND key = ?2"};
static const Query find_newest = {"SELECT " COLUMNS " FROM s3_version WHERE bucket = ?1 AND key = ?2"
                                  " ORDER BY sequence DESC LIMIT 1"};
static const Query find_version = {"SELECT " COLUMNS " FROM s3_version WHERE bucket = ?1 AND key = ?2"
                                   " AND version IS ?3 LIMIT 1"};
static const Query insert_object = {"INSERT OR REPLACE INTO s3_object (bucket, " COLUMNS ") VALUES (?1, " VALUES ")"};
static const Query insert_version = {"INSERT INTO s3_version (bucket, " COLUMNS ") VALUES (?1, " VALUES ")"};
static const Query remove_object = {"DELETE FROM s3_object WHERE bucket = ?1 AND key = ?2"};
static const Query remove_version = {"DELETE FROM s3_version WHERE bucket = ?1 AND key = ?2 AND sequence = ?3"};
static const Query insert_part = {"INSERT INTO s3_part (blob, number, at, size, checksum, counter)"
                                  " VALUES (?1, ?2, ?3, ?4, ?5, ?6)"};
#define PARTS "SELECT number, at, size, checksum, counter FROM s3_part WHERE blob = ?1 AND number >= ?2 ORDER BY number"
static const Query find_part = {PARTS " LIMIT 1"};
static const Query list_parts = {PARTS};
static const Query remove_parts = {"DELETE FROM s3_part WHERE blob = ?1"};

Bytes quoted(Call *call, Bytes etag)
{
    return arena_text(call->arena, "\"" BYTES_FMT "\"", BYTES_ARG(etag));
}

Bytes version_told(const Bucket *bucket, const Object *object)
{
    if (bucket->versioning == VERSIONING_NEVER)
        return (Bytes){0};
    return present(object->version) ? object->version : TEXT("null");
}

Status key_check(Call *call, Bytes key)
{
    if (key.len <= KEY_BYTES_MAX)
        return OK;
    return deny_telling(call, &KEY_TOO_LONG, .size = decimal(call, (int64_t)key.len),
                        .max_size_allowed = decimal(call, KEY_BYTES_MAX));
}

Status storage_class_check(Call *call, Bytes storage_class)
{
    static const char *const classes[] = {"STANDARD",     "REDUCED_REDUNDANCY",  "STANDARD_IA",
                                          "ONEZONE_IA",   "INTELLIGENT_TIERING", "GLACIER",
                                          "DEEP_ARCHIVE", "GLACIER_IR"};
    for (size_t i = 0; present(storage_class) && i < sizeof classes / sizeof *classes; i++)
        if (bytes_is(storage_class, classes[i]))
            return OK;
    return present(storage_class) ? deny_telling(call, &INVALID_STORAGE_CLASS, .storage_class_requested = storage_class)
                                  : OK;
}

static Statement *begin(Call *call, const Query *query, const Bucket *bucket, Bytes key)
{
    Statement *row = statement_begin(call->store, query);
    bind_int64(row, 1, bucket->id);
    bind_bytes(row, 2, key);
    return row;
}

int object_find(Call *call, const Bucket *bucket, Bytes key, Object *ret_object)
{
    return row_one(call->arena, begin(call, &find, bucket, key), &object_row, ret_object);
}

Status object_mark_of(Call *call, const Bucket *bucket, Bytes key, Bytes *ret_mark)
{
    Object object = {0};
    int code = object_find(call, bucket, key, &object);
    *ret_mark = arena_text(call->arena, "%lld %lld", (long long)object.sequence, (long long)object.modified_ms);
    return code == STORE_NOT_FOUND ? OK : expect_ok(call, code);
}

int object_find_newest_before(Call *call, const Bucket *bucket, Bytes key, Object *ret_object)
{
    return row_one(call->arena, begin(call, &find_newest, bucket, key), &object_row, ret_object);
}

int object_find_version(Call *call, const Bucket *bucket, Bytes key, Bytes version, Object *ret_object,
                        bool *ret_is_current)
{
    Bytes wanted = bytes_is(version, "null") ? (Bytes){0} : version;
    int code = object_find(call, bucket, key, ret_object);
    *ret_is_current =
        code == STORE_OK && present(wanted) == present(ret_object->version) && bytes_equal(wanted, ret_object->version);
    if (code < 0 || *ret_is_current)
        return code;
    Statement *row = begin(call, &find_version, bucket, key);
    bind_text(row, 3, wanted);
    return row_one(call->arena, row, &object_row, ret_object);
}

static Status is_a_marker(Call *call, Bytes version)
{
    return deny_telling(call, &METHOD_NOT_ALLOWED, .method = call->head->method, .resource_type = TEXT("DeleteMarker"),
                        .h_delete_marker = TEXT("true"), .h_version_id = version, .h_allow = TEXT("DELETE"));
}

static Status no_such_key(Call *call, const Bucket *bucket, Bytes key)
{
    Object before;
    if (bucket->versioning != VERSIONING_NEVER) {
        int code = object_find_newest_before(call, bucket, key, &before);
        if (code < 0)
            return fault(call, code);
        if (code == STORE_OK && before.is_marker)
            return deny_telling(call, &NO_SUCH_KEY, .key = key, .h_delete_marker = TEXT("true"),
                                .h_version_id = version_told(bucket, &before));
    }
    return deny_telling(call, &NO_SUCH_KEY, .key = key);
}

Status object_for(Call *call, const Bucket *bucket, Bytes key, Bytes version, Object *ret_object)
{
    bool is_current;
    TRY(version_check(call, bucket, version));
    int code = present(version) ? object_find_version(call, bucket, key, version, ret_object, &is_current)
                                : object_find(call, bucket, key, ret_object);
    if (code == STORE_NOT_FOUND && present(version))
        return deny_telling(call, &NO_SUCH_VERSION, .key = key, .version_id = version);
    if (code == STORE_NOT_FOUND)
        return no_such_key(call, bucket, key);
    TRY(expect_ok(call, code));
    return ret_object->is_marker ? is_a_marker(call, version) : OK;
}

Status object_for_beside(Call *call, const Bucket *bucket, Bytes key, Bytes version, Object *ret_object)
{
    Object before;
    if (present(version) || bucket->versioning == VERSIONING_NEVER)
        return object_for(call, bucket, key, version, ret_object);
    int code = object_find(call, bucket, key, ret_object);
    if (code != STORE_NOT_FOUND)
        return expect_ok(call, code);
    code = object_find_newest_before(call, bucket, key, &before);
    if (code < 0)
        return fault(call, code);
    if (code == STORE_OK && before.is_marker)
        return is_a_marker(call, version_told(bucket, &before));
    return deny_telling(call, &NO_SUCH_KEY, .key = key);
}

static Status write_row(Call *call, const Query *query, const Bucket *bucket, const Object *object)
{
    Statement *row = statement_begin(call->store, query);
    bind_int64(row, 1, bucket->id);
    row_bind(row, 2, &object_row, object);
    return expect_ok(call, statement_run(row));
}

/* Its bytes go with it. */
static Status drop_bytes(Call *call, const Object *object)
{
    if (object->is_marker)
        return OK;
    if (object->parts) {
        Statement *row = statement_begin(call->store, &remove_parts);
        bind_int64(row, 1, object->blob);
        TRY(expect_ok(call, statement_run(row)));
    }
    return expect_ok(call, blob_drop(call->store, object->blob));
}

static Status remove_version_row(Call *call, const Bucket *bucket, const Object *object)
{
    Statement *row = begin(call, &remove_version, bucket, object->key);
    bind_int64(row, 3, object->sequence);
    return expect_ok(call, statement_run(row));
}

/* aws: "Version IDs are Unicode, UTF-8 encoded, URL-ready, opaque strings that are no more than 1,024 bytes long";
 * those that were seen have 32 characters, and others are known to be none: the last four are a sum of the rest. */
#define VERSION_LEN   32
#define VERSION_BODY  28
#define VERSION_PLACE 10

static const char version_letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._";

static void seal_version(const char *id, char ret_seal[static VERSION_LEN - VERSION_BODY])
{
    uint64_t sum = crc64nvme(0, id, VERSION_BODY);
    for (size_t i = 0; i < VERSION_LEN - VERSION_BODY; i++)
        ret_seal[i] = version_letters[sum >> 6 * i & 63];
}

/* The first ten letters are its place among its key's versions, hidden by a sum of the others. */
static uint64_t hide(const char *id)
{
    return crc64nvme(0, id + VERSION_PLACE, VERSION_BODY - VERSION_PLACE);
}

static Bytes new_version(Call *call, int64_t sequence)
{
    char *id = arena_take_raw(call->arena, VERSION_LEN);
    random_fill(call->runtime->random, id, VERSION_BODY);
    for (size_t i = VERSION_PLACE; i < VERSION_BODY; i++)
        id[i] = version_letters[(unsigned char)id[i] & 63];
    uint64_t hidden = (uint64_t)sequence ^ hide(id);
    for (size_t i = 0; i < VERSION_PLACE; i++)
        id[i] = version_letters[hidden >> 6 * i & 63];
    seal_version(id, id + VERSION_BODY);
    return (Bytes){id, VERSION_LEN};
}

int64_t version_sequence(Bytes version)
{
    uint64_t hidden = 0;
    for (size_t i = 0; version.len == VERSION_LEN && i < VERSION_PLACE; i++) {
        const char *letter = memchr(version_letters, version.ptr[i], 64);
        hidden |= (uint64_t)(letter ? letter - version_letters : 0) << 6 * i;
    }
    return version.len == VERSION_LEN ? (int64_t)((hidden ^ hide(version.ptr)) & (((uint64_t)1 << 60) - 1)) : 0;
}

Status version_check(Call *call, const Bucket *bucket, Bytes version)
{
    char seal[VERSION_LEN - VERSION_BODY];
    if (!present(version) || bytes_is(version, "null"))
        return OK;
    if (version.len == VERSION_LEN && bucket->versioning != VERSIONING_NEVER) {
        seal_version(version.ptr, seal);
        if (!memcmp(seal, version.ptr + VERSION_BODY, sizeof seal))
            return OK;
    }
    return deny_saying(call, &INVALID_ARGUMENT, "Invalid version id specified", .argument_name = TEXT("versionId"),
                       .argument_value = version);
}

/* The null version, wherever it is, gives way to a new one. `current`: the one the key names, or NULL. */
static Status drop_null_version(Call *call, const Bucket *bucket, Bytes key, const Object *current)
{
    Object null_version;
    if (current && !present(current->version))
        return drop_bytes(call, current);
    Statement *row = begin(call, &find_version, bucket, key);
    bind_text(row, 3, (Bytes){0});
    int code = row_one(call->arena, row, &object_row, &null_version);
    if (code == STORE_NOT_FOUND)
        return OK;
    TRY(expect_ok(call, code));
    TRY(remove_version_row(call, bucket, &null_version));
    return drop_bytes(call, &null_version);
}

/* What the key named before makes room for a new state, which gets its sequence and version: absent is the null
 * version. */
static Status make_room(Call *call, const Bucket *bucket, Object *state)
{
    Bytes key = state->key;
    Object current, newest;
    int code = object_find(call, bucket, key, &current);
    bool is_there = code == STORE_OK;
    if (code < 0)
        return fault(call, code);
    state->sequence = is_there ? current.sequence + 1 : 1;
    state->version = (Bytes){0};
    if (bucket->versioning == VERSIONING_NEVER)
        return is_there ? drop_bytes(call, &current) : OK;
    if (!is_there) {
        code = object_find_newest_before(call, bucket, key, &newest);
        if (code < 0)
            return fault(call, code);
        if (code == STORE_OK)
            state->sequence = newest.sequence + 1;
    }
    bool is_versioned = bucket->versioning == VERSIONING_ENABLED;
    if (is_versioned)
        state->version = new_version(call, state->sequence);
    else
        TRY(drop_null_version(call, bucket, key, is_there ? &current : NULL));
    if (is_there && (is_versioned || present(current.version)))
        TRY(write_row(call, &insert_version, bucket, &current));
    return OK;
}

Status object_put(Call *call, const Bucket *bucket, Object *object)
{
    TRY(make_room(call, bucket, object));
    return write_row(call, &insert_object, bucket, object);
}

Status object_update_head(Call *call, const Bucket *bucket, const Object *object)
{
    Object current;
    int code = object_find(call, bucket, object->key, &current);
    if (code < 0)
        return fault(call, code);
    if (code == STORE_OK && current.sequence == object->sequence)
        return write_row(call, &insert_object, bucket, object);
    TRY(remove_version_row(call, bucket, object));
    return write_row(call, &insert_version, bucket, object);
}

static Status remove_current(Call *call, const Bucket *bucket, Bytes key)
{
    return expect_ok(call, statement_run(begin(call, &remove_object, bucket, key)));
}

Status object_rename(Call *call, const Bucket *bucket, Object *object, Bytes key)
{
    TRY(remove_current(call, bucket, object->key));
    object->key = key;
    return object_put(call, bucket, object);
}

static Status put_marker(Call *call, const Bucket *bucket, Bytes key, Deletion *ret_deletion)
{
    Object marker = {.key = key, .is_marker = true, .modified_ms = call->now_ms};
    TRY(make_room(call, bucket, &marker));
    TRY(remove_current(call, bucket, key));
    TRY(write_row(call, &insert_version, bucket, &marker));
    *ret_deletion = (Deletion){version_told(bucket, &marker), true};
    return OK;
}

/* What was before the one that has gone is what the key names now, unless it is a marker. */
static Status promote(Call *call, const Bucket *bucket, Bytes key)
{
    Object newest;
    int code = object_find_newest_before(call, bucket, key, &newest);
    if (code == STORE_NOT_FOUND || (code == STORE_OK && newest.is_marker))
        return OK;
    TRY(expect_ok(call, code));
    TRY(remove_version_row(call, bucket, &newest));
    return write_row(call, &insert_object, bucket, &newest);
}

static Status delete_version(Call *call, const Bucket *bucket, Bytes key, Bytes version, Deletion *ret_deletion)
{
    Object object, current;
    bool is_current;
    int code = object_find_version(call, bucket, key, version, &object, &is_current);
    *ret_deletion = (Deletion){bucket->versioning == VERSIONING_NEVER ? (Bytes){0} : version, false};
    if (code == STORE_NOT_FOUND)
        return OK;
    TRY(expect_ok(call, code));
    ret_deletion->is_marker = object.is_marker;
    TRY(is_current ? remove_current(call, bucket, key) : remove_version_row(call, bucket, &object));
    TRY(drop_bytes(call, &object));
    code = object_find(call, bucket, key, &current);
    if (code == STORE_NOT_FOUND)
        return promote(call, bucket, key);
    return expect_ok(call, code);
}

Status object_delete(Call *call, const Bucket *bucket, Bytes key, Bytes version, Deletion *ret_deletion)
{
    Object current;
    *ret_deletion = (Deletion){{0}, false};
    if (present(version))
        return delete_version(call, bucket, key, version, ret_deletion);
    if (bucket->versioning != VERSIONING_NEVER)
        return put_marker(call, bucket, key, ret_deletion);
    int code = object_find(call, bucket, key, &current);
    if (code == STORE_NOT_FOUND)
        return OK;
    TRY(expect_ok(call, code));
    TRY(drop_bytes(call, &current));
    return remove_current(call, bucket, key);
}

Status object_part_add(Call *call, int64_t blob, const ObjectPart *part)
{
    Statement *row = statement_begin(call->store, &insert_part);
    bind_int64(row, 1, blob);
    bind_int64(row, 2, part->number);
    bind_int64(row, 3, part->at);
    bind_int64(row, 4, part->size);
    bind_text(row, 5, part->checksum);
    bind_text(row, 6, part->counter);
    return expect_ok(call, statement_run(row));
}

static const Column part_columns[] = {COLUMN(ObjectPart, number), COLUMN(ObjectPart, at), COLUMN(ObjectPart, size),
                                      COLUMN(ObjectPart, checksum), COLUMN(ObjectPart, counter)};
static const Row part_row = ROW(part_columns);

static Statement *begin_parts(Call *call, const Query *query, int64_t blob, int64_t number)
{
    Statement *row = statement_begin(call->store, query);
    bind_int64(row, 1, blob);
    bind_int64(row, 2, number);
    return row;
}

int object_part_find(Call *call, int64_t blob, int64_t number, ObjectPart *ret_part)
{
    return row_one(call->arena, begin_parts(call, &find_part, blob, number), &part_row, ret_part);
}

Status object_parts_list(Call *call, const Object *object, ObjectPart **ret_parts, size_t *ret_count)
{
    size_t most = (size_t)object->parts, count = 0;
    Statement *row = begin_parts(call, &list_parts, object->blob, 0);
    int code = STORE_OK;
    *ret_parts = arena_new_array(call->arena, ObjectPart, most + 1);
    while (count < most && (code = statement_step(row)) == STORE_ROW)
        row_read(call->arena, row, &part_row, &(*ret_parts)[count++]);
    if (code < 0)
        return fault(call, code);
    statement_end(row);
    *ret_count = count;
    return OK;
}
