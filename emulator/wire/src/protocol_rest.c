/* protocol_rest.c - restJson1 and restXml: the model's methods and URIs. */
#include "error_fields.h"
#include "protocols.h"
#include "rest.h"
#include "xml.h"

static bool recognises(const HttpHead *head)
{
    (void)head;
    return true;
}

static int json_body_decode(Arena *arena, const char *root, const Shape *shape, Bytes body, void *ret,
                            Bytes *ret_message)
{
    (void)root;
    return json_decode_strict(arena, shape, body, ret, ret_message);
}

static void json_body_encode(Buffer *out, const XmlRoot *root, const Shape *shape, const void *value)
{
    (void)root;
    json_encode(out, shape, value);
}

/* smithy.io, restJson1: an output without members is {}. */
static const RestBody json_body = {"application/json", true, json_body_decode, json_body_encode, false};

static int json_decode_request(Arena *arena, const OperationModel *operation, const WireRequest *request, void *ret,
                               Bytes *ret_message)
{
    return rest_decode(arena, &json_body, operation, request, ret, ret_message);
}

static void json_encode_answer(WireAnswer *answer, const ServiceModel *service, const OperationModel *operation,
                               const void *value, Bytes request_id)
{
    (void)request_id;
    rest_encode(answer, &json_body, service, operation, value);
}

static void write_error_head(WireAnswer *answer, const ErrorAnswer *told)
{
    int status = answer->status;
    if (told->fields && told->error->shape)
        rest_encode_head(answer, told->error->shape, told->fields);
    answer->status = status;
}

/* smithy.io, restJson1, "Operation error serialization". */
static void json_encode_error(WireAnswer *answer, const ServiceModel *service, const ErrorAnswer *told)
{
    Buffer *out = &answer->body;
    (void)service;
    wire_answer_add(answer, TEXT("content-type"), TEXT("application/json"));
    wire_answer_add(answer, TEXT("x-amzn-errortype"), bytes_of(told->error->code));
    write_error_head(answer, told);
    buffer_append_format(out, "{\"%s\":", told->error->message_name);
    json_append_string(out, told->message);
    json_append_error_fields(out, told);
    buffer_append_char(out, '}');
}

static const char *json_event_type(const ServiceModel *service)
{
    (void)service;
    return "application/json";
}

const Protocol PROTOCOL_OF_REST_JSON = {
    .flag = PROTOCOL_REST_JSON,
    .methods = BY_MODELS_METHOD,
    .recognises = recognises,
    .nameless = &COMMON_UNKNOWN_OPERATION,
    .unknown = &COMMON_UNKNOWN_OPERATION,
    .decode = json_decode_request,
    .encode = json_encode_answer,
    .encode_error = json_encode_error,
    .event_type = json_event_type,
    .encode_event = json_encode,
    .encode_exception = json_encode_exception,
};

#define XML_DECLARATION "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"

static void xml_body_encode(Buffer *out, const XmlRoot *root, const Shape *shape, const void *value)
{
    buffer_append_text(out, XML_DECLARATION);
    xml_append_root(out, root, shape, value);
}

static const RestBody xml_body = {"application/xml", false, xml_decode, xml_body_encode, true};

static int xml_decode_request(Arena *arena, const OperationModel *operation, const WireRequest *request, void *ret,
                              Bytes *ret_message)
{
    return rest_decode(arena, &xml_body, operation, request, ret, ret_message);
}

static void xml_encode_answer(WireAnswer *answer, const ServiceModel *service, const OperationModel *operation,
                              const void *value, Bytes request_id)
{
    (void)request_id;
    rest_encode(answer, &xml_body, service, operation, value);
}

static void append_element(Buffer *out, const char *name, Bytes text)
{
    buffer_append_format(out, "<%s>", name);
    xml_append_escaped(out, text);
    buffer_append_format(out, "</%s>", name);
}

/* smithy.io, restXml, "Error response serialization": in <ErrorResponse>, or (S3) the <Error> alone. */
static void xml_encode_error(WireAnswer *answer, const ServiceModel *service, const ErrorAnswer *told)
{
    Buffer *out = &answer->body;
    const ErrorModel *error = told->error;
    write_error_head(answer, told);
    if (answer->status == 304) /* RFC 9110, 15.4.5: never with content */
        return;
    wire_answer_add(answer, TEXT("content-type"), TEXT("application/xml"));
    buffer_append_text(out, XML_DECLARATION);
    if (!service->errors_are_bare) {
        buffer_append_format(out, service->xml_namespace ? "<ErrorResponse xmlns=\"%s\">" : "<ErrorResponse%s>",
                             service->xml_namespace ? service->xml_namespace : "");
        buffer_append_format(out, "<Error><Type>%s</Type>", error->senders_fault ? "Sender" : "Receiver");
    } else {
        buffer_append_text(out, "<Error>");
    }
    append_element(out, "Code", bytes_of(error_query_code(error)));
    append_element(out, "Message", told->message);
    xml_append_error_fields(out, told);
    if (!service->errors_are_bare)
        buffer_append_text(out, "</Error>");
    append_element(out, "RequestId", told->request_id);
    if (present(told->host_id))
        append_element(out, "HostId", told->host_id);
    buffer_append_text(out, service->errors_are_bare ? "</Error>" : "</ErrorResponse>");
}

static const char *xml_event_type(const ServiceModel *service)
{
    (void)service;
    return "text/xml";
}

static void xml_encode_event(Buffer *out, const Shape *shape, const void *event)
{
    xml_append_root(out, &(XmlRoot){.name = shape->xml_name ? shape->xml_name : shape->name}, shape, event);
}

static void xml_encode_exception(Buffer *out, Bytes message)
{
    append_element(out, "Message", message);
}

const Protocol PROTOCOL_OF_REST_XML = {
    .flag = PROTOCOL_REST_XML,
    .methods = BY_MODELS_METHOD,
    .recognises = recognises,
    .nameless = &COMMON_UNKNOWN_OPERATION,
    .unknown = &COMMON_UNKNOWN_OPERATION,
    .decode = xml_decode_request,
    .encode = xml_encode_answer,
    .encode_error = xml_encode_error,
    .event_type = xml_event_type,
    .encode_event = xml_encode_event,
    .encode_exception = xml_encode_exception,
};
