/* xml.h - XML and the structs of shapes. */
#pragma once
#include "value.h"

typedef struct XmlRoot {
    const char *name, *xml_namespace, *xml_prefix; /* the latter two may be NULL */
} XmlRoot;

/* The value in an element of that name. */
void xml_append_root(Buffer *out, const XmlRoot *root, const Shape *shape, const void *value);

/* A whole document, whose root has that name (NULL: any), into a zeroed value of the shape; a structure's members that
 * don't travel in the body are left alone. WIRE_OK, or another with its words. No document type, no entities but XML's
 * own five; nested at most LIMIT_NESTING deep. */
MUST_CHECK int xml_decode(Arena *arena, const char *root, const Shape *shape, Bytes body, void *ret,
                          Bytes *ret_message);
