/* import_job.c - objects of S3 into a new table, record by record: what is no item is counted and passed by. aws:
 * Developer Guide, "Import format quotas and validation". How far it has come lies in the import's row, written with
 * the items of each step; the reader of an object is memory only, and is made anew where it was lost. */
#include "base64.h"
#include "history.h"
#include "import_read.h"
#include "s3.h"
#include "transfer.h"
#include "wire.h"
#include "write.h"
#include <stdlib.h>

#define PIECE_BYTES   65536
#define ERRORS_LOGGED 10

typedef struct ImportReader {
    int64_t import_id;
    Buffer object;
    ObjectReader *reader;
    Arena *arena;   /* of the headers */
    Bytes *headers; /* NULL: not read yet */
    size_t headers_count;
} ImportReader;

typedef struct Reading {
    Scope scope; /* of the account that asked */
    Import import;
    DynamodbImportTableInput asked;
    Table *table;
    Share *share;
} Reading;

void import_read_drop(Dynamodb *dynamodb)
{
    ImportReader *read = dynamodb->import_read;
    dynamodb->import_read = NULL;
    if (!read)
        return;
    object_reader_free(read->reader);
    arena_free(read->arena);
    buffer_done(&read->object);
    free(read);
}

static const DynamodbCsvOptions *csv_of(const Reading *reading)
{
    const DynamodbInputFormatOptions *options = reading->asked.input_format_options;
    return options ? options->csv : NULL;
}

static bool is_csv(const Reading *reading)
{
    return bytes_equal(reading->asked.input_format, DYNAMODB_INPUT_FORMAT_CSV);
}

static Packing packing_of(const Reading *reading)
{
    Bytes type = reading->asked.input_compression_type;
    return bytes_equal(type, DYNAMODB_INPUT_COMPRESSION_TYPE_GZIP)   ? PACKED_GZIP
           : bytes_equal(type, DYNAMODB_INPUT_COMPRESSION_TYPE_ZSTD) ? PACKED_ZSTD
                                                                     : PACKED_NOT;
}

static void copy_headers(ImportReader *read, const Bytes *names, size_t count)
{
    read->headers = arena_new_array(read->arena, Bytes, count ? count : 1);
    read->headers_count = count;
    for (size_t i = 0; i < count; i++)
        read->headers[i] = arena_copy(read->arena, names[i]);
}

/* The reader of the object at hand. STORE_NOT_FOUND: the object is gone. */
static int open_object(Reading *reading, ImportReader **ret_read)
{
    Dynamodb *dynamodb = reading->scope.service;
    Scope theirs = scope_for(&reading->scope, dynamodb->s3);
    ImportReader *read = dynamodb->import_read;
    const DynamodbCsvOptions *csv = csv_of(reading);
    S3Reading *object;
    if (read && read->import_id == reading->import.id &&
        bytes_equal(buffer_bytes(&read->object), reading->import.object)) {
        *ret_read = read;
        return STORE_OK;
    }
    import_read_drop(dynamodb);
    int code = s3_open(&theirs, reading->asked.s3_bucket_source->s3_bucket, reading->import.object, &object);
    if (code != STORE_OK)
        return code;
    read = calloc(1, sizeof *read);
    if (!read)
        abort();
    dynamodb->import_read = *ret_read = read;
    ReaderForm form = {is_csv(reading), packing_of(reading)};
    read->reader = object_reader_new(object, form);
    read->import_id = reading->import.id;
    buffer_append(&read->object, reading->import.object);
    read->arena = arena_new();
    if (csv && csv->header_list.items)
        copy_headers(read, csv->header_list.items, csv->header_list.len);
    return STORE_OK;
}

/* 0: it is no key of the table or of an index */
static int kind_of_key(const Table *table, Bytes name, bool *ret_is_of_table)
{
    const KeyAttribute *key;
    *ret_is_of_table = true;
    for (size_t at = 0; (key = keys_next(&table->keys, &at));)
        if (bytes_equal(key->name, name))
            return key->kind;
    *ret_is_of_table = false;
    for (size_t i = 0; i < table->indexes_count; i++)
        for (size_t at = 0; (key = keys_next(&table->indexes[i].keys, &at));)
            if (bytes_equal(key->name, name))
                return key->kind;
    return 0;
}

static Status value_of_field(Call *call, int kind, Bytes field, Value *ret)
{
    char *bytes = arena_take_raw(call->arena, base64_decoded_max(field.len) + 1);
    *ret = (Value){.kind = kind, .s = field};
    if (kind != VALUE_B)
        return OK;
    ptrdiff_t len = base64_decode(bytes, field);
    ret->b = (Bytes){bytes, len < 0 ? 0 : (size_t)len};
    return len < 0 ? fail(call, &DYNAMODB_VALIDATION, "Invalid base64 in a binary key") : OK;
}

/* aws: Developer Guide, "Amazon S3 import formats": keys have the types that the table defines, all else is a string.
 * An index's key that is empty isn't there. */
static Status item_of_csv(Call *call, const Reading *reading, const ImportReader *read, Bytes line, Item *ret)
{
    const DynamodbCsvOptions *csv = csv_of(reading);
    Bytes *fields;
    size_t count;
    char delimiter = csv && csv->delimiter.len ? *csv->delimiter.ptr : ',';
    if (!csv_split(call->arena, line, delimiter, &fields, &count))
        return fail(call, &DYNAMODB_VALIDATION, "A quote is out of place");
    if (count != read->headers_count)
        return fail(call, &DYNAMODB_VALIDATION, "%zu fields where there are %zu headers", count, read->headers_count);
    *ret = (Item){arena_new_array(call->arena, Attribute, count), 0};
    for (size_t i = 0; i < count; i++) {
        bool is_of_table;
        int kind = kind_of_key(reading->table, read->headers[i], &is_of_table);
        if (kind && !is_of_table && !fields[i].len)
            continue;
        Attribute *attribute = &ret->items[ret->len++];
        attribute->key = read->headers[i];
        TRY(value_of_field(call, kind ? kind : VALUE_S, fields[i], &attribute->value));
    }
    return OK;
}

static Status item_of_json(Call *call, Bytes text, Item *ret)
{
    DynamodbGetItemOutput whole = {0}; /* {"Item": {…}}, as exports have it */
    Bytes message;
    if (json_decode(call->arena, &DYNAMODB_SHAPE_GET_ITEM_OUTPUT, text, &whole, &message) != WIRE_OK)
        return fail(call, &DYNAMODB_VALIDATION, BYTES_FMT, BYTES_ARG(message));
    *ret = *AS_ITEM(&whole.item);
    return OK;
}

static Status import_item(Call *call, Reading *reading, const ImportReader *read, Bytes record)
{
    Item item;
    Change change = {.table = reading->table, .after = &item};
    ChangeCost cost = {0};
    TRY(is_csv(reading) ? item_of_csv(call, reading, read, record, &item) : item_of_json(call, record, &item));
    TRY(item_normalise(call, &item));
    TRY(size_check(call, &item, "Item size"));
    TRY(key_of_item(call, change.table, &item, &change.key));
    TRY(put_check(call, &change));
    TRY(item_before(call, change.table, &change.key, &change.before));
    return expect_ok(call, change_write(&call->scope, &change, &cost));
}

static void note_error(Reading *reading, Bytes message)
{
    const Import *import = &reading->import;
    reading->import.errors++;
    reading->import.processed++;
    if (import->errors <= ERRORS_LOGGED)
        log_format(reading->scope.runtime->log, LOG_WARN,
                   "dynamodb: import into " BYTES_FMT ": " BYTES_FMT ", before byte %lld: " BYTES_FMT,
                   BYTES_ARG(import->table_name), BYTES_ARG(import->object), (long long)import->at, BYTES_ARG(message));
}

static int take_record(Reading *reading, ImportReader *read, Bytes record, int64_t begun)
{
    int64_t at = object_reader_at(read->reader);
    share_take(reading->share, 1 + (int64_t)reading->table->indexes_count, record.len * 2);
    ArenaMark mark = arena_mark(reading->scope.arena);
    Call call = {.scope = reading->scope};
    Status status = OK;
    bool is_header = !read->headers && is_csv(reading);
    if (is_header) {
        Bytes *names;
        size_t count;
        char delimiter = csv_of(reading) && csv_of(reading)->delimiter.len ? *csv_of(reading)->delimiter.ptr : ',';
        copy_headers(read, NULL, 0);
        if (csv_split(call.arena, record, delimiter, &names, &count))
            copy_headers(read, names, count);
    }
    if (begun >= reading->import.at) { /* else it was done before the reader was lost */
        reading->import.bytes += at - reading->import.at;
        reading->import.at = at;
        if (!is_header)
            status = import_item(&call, reading, read, record);
        if (status.code_ > 0)
            note_error(reading, call.message);
        else if (!is_header)
            reading->import.processed++;
    }
    arena_rewind(reading->scope.arena, mark);
    return status.code_ < 0 ? call.fault_code : STORE_OK;
}

static void leave_object(Reading *reading, const char *error)
{
    if (error)
        note_error(reading, bytes_of(error));
    import_read_drop(reading->scope.service);
    reading->import.at = TRANSFER_NEXT;
}

static int read_on(Reading *reading)
{
    ImportReader *read;
    Bytes record;
    int code = open_object(reading, &read), reason = STORE_OK;
    if (code == STORE_NOT_FOUND || code == S3_SEALED)
        leave_object(reading, code == S3_SEALED ? "the object can't be opened by a key of KMS" : "the object is gone");
    if (code != STORE_OK)
        return code == STORE_NOT_FOUND || code == S3_SEALED ? STORE_OK : code;
    int64_t begun = object_reader_at(read->reader);
    switch (object_reader_next(read->reader, &record, &reason)) {
    case READ_RECORD:
        return take_record(reading, read, record, begun);
    case READ_MORE:
        share_take(reading->share, 1, PIECE_BYTES);
        return STORE_OK;
    case READ_END:
        if (object_reader_at(read->reader) > reading->import.at) /* a last line's end */
            reading->import.bytes += object_reader_at(read->reader) - reading->import.at;
        leave_object(reading, NULL);
        return STORE_OK;
    case READ_MALFORMED:
        leave_object(reading, "what follows is malformed; the rest of the object is passed by");
        return STORE_OK;
    }
    if (reason == STORE_NOT_FOUND) { /* a snapshot was restored: from the object as it is now */
        import_read_drop(reading->scope.service);
        share_take(reading->share, 1, 0);
        return STORE_OK;
    }
    leave_object(reading, "its bytes are damaged");
    return STORE_OK;
}

/* STORE_NOT_FOUND: there is no more. */
static int next_object(Reading *reading)
{
    Scope theirs = scope_for(&reading->scope, ((Dynamodb *)reading->scope.service)->s3);
    const DynamodbS3BucketSource *source = reading->asked.s3_bucket_source;
    Bytes prefix = present(source->s3_key_prefix) ? source->s3_key_prefix : TEXT("");
    Bytes key;
    int code = s3_next_key(&theirs, source->s3_bucket, prefix, reading->import.object, &key);
    share_take(reading->share, 1, 0);
    if (code != STORE_OK)
        return code;
    reading->import.object = key;
    reading->import.at = 0;
    return STORE_OK;
}

static int end(Reading *reading, const Job *job)
{
    const Scope *scope = &reading->scope;
    Import *import = &reading->import;
    import->end_ms = scope->now_ms > import->start_ms ? scope->now_ms : import->start_ms + 1;
    import_read_drop(scope->service);
    int code = import_write(scope, import);
    return code == STORE_OK ? job_done(scope, job) : code;
}

/* aws: observed: with errors it has FAILED, and what was good is in the table */
static int complete(Reading *reading, const Job *job)
{
    const Scope *scope = &reading->scope;
    reading->import.imported = reading->table->tally.items;
    if (reading->import.errors) {
        reading->import.failure_code = TEXT("ItemValidationError");
        reading->import.failure =
            TEXT("Some of the items failed validation checks. Please check CloudWatch error logs for more details.");
    }
    table_forget(scope->service, reading->table);
    int code = origin_is_copied(scope->store, reading->import.table_id);
    return code == STORE_OK ? end(reading, job) : code;
}

/* aws: observed: the table is there no more */
static int fail_import(Reading *reading, const Job *job)
{
    reading->import.failure_code = TEXT("S3NoSuchBucket");
    reading->import.failure = TEXT("The specified bucket does not exist");
    int code = table_remove(&reading->scope, reading->table);
    table_forget(reading->scope.service, reading->table);
    return code == STORE_OK ? end(reading, job) : code;
}

int import_step(const Scope *scope, Job *job, Share *share)
{
    Reading reading = {.share = share};
    Bytes message;
    int code = import_of_table(scope, job->target, &reading.import);
    if (code == STORE_OK)
        code = job_table(scope, job->target, &reading.scope, &reading.table);
    if (code != STORE_OK)
        return code == STORE_NOT_FOUND ? job_done(scope, job) : code;
    if (json_decode(scope->arena, &DYNAMODB_SHAPE_IMPORT_TABLE_INPUT, reading.import.request, &reading.asked,
                    &message) != WIRE_OK)
        return STORE_BROKEN;
    while (code == STORE_OK && share->rows > 0 && share->bytes > 0)
        code = reading.import.at == TRANSFER_NEXT ? next_object(&reading) : read_on(&reading);
    if (code == S3_NO_BUCKET)
        return fail_import(&reading, job);
    if (code == STORE_NOT_FOUND)
        return complete(&reading, job);
    if (code != STORE_OK)
        return code;
    reading.import.imported = reading.table->tally.items;
    return import_write(scope, &reading.import);
}
