/* protocol.c - the protocols, and what their rows share. */
#include "error_fields.h"
#include "wire.h"

const Protocol *const PROTOCOLS[] = {&PROTOCOL_OF_RPC_V2_CBOR,
                                     &PROTOCOL_OF_CBOR_1_1,
                                     &PROTOCOL_OF_JSON,
                                     &PROTOCOL_OF_QUERY,
                                     &PROTOCOL_OF_REST_JSON,
                                     &PROTOCOL_OF_REST_XML,
                                     NULL};

void wire_answer_add(WireAnswer *answer, Bytes name, Bytes value)
{
    if (answer->headers_count == answer->headers_capacity) {
        size_t capacity = answer->headers_capacity ? answer->headers_capacity * 2 : 8;
        HttpHeader *headers = arena_new_array(answer->arena, HttpHeader, capacity);
        if (answer->headers_count)
            memcpy(headers, answer->headers, answer->headers_count * sizeof *headers);
        answer->headers = headers;
        answer->headers_capacity = capacity;
    }
    answer->headers[answer->headers_count++] = (HttpHeader){name, value};
}

const Field *error_field(const ErrorAnswer *answer, size_t at)
{
    const Shape *shape = answer->error->shape;
    const Field *field = &shape->fields[at];
    bool is_told = is_in_answers_body(field) && !bytes_equal_ignoring_case(field->name, TEXT("message")) &&
                   field_is_present(shape, field, answer->fields);
    return is_told ? field : NULL;
}

size_t error_fields_count(const ErrorAnswer *answer)
{
    return answer->fields && answer->error->shape ? answer->error->shape->fields_count : 0;
}

const char *error_query_code(const ErrorModel *error)
{
    return error->query_code ? error->query_code : error->code;
}

/* aws: awsQueryCompatible: clients that came from the query protocol learn its error codes from this header. */
void add_query_error(WireAnswer *answer, const ServiceModel *service, const ErrorModel *error)
{
    if (service->protocols & PROTOCOL_QUERY)
        wire_answer_add(
            answer, TEXT("x-amzn-query-error"),
            arena_text(answer->arena, "%s;%s", error_query_code(error), error->senders_fault ? "Sender" : "Receiver"));
}
