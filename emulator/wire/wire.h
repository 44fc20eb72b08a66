/* wire.h - the protocols: bytes to C structs and back, driven by shape descriptors alone. Knows no service, no HTTP, no
 * I/O.
 *
 * Decoders fill a zeroed struct of the shape in the arena; strings may point into `body`, which must live as long as
 * the arena. Unknown members are skipped, null is absent (as AWS does). Nothing is checked against the model's
 * constraints here: see validate. Return WIRE_OK or one of the others with a message in AWS's words in *ret_message;
 * the output is then undefined. */
#pragma once
#include "arena.h"
#include "buffer.h"
#include "complaint.h"
#include "model.h"
#include "protocol.h"

enum {
    WIRE_OK = 0,
    WIRE_MALFORMED = 1, /* not the format at all (bad JSON, truncated CBOR), or nested deeper than LIMIT_NESTING */
    WIRE_WRONG_TYPE = 2 /* well-formed, but a value of another type than the member's */
};

/* CBOR has two dialects: Kinesis' application/x-amz-cbor-1.1 (timestamps tag 1 + integer milliseconds) and
 * smithy-rpc-v2-cbor (tag 1 + seconds, integer or double). Reading accepts both forms of map and list (definite,
 * indefinite). */
typedef enum CborDialect { CBOR_AMZ_1_1, CBOR_RPC_V2 } CborDialect;

MUST_CHECK int json_decode(Arena *arena, const Shape *shape, Bytes body, void *ret, Bytes *ret_message);
/* As restJson1 has it: no null among a list's items and a map's values, in a union one member and nothing beside it. */
MUST_CHECK int json_decode_strict(Arena *arena, const Shape *shape, Bytes body, void *ret, Bytes *ret_message);
MUST_CHECK int cbor_decode(Arena *arena, const Shape *shape, Bytes body, CborDialect dialect, void *ret,
                           Bytes *ret_message);
/* awsQuery: an application/x-www-form-urlencoded body (or query string); Action and Version are skipped. */
MUST_CHECK int query_decode(Arena *arena, const Shape *shape, Bytes form, void *ret, Bytes *ret_message);
/* The value of one key of a form, percent-decoded; absent where it isn't there. */
Bytes query_parameter(Arena *arena, Bytes form, Bytes key);

/* Encoders write only what is present. JSON timestamps are seconds with milliseconds as a decimal fraction. */
void json_encode(Buffer *out, const Shape *shape, const void *value);
Bytes json_text(Arena *arena, const Shape *shape, const void *value);
void cbor_encode(Buffer *out, const Shape *shape, const void *value, CborDialect dialect);
/* The members of a structure as XML elements, without what is around them. Timestamps are ISO 8601. */
void xml_append_members(Buffer *out, const Shape *shape, const void *value);
void xml_append_escaped(Buffer *out, Bytes text);
void json_append_string(Buffer *out, Bytes text); /* quoted and escaped; control characters as \u00xx */

/* Seconds since the epoch, ISO 8601 (RFC 3339), an HTTP date; TIME_USUAL: whichever it is. */
MUST_CHECK bool time_read(TimeFormat format, Bytes text, int64_t *ret_ms);

/* Checks a decoded value against the constraints of its shape, in the model's order of members. Returns how many do not
 * hold; complaints_message tells them. */
typedef struct Validator Validator; /* holds the compiled patterns, each compiled at its first use */
Validator *validator_new(void);
Validator *validator_free(Validator *validator);
int validate(Validator *validator, Arena *arena, const Shape *shape, const void *value, Complaints *ret);

/* Debug builds: does an answer keep to its output shape (required members there, enums known)? The name of the first
 * that does not, or NULL. */
const char *check_output(Arena *arena, const Shape *shape, const void *value);

/* application/vnd.amazon.eventstream: one message, string headers only. */
typedef struct EventHeader {
    const char *name;
    Bytes value;
} EventHeader;
void event_message(Buffer *out, const EventHeader *headers, size_t headers_count, Bytes payload);

uint32_t crc32_of(Bytes b); /* IEEE, as zlib's; also DynamoDB's x-amz-crc32 */

/* A document by itself, as restXml's bodies are: its root element is `root`. WIRE_OK, or another code. */
MUST_CHECK int xml_decode(Arena *arena, const char *root, const Shape *shape, Bytes body, void *ret,
                          Bytes *ret_message);
