/* protocol_query.c - awsQuery: Action=<name> in a form or the query; XML back. */
#include "error_fields.h"
#include "protocols.h"
#include "xml.h"

static bool recognises(const HttpHead *head)
{
    if (bytes_starts_with(http_head_field(head, "content-type"), TEXT("application/x-www-form-urlencoded")))
        return true;
    return present(head->query) && bytes_starts_with(head->query, TEXT("Action="));
}

static Bytes form_of(const HttpHead *head, Bytes body)
{
    return !body.len && present(head->query) ? head->query : body;
}

static bool names(Arena *arena, const HttpHead *head, Bytes body, WireTarget *ret)
{
    Bytes form = form_of(head, body);
    *ret = (WireTarget){.version = query_parameter(arena, form, TEXT("Version")),
                        .operation = query_parameter(arena, form, TEXT("Action"))};
    return true;
}

static int decode(Arena *arena, const OperationModel *operation, const WireRequest *request, void *ret,
                  Bytes *ret_message)
{
    return query_decode(arena, operation->input, form_of(&request->head, request->body), ret, ret_message);
}

static void encode(WireAnswer *answer, const ServiceModel *service, const OperationModel *operation, const void *value,
                   Bytes request_id)
{
    Buffer *out = &answer->body;
    answer->status = 200;
    wire_answer_add(answer, TEXT("content-type"), TEXT("text/xml"));
    buffer_append_format(out, "<%sResponse xmlns=\"%s\">", operation->name, service->xml_namespace);
    if (operation->has_output) {
        buffer_append_format(out, "<%s>", operation->result_wrapper);
        xml_append_members(out, operation->output, value);
        buffer_append_format(out, "</%s>", operation->result_wrapper);
    }
    buffer_append_format(out, "<ResponseMetadata><RequestId>" BYTES_FMT "</RequestId></ResponseMetadata></%sResponse>",
                         BYTES_ARG(request_id), operation->name);
}

void xml_append_error_fields(Buffer *out, const ErrorAnswer *error)
{
    for (size_t i = 0; i < error_fields_count(error); i++) {
        const Field *field = error_field(error, i);
        if (field)
            xml_append_root(out, &(XmlRoot){.name = field->name.ptr}, field->shape, field_value(field, error->fields));
    }
}

static void encode_error(WireAnswer *answer, const ServiceModel *service, const ErrorAnswer *told)
{
    const ErrorModel *error = told->error;
    Buffer *out = &answer->body;
    wire_answer_add(answer, TEXT("content-type"), TEXT("text/xml"));
    buffer_append_format(out, "<ErrorResponse xmlns=\"%s\"><Error><Type>%s</Type><Code>%s</Code><Message>",
                         service->xml_namespace ? service->xml_namespace
                                                : "http://webservices.amazon.com/AWSFault/2005-15-09",
                         error->senders_fault ? "Sender" : "Receiver", error_query_code(error));
    xml_append_escaped(out, told->message);
    buffer_append_text(out, "</Message>");
    xml_append_error_fields(out, told);
    buffer_append_format(out, "</Error><RequestId>" BYTES_FMT "</RequestId></ErrorResponse>",
                         BYTES_ARG(told->request_id));
}

const Protocol PROTOCOL_OF_QUERY = {
    .flag = PROTOCOL_QUERY,
    .methods = BY_GET_TO_READ,
    .recognises = recognises,
    .names = names,
    .nameless = &COMMON_MISSING_ACTION,
    .unknown = &COMMON_INVALID_ACTION,
    .decode = decode,
    .encode = encode,
    .encode_error = encode_error,
};
