/* protocol.h - a protocol is one row: how a request shows it, what it names, and how input, output, errors and events
 * are spelled. Whoever uses a row asks nothing else about it. */
#pragma once
#include "buffer.h"
#include "http_head.h"
#include "uri.h"

/* What a request names. */
typedef struct WireTarget {
    Bytes service;   /* the target prefix of the service's model; absent: that of the credential scope, or else … */
    Bytes version;   /* … the one with this API version */
    Bytes operation; /* absent: it names none */
} WireTarget;

typedef struct WireRequest {
    HttpHead head;
    const UriLabel *labels; /* of the operation's URI template */
    size_t labels_count;
    Bytes body;
} WireRequest;

typedef struct WireAnswer {
    Arena *arena; /* where the headers lie */
    int status;
    HttpHeader *headers;
    size_t headers_count, headers_capacity;
    Buffer body; /* the owner's */
} WireAnswer;
void wire_answer_add(WireAnswer *answer, Bytes name, Bytes value);

typedef struct ErrorAnswer {
    const ErrorModel *error;
    Bytes message;
    const void *fields;        /* of error->shape, or NULL; its message member is ignored, `message` is told */
    Bytes request_id, host_id; /* the second is S3's own; absent elsewhere */
} ErrorAnswer;

typedef enum WireMethods {
    BY_POST,          /* an operation is called by POST alone */
    BY_GET_TO_READ,   /* also by GET, if it changes nothing */
    BY_MODELS_METHOD, /* by the method that the model gives it */
} WireMethods;

typedef struct Protocol {
    unsigned flag; /* PROTOCOL_… */
    WireMethods methods;
    bool (*recognises)(const HttpHead *head);
    /* NULL: the operation is found by the templates of its service's URIs. False: the request is not of the form. */
    bool (*names)(Arena *arena, const HttpHead *head, Bytes body, WireTarget *ret);
    const ErrorModel *nameless, *unknown; /* no operation is named; the one that is doesn't exist */

    int (*decode)(Arena *arena, const OperationModel *operation, const WireRequest *request, void *ret,
                  Bytes *ret_message);
    void (*encode)(WireAnswer *answer, const ServiceModel *service, const OperationModel *operation, const void *value,
                   Bytes request_id);
    /* The status is set before: the error's own, or one that is forced. */
    void (*encode_error)(WireAnswer *answer, const ServiceModel *service, const ErrorAnswer *error);

    /* Payloads of event-stream messages. */
    const char *(*event_type)(const ServiceModel *service);
    void (*encode_event)(Buffer *out, const Shape *shape, const void *event);
    void (*encode_exception)(Buffer *out, Bytes message);
    Bytes initial_response; /* of an output without further members; absent: none is sent */
} Protocol;

extern const Protocol PROTOCOL_OF_JSON, PROTOCOL_OF_CBOR_1_1, PROTOCOL_OF_RPC_V2_CBOR, PROTOCOL_OF_QUERY,
    PROTOCOL_OF_REST_JSON, PROTOCOL_OF_REST_XML;
/* In the order in which they are asked whether a request is theirs; the REST protocols recognise any. Ends with NULL.
 */
extern const Protocol *const PROTOCOLS[];
