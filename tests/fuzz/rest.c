/* rest.c - requests of the REST protocols: "PUT /path?query", fields of the head, an empty line, the body. The first
 * byte chooses the model: a small one of each protocol, or Lambda's or S3's whole. What was read is validated and
 * written as an answer. */
#include "fuzz.h"
#include "tables.h"
#include "wire.h"

static const struct {
    const Tables *tables;
    const Protocol *protocol;
} models[] = {{&TABLES_OF_REST_JSON, &PROTOCOL_OF_REST_JSON},
              {&TABLES_OF_REST_XML, &PROTOCOL_OF_REST_XML},
              {&TABLES_OF_LAMBDA, &PROTOCOL_OF_REST_JSON},
              {&TABLES_OF_S3, &PROTOCOL_OF_REST_XML}};
static UriTable *uris[COUNT_OF(models)];

/* The names are in lower case, as net has them. */
static WireRequest read_request(Arena *arena, Bytes rest)
{
    WireRequest request = {0};
    HttpHeader *headers = arena_new_array(arena, HttpHeader, 16);
    Bytes line = bytes_cut(&rest, '\n');
    request.head.method = bytes_cut(&line, ' ');
    request.head.path = present(line) ? bytes_cut(&line, '?') : TEXT("");
    request.head.query = line;
    request.head.headers = headers;
    while (present(rest) && request.head.headers_count < 16 && (line = bytes_cut(&rest, '\n')).len) {
        char *name = arena_take_raw(arena, line.len);
        for (size_t i = 0; i < line.len; i++)
            name[i] = (char)(line.ptr[i] >= 'A' && line.ptr[i] <= 'Z' ? line.ptr[i] | 0x20 : line.ptr[i]);
        Bytes value = line, lower = {name, bytes_cut(&value, ':').len};
        headers[request.head.headers_count++] = (HttpHeader){lower, present(value) ? value : TEXT("")};
    }
    request.body = present(rest) ? rest : TEXT("");
    return request;
}

static void answer_with(Arena *arena, const Protocol *protocol, const ServiceModel *service, const OperationModel *of,
                        const void *value)
{
    OperationModel echo = *of;
    WireAnswer answer = {.arena = arena};
    echo.output = of->input;
    echo.has_output = true;
    protocol->encode(&answer, service, &echo, value, TEXT("id"));
    buffer_done(&answer.body);
}

static void take(Arena *arena, size_t chosen, WireRequest *request)
{
    const Tables *tables = models[chosen].tables;
    const Protocol *protocol = models[chosen].protocol;
    UriMatch match = uri_match(uris[chosen], arena, &request->head);
    if (!match.operation)
        return;
    const OperationModel *operation = tables_operation(tables, match.operation);
    Validator *validator = validator_new();
    Bytes message = {0};
    void *value = arena_take(arena, operation->input->size);
    request->labels = match.labels;
    request->labels_count = match.labels_count;
    if (protocol->decode(arena, operation, request, value, &message) == WIRE_OK) {
        Complaints complaints;
        if (validate(validator, arena, operation->input, value, &complaints))
            EXPECT(bytes_is_utf8(complaints_message(arena, &complaints)));
        answer_with(arena, protocol, tables->service, operation, value);
    } else {
        EXPECT(present(message) && bytes_is_utf8(message));
    }
    validator_free(validator);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    size_t chosen = size ? data[0] % COUNT_OF(models) : 0;
    if (!size || !models[chosen].tables->service)
        return 0;
    if (!uris[chosen])
        uris[chosen] = uri_table_new(models[chosen].tables->service);
    Arena *arena = arena_new();
    WireRequest request = read_request(arena, (Bytes){(const char *)data + 1, size - 1});
    take(arena, chosen, &request);
    arena_free(arena);
    return 0;
}
