/* protocol.c - each protocol's whole answers and errors, in one row each. */
#include "value.h"
#include "xml.h"

static void json_answer(Buffer *out, const ServiceModel *service, const OperationModel *operation, const void *value,
                        Bytes request_id)
{
    (void)service, (void)request_id;
    if (operation->has_output)
        json_encode(out, operation->output, value);
}

static bool is_message(const Field *field)
{
    return bytes_equal_ignoring_case(field->name, TEXT("message"));
}

/* The members an error has beside its message, each as ,"Name":value. */
static void json_error_fields(Buffer *out, const ErrorAnswer *answer)
{
    const Shape *shape = answer->error->shape;
    if (!shape || !answer->fields)
        return;
    for (size_t i = 0; i < shape->fields_count; i++) {
        const Field *field = &shape->fields[i];
        if (is_message(field) || !field_is_present(shape, field, answer->fields))
            continue;
        buffer_append_format(out, ",\"%s\":", field->name.ptr);
        json_encode(out, field->shape, field_value(field, answer->fields));
    }
}

static void json_error(Buffer *out, const ServiceModel *service, const ErrorAnswer *answer)
{
    (void)service;
    const ErrorModel *error = answer->error;
    buffer_append_format(out, "{\"__type\":\"%s%s%s\",\"%s\":", error->name_space ? error->name_space : "",
                         error->name_space ? "#" : "", error->code, error->message_name);
    json_append_string(out, answer->message);
    json_error_fields(out, answer);
    buffer_append_char(out, '}');
}

static const char *json_content_type(const ServiceModel *service)
{
    bool is_1_0 = service->json_version && !strcmp(service->json_version, "1.0");
    return is_1_0 ? "application/x-amz-json-1.0" : "application/x-amz-json-1.1";
}

const Protocol PROTOCOL_OF_JSON = {PROTOCOL_JSON, json_decode, json_answer, json_error, json_content_type};

static int amz_cbor_decode(Arena *arena, const Shape *shape, Bytes body, void *ret, Bytes *ret_message)
{
    return cbor_decode(arena, shape, body, CBOR_AMZ_1_1, ret, ret_message);
}

static void amz_cbor_answer(Buffer *out, const ServiceModel *service, const OperationModel *operation,
                            const void *value, Bytes request_id)
{
    (void)service, (void)request_id;
    if (operation->has_output)
        cbor_encode(out, operation->output, value, CBOR_AMZ_1_1);
}

/* An error as a structure of two strings, so that one encoder writes all CBOR. */
typedef struct CborError {
    Bytes type, message;
} CborError;

static const Shape error_text = {
    .name = "String", .kind = KIND_STRING, .size = sizeof(Bytes), .min = NO_MIN, .max = NO_MAX};
static const Field cbor_error_fields[] = {
    {.name = {"__type", 6},
     .path = "__type",
     .shape = &error_text,
     .offset = offsetof(CborError, type),
     .has_offset = NO_OFFSET},
    {.name = {"message", 7},
     .path = "message",
     .shape = &error_text,
     .offset = offsetof(CborError, message),
     .has_offset = NO_OFFSET},
};
static const Shape cbor_error_shape = {
    .name = "Error", .kind = KIND_STRUCTURE, .size = sizeof(CborError), .fields_count = 2, .fields = cbor_error_fields};

static void cbor_error(Buffer *out, const ServiceModel *service, const ErrorAnswer *answer)
{
    (void)service;
    CborError error = {bytes_of(answer->error->code), present(answer->message) ? answer->message : TEXT("")};
    cbor_encode(out, &cbor_error_shape, &error, CBOR_AMZ_1_1);
}

static const char *amz_cbor_content_type(const ServiceModel *service)
{
    (void)service;
    return "application/x-amz-cbor-1.1";
}

const Protocol PROTOCOL_OF_CBOR_1_1 = {PROTOCOL_CBOR_1_1, amz_cbor_decode, amz_cbor_answer, cbor_error,
                                       amz_cbor_content_type};

static int rpc_cbor_decode(Arena *arena, const Shape *shape, Bytes body, void *ret, Bytes *ret_message)
{
    return cbor_decode(arena, shape, body, CBOR_RPC_V2, ret, ret_message);
}

static void rpc_cbor_answer(Buffer *out, const ServiceModel *service, const OperationModel *operation,
                            const void *value, Bytes request_id)
{
    (void)service, (void)request_id;
    if (operation->has_output)
        cbor_encode(out, operation->output, value, CBOR_RPC_V2);
}

static const char *rpc_cbor_content_type(const ServiceModel *service)
{
    (void)service;
    return "application/cbor";
}

const Protocol PROTOCOL_OF_RPC_V2_CBOR = {PROTOCOL_RPC_V2_CBOR, rpc_cbor_decode, rpc_cbor_answer, cbor_error,
                                          rpc_cbor_content_type};

static void append_metadata(Buffer *out, Bytes request_id)
{
    buffer_append_format(out, "<ResponseMetadata><RequestId>" BYTES_FMT "</RequestId></ResponseMetadata>",
                         BYTES_ARG(request_id));
}

static void query_answer(Buffer *out, const ServiceModel *service, const OperationModel *operation, const void *value,
                         Bytes request_id)
{
    buffer_append_format(out, "<%sResponse xmlns=\"%s\">", operation->name, service->xml_namespace);
    if (operation->has_output) {
        buffer_append_format(out, "<%s>", operation->result_wrapper);
        xml_append_members(out, operation->output, value);
        buffer_append_format(out, "</%s>", operation->result_wrapper);
    }
    append_metadata(out, request_id);
    buffer_append_format(out, "</%sResponse>", operation->name);
}

static void query_error(Buffer *out, const ServiceModel *service, const ErrorAnswer *answer)
{
    const ErrorModel *error = answer->error;
    buffer_append_format(
        out, "<ErrorResponse xmlns=\"%s\"><Error><Type>%s</Type><Code>%s</Code><Message>",
        service->xml_namespace ? service->xml_namespace : "http://webservices.amazon.com/AWSFault/2005-15-09",
        error->senders_fault ? "Sender" : "Receiver", error->query_code ? error->query_code : error->code);
    xml_append_escaped(out, answer->message);
    buffer_append_format(out, "</Message></Error><RequestId>" BYTES_FMT "</RequestId></ErrorResponse>",
                         BYTES_ARG(answer->request_id));
}

static const char *query_content_type(const ServiceModel *service)
{
    (void)service;
    return "text/xml";
}

const Protocol PROTOCOL_OF_QUERY = {PROTOCOL_QUERY, query_decode, query_answer, query_error, query_content_type};
