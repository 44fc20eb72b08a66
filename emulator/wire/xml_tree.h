/* xml_tree.h - a document as elements in the arena, read by Expat. */
#pragma once
#include "arena.h"

typedef struct XmlAttribute {
    struct XmlAttribute *next;
    Bytes name, value;
} XmlAttribute;

typedef struct XmlElement XmlElement;
struct XmlElement {
    Bytes name, local_name; /* as written, "xsi:type"; and without the prefix */
    Bytes text;             /* of the element itself, all its pieces; never absent */
    XmlAttribute *attributes;
    XmlElement *parent, *next, *first, *last;
};

/* NULL: not well-formed, with a document type, nested deeper than LIMIT_NESTING, or not UTF-8. */
XmlElement *xml_tree(Arena *arena, Bytes document);
