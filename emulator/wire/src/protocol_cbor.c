/* protocol_cbor.c - Kinesis' CBOR (X-Amz-Target with another content type), and smithy-rpc-v2-cbor:
 * POST /service/<target prefix>/operation/<name> with smithy-protocol: rpc-v2-cbor. */
#include "error_fields.h"
#include "protocols.h"

#define CBOR_MAP  0xa0
#define CBOR_TEXT 0x60

static bool recognises_amz(const HttpHead *head)
{
    return present(http_head_field(head, "x-amz-target")) &&
           bytes_starts_with(http_head_field(head, "content-type"), TEXT("application/x-amz-cbor"));
}

static bool recognises_rpc(const HttpHead *head)
{
    return bytes_is(http_head_field(head, "smithy-protocol"), "rpc-v2-cbor");
}

static bool rpc_names(Arena *arena, const HttpHead *head, Bytes body, WireTarget *ret)
{
    (void)arena, (void)body;
    Bytes rest = head->path;
    if (bytes_cut(&rest, '/').len || !present(rest) || !bytes_equal(bytes_cut(&rest, '/'), TEXT("service")) ||
        !present(rest))
        return false;
    Bytes service = bytes_cut(&rest, '/');
    if (!present(rest) || !bytes_equal(bytes_cut(&rest, '/'), TEXT("operation")) || !present(rest))
        return false;
    *ret = (WireTarget){.service = service, .operation = rest};
    return true;
}

static int amz_decode(Arena *arena, const OperationModel *operation, const WireRequest *request, void *ret,
                      Bytes *ret_message)
{
    return cbor_decode(arena, operation->input, request->body, CBOR_AMZ_1_1, ret, ret_message);
}

static int rpc_decode(Arena *arena, const OperationModel *operation, const WireRequest *request, void *ret,
                      Bytes *ret_message)
{
    return cbor_decode(arena, operation->input, request->body, CBOR_RPC_V2, ret, ret_message);
}

static void amz_encode(WireAnswer *answer, const ServiceModel *service, const OperationModel *operation,
                       const void *value, Bytes request_id)
{
    (void)service, (void)request_id;
    answer->status = 200;
    wire_answer_add(answer, TEXT("content-type"), TEXT("application/x-amz-cbor-1.1"));
    if (operation->has_output)
        cbor_encode(&answer->body, operation->output, value, CBOR_AMZ_1_1);
}

static void add_rpc_headers(WireAnswer *answer)
{
    wire_answer_add(answer, TEXT("smithy-protocol"), TEXT("rpc-v2-cbor"));
    wire_answer_add(answer, TEXT("content-type"), TEXT("application/cbor"));
}

static void rpc_encode(WireAnswer *answer, const ServiceModel *service, const OperationModel *operation,
                       const void *value, Bytes request_id)
{
    (void)service, (void)request_id;
    answer->status = 200;
    add_rpc_headers(answer);
    if (operation->has_output)
        cbor_encode(&answer->body, operation->output, value, CBOR_RPC_V2);
}

static void append_head(Buffer *out, unsigned major, size_t value)
{
    if (value < 24) {
        buffer_append_char(out, (char)(major | value));
    } else {
        buffer_append_char(out, (char)(major | 26));
        buffer_append_be32(out, (uint32_t)value);
    }
}

static void append_string(Buffer *out, Bytes text)
{
    append_head(out, CBOR_TEXT, text.len);
    buffer_append(out, text);
}

/* A map of the error's type, its message, and what else it tells. */
static void append_error(Buffer *out, const ErrorAnswer *told, CborDialect dialect)
{
    size_t count = 2;
    for (size_t i = 0; i < error_fields_count(told); i++)
        count += error_field(told, i) != NULL;
    append_head(out, CBOR_MAP, count);
    append_string(out, TEXT("__type"));
    append_string(out, bytes_of(told->error->code));
    append_string(out, TEXT("message"));
    append_string(out, present(told->message) ? told->message : TEXT(""));
    for (size_t i = 0; i < error_fields_count(told); i++) {
        const Field *field = error_field(told, i);
        if (!field)
            continue;
        append_string(out, field->name);
        cbor_encode(out, field->shape, field_value(field, told->fields), dialect);
    }
}

static void amz_encode_error(WireAnswer *answer, const ServiceModel *service, const ErrorAnswer *told)
{
    wire_answer_add(answer, TEXT("content-type"), TEXT("application/x-amz-cbor-1.1"));
    add_query_error(answer, service, told->error);
    append_error(&answer->body, told, CBOR_AMZ_1_1);
}

static void rpc_encode_error(WireAnswer *answer, const ServiceModel *service, const ErrorAnswer *told)
{
    add_rpc_headers(answer);
    add_query_error(answer, service, told->error);
    append_error(&answer->body, told, CBOR_RPC_V2);
}

static const char *amz_type(const ServiceModel *service)
{
    (void)service;
    return "application/x-amz-cbor-1.1";
}

static const char *rpc_type(const ServiceModel *service)
{
    (void)service;
    return "application/cbor";
}

static void amz_event(Buffer *out, const Shape *shape, const void *event)
{
    cbor_encode(out, shape, event, CBOR_AMZ_1_1);
}

static void rpc_event(Buffer *out, const Shape *shape, const void *event)
{
    cbor_encode(out, shape, event, CBOR_RPC_V2);
}

static void encode_exception(Buffer *out, Bytes message)
{
    append_head(out, CBOR_MAP, 1);
    append_string(out, TEXT("message"));
    append_string(out, message);
}

const Protocol PROTOCOL_OF_CBOR_1_1 = {
    .flag = PROTOCOL_CBOR_1_1,
    .methods = BY_POST,
    .recognises = recognises_amz,
    .names = target_names,
    .nameless = &COMMON_UNKNOWN_OPERATION,
    .unknown = &COMMON_UNKNOWN_OPERATION,
    .decode = amz_decode,
    .encode = amz_encode,
    .encode_error = amz_encode_error,
    .event_type = amz_type,
    .encode_event = amz_event,
    .encode_exception = encode_exception,
    .initial_response = {"\xa0", 1},
};

const Protocol PROTOCOL_OF_RPC_V2_CBOR = {
    .flag = PROTOCOL_RPC_V2_CBOR,
    .methods = BY_POST,
    .recognises = recognises_rpc,
    .names = rpc_names,
    .nameless = &COMMON_UNKNOWN_SERVICE,
    .unknown = &COMMON_UNKNOWN_OPERATION,
    .decode = rpc_decode,
    .encode = rpc_encode,
    .encode_error = rpc_encode_error,
    .event_type = rpc_type,
    .encode_event = rpc_event,
    .encode_exception = encode_exception,
    .initial_response = {"\xa0", 1},
};
