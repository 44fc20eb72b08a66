/* objects.c - a throw-away service of large objects, as one like S3 is made: a body that flows becomes a blob in the
 * turn of its row, a blob or a part of it becomes an answer, blobs are joined without a copy, and dropped. */
#include "call_blob.h"
#include "page.h"
#include "shapes.h"

typedef struct PutObjectInput {
    Bytes name, body;
    int64_t content_length;
    bool has_content_length;
} PutObjectInput;
typedef struct LengthOutput {
    int64_t length;
    bool has_length;
} PutObjectOutput, JoinObjectsOutput;
typedef struct GetObjectInput {
    Bytes name;
    int64_t from;
    bool has_from;
    int64_t length;
    bool has_length;
} GetObjectInput;
typedef struct GetObjectOutput {
    Bytes body;
} GetObjectOutput;
typedef struct JoinObjectsInput {
    Bytes name, first, second;
} JoinObjectsInput;
typedef struct DropObjectInput {
    Bytes name;
} DropObjectInput;
typedef struct DropObjectOutput {
    char nothing;
} DropObjectOutput;

static const Field put_in[] = {FIELD(PutObjectInput, name, &text, .location = IN_PATH),
                               {.name = {"Content-Length", 14},
                                .path = "contentLength",
                                .shape = &number,
                                .offset = offsetof(PutObjectInput, content_length),
                                .has_offset = offsetof(PutObjectInput, has_content_length),
                                .location = IN_HEADER},
                               FIELD(PutObjectInput, body, &blob, .location = IN_PAYLOAD, .streaming = true)};
static const Field length_out[] = {NUMBER_FIELD(PutObjectOutput, length, .required = true)};
static const Field get_in[] = {FIELD(GetObjectInput, name, &text, .location = IN_PATH),
                               NUMBER_FIELD(GetObjectInput, from, .location = IN_QUERY),
                               NUMBER_FIELD(GetObjectInput, length, .location = IN_QUERY)};
static const Field get_out[] = {FIELD(GetObjectOutput, body, &blob, .location = IN_PAYLOAD, .streaming = true)};
static const Field join_in[] = {FIELD(JoinObjectsInput, name, &text, .location = IN_PATH),
                                FIELD(JoinObjectsInput, first, &text, .location = IN_QUERY),
                                FIELD(JoinObjectsInput, second, &text, .location = IN_QUERY)};
static const Field drop_in[] = {FIELD(DropObjectInput, name, &text, .location = IN_PATH)};
static const Shape put_in_shape = STRUCTURE(PutObjectInput, put_in),
                   length_out_shape = STRUCTURE(PutObjectOutput, length_out),
                   get_in_shape = STRUCTURE(GetObjectInput, get_in),
                   get_out_shape = STRUCTURE(GetObjectOutput, get_out),
                   join_in_shape = STRUCTURE(JoinObjectsInput, join_in),
                   drop_in_shape = STRUCTURE(DropObjectInput, drop_in),
                   nothing_shape = {.name = "Nothing",
                                    .kind = KIND_STRUCTURE,
                                    .size = sizeof(DropObjectOutput),
                                    .min = NO_MIN,
                                    .max = NO_MAX};
MODEL(PutObject, put_in_shape, length_out_shape, "PUT", "/objects/{name}");
MODEL(GetObject, get_in_shape, get_out_shape, "GET", "/objects/{name}");
MODEL(JoinObjects, join_in_shape, length_out_shape, "POST", "/objects/{name}");
MODEL(DropObject, drop_in_shape, nothing_shape, "DELETE", "/objects/{name}");
extern const Operation PutObject, GetObject, JoinObjects, DropObject;

static const ErrorModel NO_SUCH_OBJECT = {"NoSuchObject", NULL, NULL, 404, true, "message", NULL};
static const ErrorModel NO_ROOM = {"NoRoom", NULL, NULL, 507, true, "message", NULL};
static const Query find = {"SELECT blob FROM object WHERE name = ?1"};
static const Query put = {"INSERT INTO object VALUES (?1, ?2) ON CONFLICT DO UPDATE SET blob = ?2"};
static const Query drop = {"DELETE FROM object WHERE name = ?1"};

/* STORE_OK or STORE_NOT_FOUND. */
static int find_object(Store *store, Bytes name, int64_t *ret_id)
{
    Statement *row = statement_begin(store, &find);
    bind_text(row, 1, name);
    int code = statement_one(row);
    if (code != STORE_ROW)
        return code;
    *ret_id = column_int64(row, 0);
    statement_end(row);
    return STORE_OK;
}

/* In place of the one of that name, whose bytes go. */
static Status put_row(Call *call, Bytes name, int64_t id)
{
    int64_t before;
    int code = find_object(call->store, name, &before);
    if (code == STORE_OK)
        code = blob_drop(call->store, before);
    if (code < 0)
        return fault(call, code);
    Statement *row = statement_begin(call->store, &put);
    bind_text(row, 1, name);
    bind_int64(row, 2, id);
    return expect_ok(call, statement_run(row));
}

/* What a body becomes. The rest of one for which there is no room is read and dropped; its client is told then. */
typedef struct Upload {
    BlobWriter *writer;
    int code;
} Upload;

static size_t upload_write(void *context, Bytes bytes)
{
    Upload *upload = context;
    if (upload->code == STORE_OK)
        upload->code = blob_write(upload->writer, bytes);
    return bytes.len;
}

static void upload_end(void *context, bool is_whole)
{
    (void)context;
    (void)is_whole;
}

OPERATION_OF_STREAM(PutObject, put_object, begin_object, WRITES);
static Status begin_object(Call *call, const PutObjectInput *in, HttpSink *ret_sink)
{
    Upload *upload = arena_new_of(call->arena, Upload);
    uint64_t length = in->has_content_length ? (uint64_t)in->content_length : BLOB_LENGTH_UNKNOWN;
    if (call_blob_begin(call, length, &upload->writer) != STORE_OK)
        return fail(call, &NO_ROOM, "There is no room for it.");
    *ret_sink = (HttpSink){upload_write, upload_end, upload};
    return OK;
}

static Status put_object(Call *call, const PutObjectInput *in, PutObjectOutput *out)
{
    const Upload *upload = call->body;
    int64_t id;
    if (upload->code == STORE_FULL)
        return fail(call, &NO_ROOM, "There is no room for it.");
    TRY(expect_ok(call, upload->code));
    TRY(expect_ok(call, blob_keep(upload->writer, &id)));
    TRY(put_row(call, in->name, id));
    SET(out, length, (int64_t)blob_written(upload->writer));
    return OK;
}

OPERATION(GetObject, get_object, READS);
static Status get_object(Call *call, const GetObjectInput *in, GetObjectOutput *out)
{
    int64_t id;
    uint64_t length = in->has_length ? (uint64_t)in->length : UINT64_MAX;
    int code = find_object(call->store, in->name, &id);
    if (code == STORE_OK)
        code = call_answer_blob(call, id, (uint64_t)in->from, length);
    if (code == STORE_NOT_FOUND)
        return fail(call, &NO_SUCH_OBJECT, "It is not there.");
    out->body = TEXT("");
    return expect_ok(call, code);
}

OPERATION(JoinObjects, join_objects, WRITES);
static Status join_objects(Call *call, const JoinObjectsInput *in, JoinObjectsOutput *out)
{
    BlobSlice parts[2] = {{0}, {0}};
    int64_t id;
    Bytes names[] = {in->first, in->second};
    for (size_t i = 0; i < 2; i++) {
        int code = find_object(call->store, names[i], &parts[i].id);
        if (code == STORE_OK)
            code = blob_find(call->store, parts[i].id, &parts[i].length);
        if (code == STORE_NOT_FOUND)
            return fail(call, &NO_SUCH_OBJECT, "A part is not there.");
        TRY(expect_ok(call, code));
    }
    TRY(expect_ok(call, blob_join(call->store, parts, 2, &id)));
    TRY(put_row(call, in->name, id));
    SET(out, length, (int64_t)(parts[0].length + parts[1].length));
    return OK;
}

OPERATION(DropObject, drop_object, WRITES);
static Status drop_object(Call *call, const DropObjectInput *in, DropObjectOutput *out)
{
    int64_t id;
    (void)out;
    int code = find_object(call->store, in->name, &id);
    if (code == STORE_NOT_FOUND)
        return fail(call, &NO_SUCH_OBJECT, "It is not there.");
    TRY(expect_ok(call, code));
    TRY(expect_ok(call, blob_drop(call->store, id)));
    Statement *row = statement_begin(call->store, &drop);
    bind_text(row, 1, in->name);
    return expect_ok(call, statement_run(row));
}

static void *open_objects(Runtime *runtime)
{
    static const char *const steps[] = {"CREATE TABLE object (name TEXT PRIMARY KEY, blob INTEGER NOT NULL)", NULL};
    return store_migrate(runtime->store, &(Migration){"objects", steps}) == STORE_OK ? runtime : NULL;
}

static void close_objects(void *objects)
{
    (void)objects;
}

/* How many there are, and how many bytes of the file are some blob's. */
static void objects_page(void *context, HttpRequest *request, HttpResponse *response)
{
    static const Query count = {"SELECT count(*) FROM object"};
    const Runtime *runtime = context;
    BlobUse use = blob_use(runtime->store);
    Statement *row = statement_begin(runtime->store, &count);
    (void)request;
    if (statement_one(row) != STORE_ROW)
        page_fail(response, 500, "%s", store_error(runtime->store));
    else
        page_answer(response, json_pack("{s:I, s:I}", "objects", (json_int_t)column_int64(row, 0), "used",
                                        (json_int_t)(use.file_bytes - use.free_bytes)));
    statement_end(row);
}

static const char *const names[] = {"DropObject", "GetObject", "JoinObjects", "PutObject", NULL};
static const struct OperationUri uris[] = {
    {.method = "DELETE", .uri = "/objects/{name}", .operation = "DropObject"},
    {.method = "GET", .uri = "/objects/{name}", .operation = "GetObject"},
    {.method = "POST", .uri = "/objects/{name}", .operation = "JoinObjects"},
    {.method = "PUT", .uri = "/objects/{name}", .operation = "PutObject"},
    {.method = NULL},
};
static const ServiceModel model = {.name = "objects",
                                   .title = "Objects",
                                   .protocols = PROTOCOL_REST_JSON,
                                   .body_max = 1 << 20,
                                   .operations = names,
                                   .uris = uris};
static const Operation *const operations[] = {&DropObject, &GetObject, &JoinObjects, &PutObject, NULL};
static const Page pages[] = {{"/_evpoc/objects", "GET", objects_page}, {NULL, NULL, NULL}};
const Service objects_service = {
    .model = &model, .operations = operations, .open = open_objects, .close = close_objects, .pages = pages};
