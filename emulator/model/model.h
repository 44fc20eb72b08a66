/* model.h - what the generator's tables are made of. Written by hand; the tables (<service>_model.{h,c}) are not.
 *
 * How a value of a shape lies in C (everything points into the call's arena):
 *   string, blob, enum   Bytes; absent is ptr == NULL; blobs are decoded bytes, never base64
 *   boolean … timestamp  bool, int32_t, int64_t, float, double; timestamp is int64_t ms since the epoch.
 *                        As a member of a structure each has a neighbour `bool has_<member>`
 *   structure, union     as a member: a pointer, NULL is absent; in a list or map: by value
 *   list                 struct { T *items; size_t len; }; absent is items == NULL, an empty one has items != NULL
 *   map                  struct { struct { Bytes key; V value; } *items; size_t len; }; keys are unique, in the
 *                        order sent
 * A union starts with `int kind`: 0 none was given, UNION_SEVERAL more than one, else 1 + the field's index. */
#pragma once
#include "bytes.h"

typedef enum Kind {
    KIND_STRING,
    KIND_BLOB,
    KIND_BOOLEAN,
    KIND_INTEGER,
    KIND_LONG,
    KIND_FLOAT,
    KIND_DOUBLE,
    KIND_TIMESTAMP,
    KIND_STRUCTURE,
    KIND_UNION,
    KIND_LIST,
    KIND_MAP,
} Kind;

#define UNION_SEVERAL (-1)
#define NO_MIN        INT64_MIN
#define NO_MAX        INT64_MAX
#define NO_OFFSET     UINT16_MAX

typedef struct Shape Shape;

/* Where a member of an operation's input, output or error travels. Only the REST protocols know another than the body.
 */
typedef enum Location {
    IN_BODY,    /* a member of the body's object or root element */
    IN_PATH,    /* the label {name} of the URI; of inputs only, as the query is */
    IN_QUERY,   /* ?name=…; a map without a name of its own: all parameters that no other member takes */
    IN_HEADER,  /* a field of the head */
    IN_HEADERS, /* a map: all fields that begin with `name` (may be empty), under the rest of their names */
    IN_STATUS,  /* an output's HTTP status */
    IN_PAYLOAD, /* it is the whole body: bytes as they are, or the body's object or root element */
} Location;

typedef enum TimeFormat {
    TIME_USUAL, /* the protocol's own: seconds in JSON, ISO 8601 in XML and queries, an HTTP date in headers */
    TIME_SECONDS,
    TIME_ISO_8601,
    TIME_HTTP_DATE,
} TimeFormat;

typedef struct Field {
    Bytes name;       /* on the wire: StreamARN; in lower case where it names header fields */
    const char *path; /* as validation messages spell it: streamARN */
    const Shape *shape;
    uint16_t offset;
    uint16_t has_offset; /* of has_<member>; NO_OFFSET where absence shows in the value itself, or in a union */
    bool required;
    Location location;
    bool streaming; /* IN_PAYLOAD: bytes that flow, of any length; what is decoded is what was collected of them */
    bool flattened; /* XML: no element around a list's or map's items */
    bool attribute; /* XML: of the element itself */
    bool is_text;   /* XML: it is the text of the element itself, without one of its own */
    const char *xml_namespace; /* of its element; NULL: none of its own */
    const char *xml_prefix;    /* with xml_namespace: xmlns:<prefix>; NULL: the default one */
} Field;

struct Shape {
    const char *name; /* AWS's: StreamARN */
    Kind kind;
    uint16_t fields_count; /* structure, union */
    uint32_t size;         /* of the C value, by value */
    int64_t min, max;      /* length of strings (code points), blobs, lists, maps; value of numbers; NO_MIN, NO_MAX */
    const char *pattern;   /* a Java regular expression that must match all of it; NULL none */
    const char *const *enums; /* ends with NULL; NULL itself: not an enum */
    const Field *fields;
    const Shape *member; /* a list's members, a map's values */
    const Shape *key;    /* a map's keys */
    uint32_t entry_size; /* of one item of a map; its value lies at value_offset */
    uint32_t value_offset;
    bool flattened;                             /* awsQuery: no ".member" between */
    bool sensitive;                             /* the request log prints *** */
    const char *item_name;                      /* XML: a list's items, where they aren't called "member" */
    const char *key_name, *value_name;          /* XML: of a map's entries, where they aren't "key" and "value" */
    const char *item_namespace, *key_namespace; /* XML: of a list's items, a map's values and keys, or NULL */
    const char *xml_name;                       /* of the root element, where it isn't the shape's name */
    const char *xml_namespace, *xml_prefix;     /* of the root element, or NULL */
    TimeFormat time;                            /* of a timestamp */
};

/* How any list or map lies in memory. */
typedef struct AnyList {
    void *items;
    size_t len;
} AnyList;

/* An error that a client can be told of. */
typedef struct ErrorModel {
    const char *code;       /* ResourceNotFoundException */
    const char *name_space; /* before '#' in awsJson's __type, or NULL: "com.amazonaws.dynamodb.v20120810" */
    const char *query_code; /* where awsQuery spells it otherwise; else NULL */
    int http_status;
    bool senders_fault;
    const char *message_name; /* the member that holds the message: "message" or "Message" */
    const Shape *shape;       /* with the further members of the error; NULL: only a message */
} ErrorModel;

typedef struct OperationModel {
    const char *name;           /* PutRecord */
    const Shape *input;         /* a structure, with no fields where AWS's operation takes nothing */
    const Shape *output;        /* the same */
    bool has_output;            /* false: AWS answers with no body at all (awsJson: empty) */
    const char *method, *uri;   /* "POST", "/" */
    const char *result_wrapper; /* awsQuery: "GetCallerIdentityResult", else NULL */
    const Shape *events;        /* the union of an event-stream output's events, or NULL */
    int status;                 /* of a good answer, where no member says it */
    const char *root;           /* restXml: the name of the input's root element */
    const char *root_namespace; /* and its namespace, or NULL */
} OperationModel;

enum {
    PROTOCOL_JSON = 1,
    PROTOCOL_CBOR_1_1 = 2,
    PROTOCOL_RPC_V2_CBOR = 4,
    PROTOCOL_QUERY = 8,
    PROTOCOL_REST_JSON = 16,
    PROTOCOL_REST_XML = 32
};

typedef struct ServiceModel {
    const char *name;              /* as the credential scope spells it: "monitoring" for CloudWatch */
    const char *title;             /* "CloudWatch" */
    const char *target_prefix;     /* "Kinesis_20131202", NULL where the protocol has none */
    const char *json_version;      /* "1.0", "1.1" or NULL */
    const char *api_version;       /* "2013-12-02" */
    const char *xml_namespace;     /* awsQuery, or NULL */
    unsigned protocols;            /* PROTOCOL_… the service speaks */
    int64_t body_max;              /* bytes of one request's body the service takes */
    const char *const *operations; /* every operation of the model by name, sorted, ends with NULL */
    bool errors_are_bare;          /* restXml: <Error> without <ErrorResponse> around it */
    const struct OperationUri {
        const char *method, *uri, *operation;
        /* The parameters and fields without which it is not asked for, where another operation has the same URI:
         * "?uploadId x-amz-copy-source", or NULL. */
        const char *needs;
    } * uris; /* the REST protocols: how each operation of the model is reached, ends with a NULL method; else NULL */
} ServiceModel;

/* Errors that every service can give and no model lists. aws: "Common Errors" of each API reference. */
extern const ErrorModel COMMON_VALIDATION;          /* ValidationException: 1 validation error detected: … */
extern const ErrorModel COMMON_SERIALIZATION;       /* SerializationException */
extern const ErrorModel COMMON_UNKNOWN_OPERATION;   /* UnknownOperationException, 400 (404 by some) */
extern const ErrorModel COMMON_INTERNAL_FAILURE;    /* InternalFailure, 500 */
extern const ErrorModel COMMON_NOT_IMPLEMENTED;     /* NotImplementedException, 501: of ours, names the operation */
extern const ErrorModel COMMON_ACCESS_DENIED;       /* AccessDeniedException, 403 */
extern const ErrorModel COMMON_SERVICE_UNAVAILABLE; /* ServiceUnavailable, 503 */
extern const ErrorModel COMMON_REQUEST_TOO_LARGE;   /* RequestEntityTooLargeException, 413 */
extern const ErrorModel COMMON_MISSING_TOKEN;       /* MissingAuthenticationTokenException, 400 */
extern const ErrorModel COMMON_MISSING_ACTION;      /* awsQuery: MissingAction, 400 */
extern const ErrorModel COMMON_INVALID_ACTION;      /* awsQuery: InvalidAction, 400 */
extern const ErrorModel COMMON_MALFORMED_QUERY;     /* awsQuery: MalformedQueryString, 404 */
extern const ErrorModel COMMON_UNKNOWN_SERVICE;     /* of ours: nothing here answers to this target, path or scope */

/* An optional number or boolean: SET(out, limit, 5) writes the value and its has_. */
#define SET(object, member_, value_) ((void)((object)->member_ = (value_), (object)->has_##member_ = true))
