/* rest.h - what restJson1 and restXml have in common. */
#pragma once
#include "xml.h"

/* How a body's structure is spelled. */
typedef struct RestBody {
    const char *content_type;
    bool is_never_empty; /* an output without members in the body is written all the same */
    /* root: the name of the document's element, where it has one. */
    int (*decode)(Arena *arena, const char *root, const Shape *shape, Bytes body, void *ret, Bytes *ret_message);
    void (*encode)(Buffer *out, const XmlRoot *root, const Shape *shape, const void *value);
    bool passes_empty_numbers; /* "max-parts=" in the query is not given, where others refuse it (recorded of S3) */
} RestBody;

MUST_CHECK int rest_decode(Arena *arena, const RestBody *body, const OperationModel *operation,
                           const WireRequest *request, void *ret, Bytes *ret_message);
void rest_encode(WireAnswer *answer, const RestBody *body, const ServiceModel *service, const OperationModel *operation,
                 const void *value);
/* The members that travel in header fields or as the status. */
void rest_encode_head(WireAnswer *answer, const Shape *shape, const void *value);

const Field *rest_payload(const Shape *shape); /* NULL: none */
bool rest_has_body(const Shape *shape);        /* a member of an input travels in the body */
