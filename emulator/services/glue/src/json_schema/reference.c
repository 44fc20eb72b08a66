/* reference.c - URIs are ways through a tree, from "/" to "/": a base as long as the schema is kept once, and what
 * stands below it costs no more than its own letters. */
#include "reference.h"
#include "budget.h"
#include "hex.h"
#include "map.h"

/* "http:/" "/" "host/" "schema.json" "#anchor" */
struct Place {
    const Place *above;
    JsonValue *value; /* that has this URI; NULL: none */
    bool is_metaschema;
};

struct References {
    Arena *arena;
    JsonValue *root;
    Bytes id_word;
    Map *places;       /* the one above, and the text of the step → Place */
    const Place *none; /* above all */
};

bool is_metaschema(Bytes uri, char draft)
{
    bool is_https = bytes_starts_with(uri, TEXT("https:"));
    if (!is_https && !bytes_starts_with(uri, TEXT("http:")))
        return false;
    Bytes rest = bytes_slice(uri, is_https ? 6 : 5, uri.len - (is_https ? 6 : 5));
    if (rest.len && rest.ptr[rest.len - 1] == '#')
        rest.len--;
    return rest.len == 33 && bytes_starts_with(rest, TEXT("//json-schema.org/draft-0")) && rest.ptr[25] == draft &&
           bytes_equal(bytes_slice(rest, 26, 7), TEXT("/schema"));
}

static bool is_absolute(Bytes uri)
{
    Bytes rest = uri, scheme = bytes_cut(&rest, ':');
    return present(rest) && bytes_find(scheme, '/') < 0 && bytes_find(scheme, '#') < 0 && scheme.len;
}

static Place *step_to(const References *references, const Place *above, Bytes text)
{
    ArenaMark mark = arena_mark(references->arena);
    budget_work(references->arena, 4);
    char *key = arena_take_raw(references->arena, sizeof above + text.len);
    memcpy(key, &above, sizeof above);
    if (text.len)
        memcpy(key + sizeof above, text.ptr, text.len);
    Bytes whole = {key, sizeof above + text.len};
    Place *place = map_get(references->places, whole);
    if (place) {
        arena_rewind(references->arena, mark);
        return place;
    }
    place = arena_new_of(references->arena, Place);
    place->above = above;
    map_put(references->places, whole, place);
    return place;
}

/* "x#" is "x". *ret_document: without the fragment. */
static Place *resolve(const References *references, const Place *base, Bytes uri, Place **ret_document)
{
    Bytes fragment = uri, path = bytes_cut(&fragment, '#');
    const Place *at = is_absolute(uri) ? references->none : base->above;
    budget_work(references->arena, 2 + uri.len / 8);
    *ret_document = (Place *)base;
    if (path.len || !present(fragment)) {
        for (ptrdiff_t slash; (slash = bytes_find(path, '/')) >= 0;) {
            at = step_to(references, at, bytes_slice(path, 0, (size_t)slash + 1));
            path = bytes_slice(path, (size_t)slash + 1, path.len - (size_t)slash - 1);
        }
        *ret_document = step_to(references, at, path);
    }
    bool is_named = fragment.len && fragment.ptr[fragment.len - 1] == '#';
    Bytes anchor = is_named ? bytes_slice(fragment, 0, fragment.len - 1) : fragment;
    return anchor.len ? step_to(references, *ret_document, anchor) : *ret_document;
}

static void walk(References *references, JsonValue *value, const Place *base)
{
    const JsonValue *id = json_value_member(value, references->id_word);
    budget_descend(references->arena);
    if (id && id->kind == VALUE_STRING) {
        Place *document, *place = resolve(references, base, id->text, &document);
        place->value = value;
        if (place == document)
            base = place;
    }
    value->base = base;
    for (size_t i = 0; i < value->count; i++)
        walk(references, &value->items[i], base);
}

static void note_metaschemas(References *references, const Place *base)
{
    Place *document;
    for (int secure = 0; secure < 2; secure++)
        for (char draft = '4'; draft <= '7'; draft++)
            if (draft != '5')
                resolve(references, base,
                        arena_text(references->arena, "http%s://json-schema.org/draft-0%c/schema", secure ? "s" : "",
                                   draft),
                        &document)
                    ->is_metaschema = true;
}

const References *references_read(Arena *arena, JsonValue *root, bool is_draft4)
{
    References *references = arena_new_of(arena, References);
    *references =
        (References){arena, root, is_draft4 ? TEXT("id") : TEXT("$id"), map_new_in(arena), arena_new_of(arena, Place)};
    Place *base = step_to(references, references->none, TEXT(""));
    base->value = root;
    note_metaschemas(references, base);
    walk(references, root, base);
    return references;
}

/* One step of a pointer: %41 and ~0, ~1 undone. */
static Bytes decode(Arena *arena, Bytes step)
{
    char *text = arena_take_raw(arena, step.len + 1);
    size_t len = 0;
    for (size_t i = 0; i < step.len; i++) {
        char c = step.ptr[i];
        if (c == '%' && i + 2 < step.len && hex_digit(step.ptr[i + 1]) >= 0 && hex_digit(step.ptr[i + 2]) >= 0) {
            c = (char)(hex_digit(step.ptr[i + 1]) * 16 + hex_digit(step.ptr[i + 2]));
            i += 2;
        }
        if (c == '~' && i + 1 < step.len)
            c = step.ptr[++i] == '1' ? '/' : '~';
        text[len++] = c;
    }
    return (Bytes){text, len};
}

static JsonValue *follow(const References *references, JsonValue *value, Bytes pointer)
{
    bytes_cut(&pointer, '/');
    while (value && present(pointer)) {
        Bytes step = decode(references->arena, bytes_cut(&pointer, '/'));
        int64_t index;
        if (value->kind == VALUE_ARRAY)
            value = bytes_to_int64(step, &index) && index >= 0 && (uint64_t)index < value->count ? &value->items[index]
                                                                                                 : NULL;
        else
            value = json_value_member(value, step);
    }
    return value;
}

bool reference_find(const References *references, const Place *base, Bytes ref, JsonValue **ret_target)
{
    Place *document, *place = resolve(references, base, ref, &document);
    Bytes fragment = ref;
    bytes_cut(&fragment, '#');
    *ret_target = place->value;
    if (*ret_target)
        return true;
    if (!document->value)
        return place->is_metaschema;
    if (fragment.len && fragment.ptr[0] != '/')
        return false;
    *ret_target = follow(references, document->value, fragment);
    return *ret_target != NULL;
}
