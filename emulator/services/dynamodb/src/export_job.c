/* export_job.c - an export's rows into objects: each of some MiB of JSON, packed by gzip, and behind them the
 * manifests. aws: Developer Guide, "DynamoDB table export output format"; the manifests' .md5 and the keys' prefixes as
 * observed (ScyllaDB's tests, run against AWS).
 *
 * A data file grows over many turns and becomes an object in one, together with the job's place in the tree: what kill
 * -9 interrupts begins again with the file that was being written, in a tree that nobody changes. */
#include "backup.h"
#include "base64.h"
#include "export_filter.h"
#include "hex.h"
#include "history.h"
#include "s3.h"
#include "transfer.h"
#include "wire.h"
#include <nettle/md5.h>
#include <stdlib.h>
#include <time.h>
#include <zlib.h>

#define FILE_BYTES    (32 * 1024 * 1024) /* of JSON; about so much, as steps end between rows */
#define DEFLATE_LEVEL 6
#define OUT_BYTES     65536
#define NAME_LEN      26 /* aws: data/sgad6417s6vss4p7owp0471bcq.json.gz */

static const Query add_file = {"INSERT INTO dynamodb_export_file (export_id, number, key, items, md5)"
                               " VALUES (?1, ?2, ?3, ?4, ?5)"};
static const Query list_files = {"SELECT key, items, md5 FROM dynamodb_export_file WHERE export_id = ?1"
                                 " ORDER BY number"};
static const Query forget_files = {"DELETE FROM dynamodb_export_file WHERE export_id = ?1"};
static const Query find_image = {"SELECT item FROM dynamodb_item WHERE tree = ?1 AND hash = ?2 AND range = ?3"};

typedef struct ExportFile {
    int64_t job_id;
    Buffer begun; /* job->at when it began, hash and range one behind the other */
    Arena *arena; /* of `at` */
    Key at;       /* the row that came last */
    S3Deposit *deposit;
    z_stream deflate;
    struct md5_ctx md5;
    Buffer packed;
    int64_t items, bytes, json_bytes;
} ExportFile;

void export_file_drop(Dynamodb *dynamodb)
{
    ExportFile *file = dynamodb->export_file;
    dynamodb->export_file = NULL;
    if (!file)
        return;
    deflateEnd(&file->deflate);
    s3_deposit_free(file->deposit);
    arena_free(file->arena);
    buffer_done(&file->begun);
    buffer_done(&file->packed);
    free(file);
}

static bool is_of(const ExportFile *file, const Job *job)
{
    Bytes begun = buffer_bytes(&file->begun), hash = job->at.hash, range = job->at.range;
    return file->job_id == job->id && begun.len == hash.len + range.len && bytes_starts_with(begun, hash) &&
           bytes_equal(bytes_slice(begun, hash.len, range.len), range);
}

/* The file of this job from its place on; one of another place is of a turn that was undone. */
static int open_file(const Scope *scope, const Job *job, ExportFile **ret_file)
{
    Dynamodb *dynamodb = scope->service;
    ExportFile *file = dynamodb->export_file;
    if (file && is_of(file, job)) {
        *ret_file = file;
        return STORE_OK;
    }
    export_file_drop(dynamodb);
    Scope theirs = scope_for(scope, dynamodb->s3);
    file = calloc(1, sizeof *file);
    if (!file || deflateInit2(&file->deflate, DEFLATE_LEVEL, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) != Z_OK)
        abort();
    dynamodb->export_file = *ret_file = file;
    file->job_id = job->id;
    buffer_append(&file->begun, job->at.hash);
    buffer_append(&file->begun, job->at.range);
    file->arena = arena_new();
    file->at = (Key){arena_copy(file->arena, job->at.hash), arena_copy(file->arena, job->at.range)};
    md5_init(&file->md5);
    return s3_deposit_begin(&theirs, &file->deposit);
}

static int deposit_packed(ExportFile *file)
{
    Bytes packed = buffer_bytes(&file->packed);
    md5_update(&file->md5, packed.len, (const uint8_t *)packed.ptr);
    int code = s3_deposit_write(file->deposit, packed);
    file->packed.len = 0;
    return code;
}

static void pack(ExportFile *file, Bytes json, int flush)
{
    z_stream *stream = &file->deflate;
    stream->next_in = (unsigned char *)(uintptr_t)json.ptr;
    stream->avail_in = (unsigned)json.len;
    do {
        stream->next_out = (unsigned char *)buffer_reserve(&file->packed, OUT_BYTES);
        stream->avail_out = OUT_BYTES;
        deflate(stream, flush);
        file->packed.len += OUT_BYTES - stream->avail_out;
    } while (!stream->avail_out);
    file->json_bytes += (int64_t)json.len;
}

typedef struct Walk {
    Scope scope;
    const Export *export;
    const Table *table; /* the view, for its keys */
    ExportFile *file;
    bool has_old_images;
    ExportFilter filter;
} Walk;

/* What is exported of it. */
static Item shown(const Walk *walk, const Item *item)
{
    return walk->filter.paths ? item_project(walk->scope.arena, item, walk->filter.paths) : *item;
}

static void append_item(Buffer *out, const char *name, const Item *item)
{
    DynamodbGetItemOutput whole = {0};
    *AS_ITEM(&whole.item) = *item;
    Buffer text = {0};
    json_encode(&text, &DYNAMODB_SHAPE_GET_ITEM_OUTPUT, &whole); /* {"Item":{…}} */
    buffer_append_format(out, "\"%s\":", name);
    buffer_append(out, bytes_slice(buffer_bytes(&text), 8, text.len - 9));
    buffer_done(&text);
}

static void add_line(Walk *walk, Buffer *line)
{
    buffer_append_text(line, "}\n");
    pack(walk->file, buffer_bytes(line), Z_NO_FLUSH);
    walk->file->items++;
    buffer_done(line);
}

/* What is kept as nothing was not there. */
static int export_row(void *context, const StoredRow *row, Share *share)
{
    Walk *walk = context;
    Buffer line = {0};
    share_take(share, 1, row->item.len * 4); /* packing is what takes time */
    if (!row->item.len || !export_filter_reads(&walk->filter, &row->key))
        return STORE_OK;
    ArenaMark mark = arena_mark(walk->scope.arena);
    Item item = item_decode(walk->scope.arena, row->item);
    walk->file->bytes += (int64_t)item_size(&item); /* aws: also of what the filter leaves out */
    if (export_filter_takes(walk->scope.arena, &walk->filter, &item)) {
        Item part = shown(walk, &item);
        buffer_append_char(&line, '{');
        append_item(&line, "Item", &part);
        add_line(walk, &line);
    }
    arena_rewind(walk->scope.arena, mark);
    return STORE_OK;
}

/* Its image in the view; absent: there is none. */
static int read_image(Walk *walk, const Key *key, Bytes *ret_stored)
{
    Statement *find = statement_begin(walk->scope.store, &find_image);
    bind_int64(find, 1, walk->export->view_id);
    bind_bytes(find, 2, key->hash);
    bind_bytes(find, 3, key->range);
    int code = statement_one(find);
    *ret_stored = (Bytes){0};
    if (code != STORE_ROW)
        return code == STORE_NOT_FOUND ? STORE_OK : code;
    *ret_stored = arena_copy(walk->scope.arena, column_bytes(find, 0));
    statement_end(find);
    return STORE_OK;
}

static void add_change(Walk *walk, int64_t at, const Item *before, const Item *after)
{
    Buffer line = {0};
    Item keys = key_attributes(walk->scope.arena, walk->table, NULL, after->len ? after : before);
    buffer_append_format(&line, "{\"Metadata\":{\"WriteTimestampMicros\":{\"N\":\"%lld\"}},",
                         (long long)(at >> HISTORY_TIME_BITS) * 1000);
    append_item(&line, "Keys", &keys);
    if (walk->has_old_images && before->len) {
        Item part = shown(walk, before);
        buffer_append_char(&line, ',');
        append_item(&line, "OldImage", &part);
    }
    if (after->len) {
        Item part = shown(walk, after);
        buffer_append_char(&line, ',');
        append_item(&line, "NewImage", &part);
    }
    add_line(walk, &line);
}

/* aws: the item's state at the end of the time, once, however often it changed; nothing of one that came and went */
static int export_change(void *context, const StoredRow *row, Share *share)
{
    Walk *walk = context;
    ArenaMark mark = arena_mark(walk->scope.arena);
    uint64_t at = 0;
    Bytes after = {0};
    for (size_t i = 0; i < COLLECTED_HEAD; i++)
        at = at << 8 | (unsigned char)row->item.ptr[i];
    Bytes before = bytes_slice(row->item, COLLECTED_HEAD, row->item.len - COLLECTED_HEAD);
    bool is_read = export_filter_reads(&walk->filter, &row->key);
    int code = is_read ? read_image(walk, &row->key, &after) : STORE_OK;
    share_take(share, 1, (before.len + after.len) * 4);
    if (code == STORE_OK && is_read && (before.len || after.len)) {
        Item old = {0}, new = {0};
        if (before.len)
            old = item_decode(walk->scope.arena, before);
        if (after.len)
            new = item_decode(walk->scope.arena, after);
        const Item *latest = after.len ? &new : &old;
        walk->file->bytes += (int64_t)item_size(latest);
        if (export_filter_takes(walk->scope.arena, &walk->filter, latest))
            add_change(walk, (int64_t)at, &old, &new);
    }
    arena_rewind(walk->scope.arena, mark);
    return code;
}

static Bytes file_key(const Scope *scope, const Export *export, Bytes prefix)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyz234567";
    char name[NAME_LEN];
    for (size_t i = 0; i < NAME_LEN; i++)
        name[i] = letters[random_below(scope->runtime->random, 32)];
    return arena_text(scope->arena, BYTES_FMT "AWSDynamoDB/" BYTES_FMT "%sdata/%.26s.json.gz", BYTES_ARG(prefix),
                      BYTES_ARG(export->changes_id ? TEXT("") : export->name), export->changes_id ? "" : "/", name);
}

static int keep_file(const Scope *scope, Export *export, ExportFile *file, Bytes bucket, Bytes prefix)
{
    Scope theirs = scope_for(scope, ((Dynamodb *)scope->service)->s3);
    uint8_t md5[MD5_DIGEST_SIZE];
    Bytes key = file_key(scope, export, prefix);
    pack(file, TEXT(""), Z_FINISH);
    int code = deposit_packed(file);
    if (code == STORE_OK)
        code = s3_deposit_keep(&theirs, file->deposit, bucket, key);
    if (code != STORE_OK)
        return code;
    md5_digest(&file->md5, sizeof md5, md5);
    Statement *add = statement_begin(scope->store, &add_file);
    bind_int64(add, 1, export->id);
    bind_int64(add, 2, export->files++);
    bind_text(add, 3, key);
    bind_int64(add, 4, file->items);
    bind_bytes(add, 5, (Bytes){(const char *)md5, sizeof md5});
    export->items += file->items;
    export->bytes += file->bytes;
    return statement_run(add);
}

static int put_object(const Scope *scope, Bytes bucket, Bytes key, Bytes text)
{
    Scope theirs = scope_for(scope, ((Dynamodb *)scope->service)->s3);
    S3Deposit *deposit;
    int code = s3_deposit_begin(&theirs, &deposit);
    if (code == STORE_OK)
        code = s3_deposit_write(deposit, text);
    if (code == STORE_OK)
        code = s3_deposit_keep(&theirs, deposit, bucket, key);
    s3_deposit_free(deposit);
    return code;
}

/* With the sum of it beside it. */
static int put_manifest(const Scope *scope, Bytes bucket, Bytes stem, Bytes text)
{
    struct md5_ctx md5;
    uint8_t sum[MD5_DIGEST_SIZE];
    md5_init(&md5);
    md5_update(&md5, text.len, (const uint8_t *)text.ptr);
    md5_digest(&md5, sizeof sum, sum);
    int code = put_object(scope, bucket, arena_text(scope->arena, BYTES_FMT ".json", BYTES_ARG(stem)), text);
    return code == STORE_OK ? put_object(scope, bucket, arena_text(scope->arena, BYTES_FMT ".md5", BYTES_ARG(stem)),
                                         base64_text(scope->arena, (Bytes){(const char *)sum, sizeof sum}))
                            : code;
}

static int list_to(const Scope *scope, const Export *export, Buffer *out)
{
    Statement *rows = statement_begin(scope->store, &list_files);
    int code;
    bind_int64(rows, 1, export->id);
    while ((code = statement_step(rows)) == STORE_ROW) {
        Bytes md5 = column_bytes(rows, 2);
        buffer_append_format(
            out, "{\"itemCount\":%lld,\"md5Checksum\":\"" BYTES_FMT "\",\"etag\":\"" BYTES_FMT "\",\"dataFileS3Key\":",
            (long long)column_int64(rows, 1), BYTES_ARG(base64_text(scope->arena, md5)),
            BYTES_ARG(hex_text(scope->arena, (const uint8_t *)md5.ptr, md5.len)));
        json_append_string(out, column_bytes(rows, 0));
        buffer_append_text(out, "}\n");
    }
    return code;
}

static void append_member(Buffer *out, const char *name, Bytes text)
{
    buffer_append_format(out, ",\"%s\":", name);
    if (present(text))
        json_append_string(out, text);
    else
        buffer_append_text(out, "null");
}

static void append_time(Buffer *out, const char *name, int64_t ms)
{
    time_t seconds = (time_t)(ms / 1000);
    struct tm utc;
    char text[32];
    gmtime_r(&seconds, &utc);
    strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S", &utc);
    buffer_append_format(out, ",\"%s\":\"%s.%03dZ\"", name, text, (int)(ms % 1000));
}

static void summarize(const Scope *scope, const Export *export, const DynamodbExportTableToPointInTimeInput *asked,
                      Bytes files_key, Buffer *out)
{
    const DynamodbIncrementalExportSpecification *increment = asked->incremental_export_specification;
    buffer_append_format(out, "{\"version\":\"%s\"", increment ? "2023-08-01" : "2020-06-30");
    append_member(out, "exportArn", transfer_arn(scope, export->table_name, "export", export->name));
    append_time(out, "startTime", export->start_ms);
    append_time(out, "endTime", export->end_ms);
    append_member(out, "tableArn",
                  arn_text(scope->arena, "dynamodb", scope->region, scope->account,
                           arena_text(scope->arena, "table/" BYTES_FMT, BYTES_ARG(export->table_name))));
    append_member(out, "tableId", export->table_uuid);
    if (increment) {
        append_time(out, "exportFromTime", export->from_ms);
        append_time(out, "exportToTime", export->to_ms);
    } else {
        append_time(out, "exportTime", export->to_ms);
    }
    append_member(out, "s3Bucket", asked->s3_bucket);
    append_member(out, "s3Prefix", asked->s3_prefix);
    append_member(out, "s3SseAlgorithm", present(asked->s3_sse_algorithm) ? asked->s3_sse_algorithm : TEXT("AES256"));
    append_member(out, "s3SseKmsKeyId", asked->s3_sse_kms_key_id);
    append_member(out, "manifestFilesS3Key", files_key);
    buffer_append_format(out, ",\"billedSizeBytes\":%lld,\"itemCount\":%lld,\"outputFormat\":\"DYNAMODB_JSON\"",
                         (long long)export->bytes, (long long)export->items);
    if (increment)
        append_member(out, "outputView",
                      present(increment->export_view_type) ? increment->export_view_type
                                                           : DYNAMODB_EXPORT_VIEW_TYPE_NEW_AND_OLD_IMAGES);
    append_member(out, "exportType",
                  increment ? DYNAMODB_EXPORT_TYPE_INCREMENTAL_EXPORT : DYNAMODB_EXPORT_TYPE_FULL_EXPORT);
    buffer_append_char(out, '}');
}

static int put_manifests(const Scope *scope, const Export *export, const DynamodbExportTableToPointInTimeInput *asked)
{
    Bytes folder = arena_text(scope->arena, BYTES_FMT "AWSDynamoDB/" BYTES_FMT "/",
                              BYTES_ARG(transfer_prefix(scope->arena, asked->s3_prefix)), BYTES_ARG(export->name));
    Bytes files = arena_text(scope->arena, BYTES_FMT "manifest-files", BYTES_ARG(folder)),
          summary = arena_text(scope->arena, BYTES_FMT "manifest-summary", BYTES_ARG(folder));
    Buffer text = {0};
    int code = list_to(scope, export, &text);
    if (code == STORE_OK)
        code = put_manifest(scope, asked->s3_bucket, files, buffer_bytes(&text));
    text.len = 0;
    summarize(scope, export, asked, arena_text(scope->arena, BYTES_FMT ".json", BYTES_ARG(files)), &text);
    if (code == STORE_OK)
        code = put_manifest(scope, asked->s3_bucket, summary, buffer_bytes(&text));
    buffer_done(&text);
    return code;
}

static int remove_hidden(const Scope *scope, int64_t id)
{
    Scope there;
    Table *table;
    int code = id ? job_table(scope, id, &there, &table) : STORE_NOT_FOUND;
    return code == STORE_OK ? backup_remove(&there, table) : code == STORE_NOT_FOUND ? STORE_OK : code;
}

static int end(const Scope *scope, const Job *job, Export *export)
{
    int code = query_run_with(scope->store, &forget_files, export->id);
    export_file_drop(scope->service);
    if (code == STORE_OK)
        code = export_write(scope, export);
    if (code == STORE_OK)
        code = job_done(scope, job);
    if (code == STORE_OK)
        code = remove_hidden(scope, export->view_id);
    return code == STORE_OK ? remove_hidden(scope, export->changes_id) : code;
}

/* aws: observed: FAILED, with these words of S3's */
static int fail_export(const Scope *scope, const Job *job, Export *export, int reason)
{
    export->failure_code = reason == S3_NO_BUCKET ? TEXT("S3NoSuchBucket") : TEXT("InternalServerError");
    export->failure = reason == S3_NO_BUCKET ? TEXT("The specified bucket does not exist")
                      : reason == STORE_FULL ? TEXT("There is no room on the emulator's disk")
                                             : TEXT("The copy of the table is damaged");
    export->end_ms = scope->now_ms > export->start_ms ? scope->now_ms : export->start_ms + 1;
    return end(scope, job, export);
}

int export_give_up(const Scope *scope, const Job *job)
{
    Export export;
    int code = export_of_view(scope, job->target, &export);
    return code == STORE_OK ? fail_export(scope, job, &export, STORE_DAMAGED) : code;
}

/* Rows into the file; *ret_end: there are no more. */
static int fill_file(Walk *walk, const Job *job, Share *share, bool *ret_end)
{
    ExportFile *file = walk->file;
    Job here = *job;
    here.at = file->at;
    int code =
        job_for_rows(&walk->scope, &here, share, walk->export->changes_id ? export_change : export_row, walk, ret_end);
    if (code == STORE_OK)
        code = deposit_packed(file);
    Arena *arena = arena_new();
    file->at = (Key){arena_copy(arena, here.at.hash), arena_copy(arena, here.at.range)};
    arena_free(file->arena);
    file->arena = arena;
    return code;
}

static int go_on(Walk *walk, Job *job, const DynamodbExportTableToPointInTimeInput *asked, Share *share)
{
    const Scope *scope = &walk->scope;
    Export export = *walk->export;
    bool is_end;
    int code = fill_file(walk, job, share, &is_end);
    if (code != STORE_OK || (!is_end && walk->file->json_bytes < FILE_BYTES))
        return code;
    code = keep_file(scope, &export, walk->file, asked->s3_bucket, transfer_prefix(scope->arena, asked->s3_prefix));
    if (code != STORE_OK)
        return code;
    job->at = (Key){arena_copy(scope->arena, walk->file->at.hash), arena_copy(scope->arena, walk->file->at.range)};
    export_file_drop(scope->service);
    if (!is_end) {
        code = export_write(scope, &export);
        return code == STORE_OK ? job_write(scope, job) : code;
    }
    export.end_ms = scope->now_ms > export.start_ms ? scope->now_ms : export.start_ms + 1;
    code = put_manifests(scope, &export, asked);
    return code == STORE_OK ? end(scope, job, &export) : code;
}

/* Of the account that asked for it. aws: an empty _started "verifies that the destination bucket is writable" */
static int begin(const Scope *scope, const Export *export, const DynamodbExportTableToPointInTimeInput *asked)
{
    Bytes key = arena_text(scope->arena, BYTES_FMT "AWSDynamoDB/" BYTES_FMT "/_started",
                           BYTES_ARG(transfer_prefix(scope->arena, asked->s3_prefix)), BYTES_ARG(export->name));
    return put_object(scope, asked->s3_bucket, key, TEXT(""));
}

/* It was checked when it was asked for. */
static int read_filter(Walk *walk, const DynamodbFilterSpecification *asked)
{
    Call call = {.scope = walk->scope};
    Request request;
    Status status = export_filter_check(&call, asked, &request);
    if (is_ok(status))
        status = export_filter_of(&call, &walk->table->keys, &request, &walk->filter);
    return is_ok(status) ? STORE_OK : status.code_ < 0 ? call.fault_code : STORE_BROKEN;
}

int export_step(const Scope *scope, Job *job, Share *share)
{
    Export export;
    Scope there;
    Table *table;
    Bytes message;
    DynamodbExportTableToPointInTimeInput asked = {0};
    int code = export_of_view(scope, job->target, &export);
    if (code == STORE_OK)
        code = job_table(scope, export.view_id, &there, &table);
    if (code != STORE_OK)
        return code == STORE_NOT_FOUND ? job_done(scope, job) : code;
    if (json_decode(scope->arena, &DYNAMODB_SHAPE_EXPORT_TABLE_TO_POINT_IN_TIME_INPUT, export.request, &asked,
                    &message) != WIRE_OK)
        return STORE_BROKEN;
    there.account = export.account;
    there.region = export.region;
    Walk walk = {.scope = there, .export = &export, .table = table};
    const DynamodbIncrementalExportSpecification *increment = asked.incremental_export_specification;
    walk.has_old_images = increment && !bytes_equal(increment->export_view_type, DYNAMODB_EXPORT_VIEW_TYPE_NEW_IMAGE);
    code = read_filter(&walk, asked.filter_specification);
    if (code != STORE_OK)
        return code;
    ExportFile *open = ((Dynamodb *)scope->service)->export_file;
    code = export.files || (open && is_of(open, job)) ? STORE_OK : begin(&there, &export, &asked);
    if (code == STORE_OK)
        code = open_file(&there, job, &walk.file);
    if (code == STORE_OK)
        code = go_on(&walk, job, &asked, share);
    if (code == S3_NO_BUCKET || code == STORE_FULL)
        return fail_export(&there, job, &export, code);
    if (code != STORE_OK)
        export_file_drop(scope->service); /* also where a snapshot was restored: STORE_NOT_FOUND */
    return code == STORE_NOT_FOUND ? STORE_OK : code;
}
