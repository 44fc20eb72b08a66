/* uri.h - which operation of a REST service a method, path and query ask for, by the model's URI templates:
 * "/{Bucket}/{Key+}?tagging". A label takes one segment of the path that is not empty, a greedy one (+) all that is
 * left; what stands behind '?' must be there, with that value where one is given. What says more comes first: literal
 * segments before labels, labels before greedy ones, then the template with more constants. Of operations with one and
 * the same URI, that is asked for whose required parameters and header fields are there, the one with most of them
 * first. */
#pragma once
#include "arena.h"
#include "http_head.h"
#include "model.h"

#define URI_LABELS_MAX 8

typedef struct UriTable UriTable;
UriTable *uri_table_new(const ServiceModel *service); /* the model outlives it */
UriTable *uri_table_free(UriTable *table);

typedef struct UriLabel {
    Bytes name, value; /* as in the template; percent-decoded */
} UriLabel;

typedef struct UriMatch {
    const char *operation; /* NULL: no template matches */
    bool is_other_method;  /* then: one does, with another method */
    UriLabel labels[URI_LABELS_MAX];
    size_t labels_count;
} UriMatch;
UriMatch uri_match(const UriTable *table, Arena *arena, const HttpHead *head);
