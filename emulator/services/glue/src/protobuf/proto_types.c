/* proto_types.c - what a type's name means. Full names are never made: a package may be as long as the file, and stands
 * before the name of each message in it. */
#include "budget.h"
#include "proto_parser.h"

static bool note(ProtoTypes *types, ProtoScope *scope, Bytes name, ProtoType type)
{
    ProtoType *kept = arena_new_of(types->parser->arena, ProtoType);
    *kept = type;
    if (!scope->types)
        scope->types = map_new_in(types->parser->arena);
    if (map_put(scope->types, name, kept))
        return proto_refuse(types->parser, "A name is used twice", name), false;
    return true;
}

static bool note_scope(ProtoTypes *types, ProtoScope *scope)
{
    budget_descend(types->parser->arena);
    for (ProtoEnum *values = scope->enums; values; values = values->next)
        if (!note(types, scope, values->name, (ProtoType){.values = values}))
            return false;
    for (ProtoMessage *message = scope->messages; message; message = message->next)
        if (!note(types, scope, message->name, (ProtoType){.message = message}) || !note_scope(types, &message->inside))
            return false;
    return true;
}

bool proto_types_note(ProtoTypes *types)
{
    return note_scope(types, &types->parser->file->inside);
}

/* "Outer.Inner" in that very scope. */
static const ProtoType *find_below(const ProtoTypes *types, const ProtoScope *scope, Bytes path)
{
    const ProtoType *type = NULL;
    while (present(path)) {
        budget_work(types->parser->arena, 2);
        type = scope && scope->types ? map_get(scope->types, bytes_cut(&path, '.')) : NULL;
        if (!type)
            return NULL;
        scope = type->message ? &type->message->inside : NULL;
    }
    return type;
}

static bool is_imported(const ProtoTypes *types, Bytes file)
{
    for (const ProtoName *import = types->parser->file->imports; import; import = import->next)
        if (bytes_equal(import->name, file))
            return true;
    return false;
}

static const ProtoType *find_known(ProtoTypes *types, Bytes name)
{
    bool is_enum;
    Bytes file;
    Arena *arena = types->parser->arena;
    ProtoType *type = map_get(types->known, name);
    if (type || !proto_is_known_type(name, &is_enum, &file) || !is_imported(types, file))
        return type;
    type = arena_new_of(arena, ProtoType);
    if (is_enum) {
        type->values = arena_new_of(arena, ProtoEnum);
    } else {
        type->message = arena_new_of(arena, ProtoMessage);
        *type->message = (ProtoMessage){.name = name, .is_known = true};
    }
    map_put(types->known, name, type);
    return type;
}

/* From the package's first `kept` bytes on: the rest of its words must stand before the type's own. */
static const ProtoType *find_in_package(ProtoTypes *types, size_t kept, Bytes name)
{
    Bytes package = types->parser->file->package;
    size_t skipped = kept && kept < package.len ? kept + 1 : kept;
    Bytes rest = bytes_slice(package, skipped, package.len - skipped);
    if (!rest.len)
        return find_below(types, &types->parser->file->inside, name);
    budget_work(types->parser->arena, 1 + name.len / 256);
    if (!bytes_starts_with(name, rest) || name.len <= rest.len || name.ptr[rest.len] != '.')
        return NULL;
    return find_below(types, &types->parser->file->inside, bytes_slice(name, rest.len + 1, name.len - rest.len - 1));
}

/* Google's packages are these, and ours may be one of them or begin as they do. */
static const ProtoType *find_google(ProtoTypes *types, size_t kept, Bytes name)
{
    static const char *const packages[] = {"google.protobuf", "google.type", "google"};
    Bytes scope = bytes_slice(types->parser->file->package, 0, kept);
    if (!kept)
        return find_known(types, name);
    for (size_t i = 0; i < sizeof packages / sizeof *packages; i++)
        if (bytes_is(scope, packages[i]) && name.len < 100)
            return find_known(types, arena_text(types->parser->arena, "%s." BYTES_FMT, packages[i], BYTES_ARG(name)));
    return NULL;
}

/* The end of the package's words but one; 0: there is no further one. */
static size_t shorten(Bytes package, size_t kept)
{
    ptrdiff_t dot = bytes_find_last(bytes_slice(package, 0, kept), '.');
    return dot < 0 ? 0 : (size_t)dot;
}

static const ProtoType *find_from_package(ProtoTypes *types, Bytes name)
{
    Bytes package = types->parser->file->package;
    for (size_t kept = package.len;; kept = shorten(package, kept)) {
        /* What is left of the package must be shorter than the name, and Google's packages are short. */
        if (kept > 16 && package.len - kept > name.len)
            kept = shorten(package, 17);
        const ProtoType *type = find_in_package(types, kept, name);
        if (!type)
            type = find_google(types, kept, name);
        if (type || !kept)
            return type;
    }
}

/* Language Guide, "Packages and Name Resolution": "first the innermost scope is searched, then the next-innermost, and
 * so on … A leading '.' … means to start from the outermost scope instead." */
const ProtoType *proto_types_find(ProtoTypes *types, const ProtoMessage *in, Bytes name)
{
    if (name.ptr[0] == '.') {
        Bytes full = bytes_slice(name, 1, name.len - 1);
        const ProtoType *type = find_in_package(types, 0, full);
        return type ? type : find_known(types, full);
    }
    for (; in; in = in->above) {
        const ProtoType *type = find_below(types, &in->inside, name);
        if (type)
            return type;
    }
    return find_from_package(types, name);
}

const ProtoMessage *proto_find_message(const ProtoScope *scope, Bytes name)
{
    const ProtoType *type = scope->types ? map_get(scope->types, name) : NULL;
    return type ? type->message : NULL;
}
