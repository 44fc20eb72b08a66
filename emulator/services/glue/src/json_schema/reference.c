/* reference.c */
#include "reference.h"

struct References {
    Arena *arena;
    JsonValue *root;
    Bytes id_word;
    struct Place {
        Bytes uri;
        JsonValue *value;
        struct Place *next;
    } * places;
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

static Bytes before_fragment(Bytes uri)
{
    return bytes_cut(&uri, '#');
}

static bool is_absolute(Bytes uri)
{
    Bytes rest = uri, scheme = bytes_cut(&rest, ':');
    return present(rest) && bytes_find(scheme, '/') < 0 && bytes_find(scheme, '#') < 0 && scheme.len;
}

static Bytes resolve(Arena *arena, Bytes base, Bytes uri)
{
    Bytes whole = before_fragment(base);
    if (is_absolute(uri))
        return uri;
    if (uri.len && uri.ptr[0] == '#')
        return arena_text(arena, BYTES_FMT BYTES_FMT, BYTES_ARG(whole), BYTES_ARG(uri));
    ptrdiff_t slash = bytes_find_last(whole, '/');
    return arena_text(arena, BYTES_FMT BYTES_FMT, slash < 0 ? 0 : (int)slash + 1, whole.ptr, BYTES_ARG(uri));
}

/* "x#" is "x". */
static Bytes without_empty_fragment(Bytes uri)
{
    return uri.len && uri.ptr[uri.len - 1] == '#' ? bytes_slice(uri, 0, uri.len - 1) : uri;
}

static void note(References *references, Bytes uri, JsonValue *value)
{
    struct Place *place = arena_new_of(references->arena, struct Place);
    *place = (struct Place){without_empty_fragment(uri), value, references->places};
    references->places = place;
}

static void walk(References *references, JsonValue *value, Bytes base)
{
    const JsonValue *id = json_value_member(value, references->id_word);
    if (id && id->kind == VALUE_STRING) {
        Bytes uri = resolve(references->arena, base, id->text);
        note(references, uri, value);
        if (bytes_find(uri, '#') < 0 || without_empty_fragment(uri).len < uri.len)
            base = uri;
    }
    value->base = base;
    for (size_t i = 0; i < value->count; i++)
        walk(references, &value->items[i], base);
}

const References *references_read(Arena *arena, JsonValue *root, bool is_draft4)
{
    References *references = arena_new_of(arena, References);
    *references = (References){arena, root, is_draft4 ? TEXT("id") : TEXT("$id"), NULL};
    note(references, TEXT(""), root);
    walk(references, root, TEXT(""));
    return references;
}

static JsonValue *find_place(const References *references, Bytes uri)
{
    for (const struct Place *place = references->places; place; place = place->next)
        if (bytes_equal(place->uri, uri))
            return place->value;
    return NULL;
}

static int hex_digit(char c)
{
    return c >= '0' && c <= '9'   ? c - '0'
           : c >= 'a' && c <= 'f' ? c - 'a' + 10
           : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                  : -1;
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

bool reference_find(const References *references, Bytes base, Bytes ref, JsonValue **ret_target)
{
    Bytes uri = resolve(references->arena, base, ref), fragment = uri, document = bytes_cut(&fragment, '#');
    JsonValue *named = find_place(references, without_empty_fragment(uri));
    JsonValue *value = named ? named : find_place(references, document);
    *ret_target = NULL;
    if (!value)
        return is_metaschema(uri, '4') || is_metaschema(uri, '6') || is_metaschema(uri, '7');
    if (!named && fragment.len && fragment.ptr[0] != '/')
        return false;
    *ret_target = named ? named : follow(references, value, fragment);
    return *ret_target != NULL;
}
