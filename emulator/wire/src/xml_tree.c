/* xml_tree.c - a document as elements in the arena, read by Expat. Documents with a type are refused, so no entity but
 * XML's own five can stand for anything. */
#include "xml_tree.h"
#include "budget.h"
#include "limits.h"
#include <expat.h>
#include <stdlib.h>

/* The text of the element that is open, while it comes in pieces: kept as a list, so that it is copied once more, at
 * the element's end. */
typedef struct Piece {
    struct Piece *next;
    Bytes text;
} Piece;

typedef struct TreeReader {
    Arena *arena;
    XML_Parser parser;
    XmlElement *root, *open;
    struct Level {
        Piece *first, **last;
        size_t len;
    } levels[LIMIT_NESTING + 1];
    int depth;
} TreeReader;

static void add_attributes(TreeReader *reader, XmlElement *element, const char **attributes)
{
    for (XmlAttribute **last = &element->attributes; attributes[0]; attributes += 2) {
        XmlAttribute *attribute = arena_new_of(reader->arena, XmlAttribute);
        attribute->name = arena_copy(reader->arena, bytes_of(attributes[0]));
        attribute->value = arena_copy(reader->arena, bytes_of(attributes[1]));
        *last = attribute;
        last = &attribute->next;
    }
}

static void on_start(void *context, const char *name, const char **attributes)
{
    TreeReader *reader = context;
    if (reader->depth == LIMIT_NESTING) {
        XML_StopParser(reader->parser, XML_FALSE);
        return;
    }
    budget_work(reader->arena, 10);
    XmlElement *element = arena_new_of(reader->arena, XmlElement), *parent = reader->open;
    element->name = element->local_name = arena_copy(reader->arena, bytes_of(name));
    ptrdiff_t colon = bytes_find_last(element->name, ':');
    element->local_name = bytes_slice(element->name, (size_t)(colon + 1), element->name.len - (size_t)(colon + 1));
    element->text = TEXT("");
    element->parent = parent;
    if (!parent)
        reader->root = element;
    else if (parent->last)
        parent->last->next = element;
    else
        parent->first = element;
    if (parent)
        parent->last = element;
    add_attributes(reader, element, attributes);
    reader->open = element;
    struct Level *level = &reader->levels[++reader->depth];
    *level = (struct Level){.last = &level->first};
}

static void on_text(void *context, const char *text, int len)
{
    TreeReader *reader = context;
    struct Level *level = &reader->levels[reader->depth];
    Piece *piece = arena_new_of(reader->arena, Piece);
    piece->text = arena_copy(reader->arena, (Bytes){text, (size_t)len});
    *level->last = piece;
    level->last = &piece->next;
    level->len += (size_t)len;
}

static void on_end(void *context, const char *name)
{
    TreeReader *reader = context;
    const struct Level *level = &reader->levels[reader->depth--];
    (void)name;
    if (level->first && !level->first->next) {
        reader->open->text = level->first->text;
    } else if (level->first) {
        char *text = arena_take_raw(reader->arena, level->len), *to = text;
        for (const Piece *piece = level->first; piece; to += piece->text.len, piece = piece->next)
            memcpy(to, piece->text.ptr, piece->text.len);
        reader->open->text = (Bytes){text, level->len};
    }
    reader->open = reader->open->parent;
}

static void on_document_type(void *context, const char *name, const char *system, const char *public, int has_subset)
{
    TreeReader *reader = context;
    (void)name, (void)system, (void)public, (void)has_subset;
    XML_StopParser(reader->parser, XML_FALSE);
}

static void free_parser(void *parser)
{
    XML_ParserFree(parser);
}

XmlElement *xml_tree(Arena *arena, Bytes document)
{
    TreeReader reader = {.arena = arena, .parser = XML_ParserCreate("UTF-8")};
    if (!reader.parser)
        abort();
    arena_defer(arena, free_parser, reader.parser);
    XML_SetUserData(reader.parser, &reader);
    XML_SetElementHandler(reader.parser, on_start, on_end);
    XML_SetCharacterDataHandler(reader.parser, on_text);
    XML_SetStartDoctypeDeclHandler(reader.parser, on_document_type);
    bool is_whole = document.len <= INT32_MAX &&
                    XML_Parse(reader.parser, document.ptr, (int)document.len, XML_TRUE) == XML_STATUS_OK;
    return is_whole ? reader.root : NULL;
}
