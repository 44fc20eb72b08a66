/* protocol_json.c - awsJson 1.0 and 1.1: POST / with X-Amz-Target: <target prefix>.<operation>. */
#include "error_fields.h"
#include "protocols.h"

static bool recognises(const HttpHead *head)
{
    return present(http_head_field(head, "x-amz-target"));
}

bool target_names(Arena *arena, const HttpHead *head, Bytes body, WireTarget *ret)
{
    (void)arena, (void)body;
    Bytes name = http_head_field(head, "x-amz-target"), prefix = bytes_cut(&name, '.');
    *ret = (WireTarget){.service = prefix, .operation = name};
    return true;
}

static const char *content_type(const ServiceModel *service)
{
    bool is_1_0 = service->json_version && !strcmp(service->json_version, "1.0");
    return is_1_0 ? "application/x-amz-json-1.0" : "application/x-amz-json-1.1";
}

static int decode(Arena *arena, const OperationModel *operation, const WireRequest *request, void *ret,
                  Bytes *ret_message)
{
    return json_decode(arena, operation->input, request->body, ret, ret_message);
}

static void encode(WireAnswer *answer, const ServiceModel *service, const OperationModel *operation, const void *value,
                   Bytes request_id)
{
    (void)request_id;
    answer->status = 200;
    wire_answer_add(answer, TEXT("content-type"), bytes_of(content_type(service)));
    if (operation->has_output)
        json_encode(&answer->body, operation->output, value);
}

void json_append_error_fields(Buffer *out, const ErrorAnswer *error)
{
    for (size_t i = 0; i < error_fields_count(error); i++) {
        const Field *field = error_field(error, i);
        if (!field)
            continue;
        buffer_append_format(out, ",\"%s\":", field->name.ptr);
        json_encode(out, field->shape, field_value(field, error->fields));
    }
}

static void encode_error(WireAnswer *answer, const ServiceModel *service, const ErrorAnswer *told)
{
    const ErrorModel *error = told->error;
    Buffer *out = &answer->body;
    wire_answer_add(answer, TEXT("content-type"), bytes_of(content_type(service)));
    add_query_error(answer, service, error);
    buffer_append_format(out, "{\"__type\":\"%s%s%s\"", error->name_space ? error->name_space : "",
                         error->name_space ? "#" : "", error->code);
    if (told->message.len) { /* recorded from AWS's KMS: where nothing is said, there is no member */
        buffer_append_format(out, ",\"%s\":", error->message_name);
        json_append_string(out, told->message);
    }
    json_append_error_fields(out, told);
    buffer_append_char(out, '}');
}

void json_encode_exception(Buffer *out, Bytes message)
{
    buffer_append_text(out, "{\"message\":");
    json_append_string(out, message);
    buffer_append_char(out, '}');
}

const Protocol PROTOCOL_OF_JSON = {
    .flag = PROTOCOL_JSON,
    .methods = BY_POST,
    .recognises = recognises,
    .names = target_names,
    .nameless = &COMMON_UNKNOWN_OPERATION,
    .unknown = &COMMON_UNKNOWN_OPERATION,
    .decode = decode,
    .encode = encode,
    .encode_error = encode_error,
    .event_type = content_type,
    .encode_event = json_encode,
    .encode_exception = json_encode_exception,
    .initial_response = {"{}", 2},
};
