/* proto_check.c - type names are resolved, and what protoc would refuse is refused. */
#include "map.h"
#include "proto_parser.h"

typedef struct Type {
    ProtoMessage *message; /* or */
    ProtoEnum *values;
} Type;

typedef struct Checker {
    ProtoParser *parser;
    Map *types; /* full name → Type */
} Checker;

static bool check_message(Checker *checker, ProtoMessage *message);

static bool refuse(Checker *checker, const char *what, Bytes name)
{
    proto_refuse(checker->parser, what, name);
    return false;
}

static bool add_type(Checker *checker, Bytes name, Type type)
{
    if (map_get(checker->types, name))
        return refuse(checker, "A name is used twice", name);
    Type *kept = arena_new_of(checker->parser->arena, Type);
    *kept = type;
    map_put(checker->types, name, kept);
    return true;
}

static bool add_types(Checker *checker, ProtoMessage *messages, ProtoEnum *enums)
{
    for (ProtoEnum *values = enums; values; values = values->next)
        if (!add_type(checker, values->full_name, (Type){.values = values}))
            return false;
    for (ProtoMessage *message = messages; message; message = message->next)
        if (!add_type(checker, message->full_name, (Type){.message = message}) ||
            !add_types(checker, message->messages, message->enums))
            return false;
    return true;
}

static bool is_imported(const Checker *checker, Bytes file)
{
    for (const ProtoName *import = checker->parser->file->imports; import; import = import->next)
        if (bytes_equal(import->name, file))
            return true;
    return false;
}

static const Type *find_full(Checker *checker, Bytes name)
{
    bool is_enum;
    Bytes file;
    const Type *type = map_get(checker->types, name);
    if (type || !proto_is_known_type(name, &is_enum, &file) || !is_imported(checker, file))
        return type;
    Type known = {.values = is_enum ? arena_new_of(checker->parser->arena, ProtoEnum) : NULL,
                  .message = is_enum ? NULL : arena_new_of(checker->parser->arena, ProtoMessage)};
    if (known.message)
        *known.message = (ProtoMessage){.name = name, .full_name = name, .is_known = true};
    return add_type(checker, name, known) ? map_get(checker->types, name) : NULL;
}

/* Language Guide, "Packages and Name Resolution": "first the innermost scope is searched, then the next-innermost, and
 * so on … A leading '.' … means to start from the outermost scope instead." */
static const Type *find_type(Checker *checker, Bytes scope, Bytes name)
{
    if (name.ptr[0] == '.')
        return find_full(checker, bytes_slice(name, 1, name.len - 1));
    for (;;) {
        const Type *type = find_full(checker, scope.len ? proto_join(checker->parser, scope, name) : name);
        if (type || !scope.len)
            return type;
        ptrdiff_t dot = bytes_find_last(scope, '.');
        scope.len = dot < 0 ? 0 : (size_t)dot;
    }
}

static bool resolve(Checker *checker, const ProtoMessage *in, ProtoField *field)
{
    if (field->kind != PROTO_NAMED)
        return true;
    const Type *type = find_type(checker, in->full_name, field->type_name);
    if (!type)
        return refuse(checker, "A type is not defined", field->type_name);
    field->kind = type->message ? PROTO_MESSAGE : PROTO_ENUM;
    field->message = type->message;
    return true;
}

static bool is_reserved(const ProtoRange *ranges, int64_t number)
{
    for (; ranges; ranges = ranges->next)
        if (ranges->first <= number && number <= ranges->last)
            return true;
    return false;
}

static bool has_name(const ProtoName *names, Bytes name)
{
    for (; names; names = names->next)
        if (bytes_equal(names->name, name))
            return true;
    return false;
}

static bool check_number(Checker *checker, const ProtoMessage *message, const ProtoField *field)
{
    if (field->number < 1 || field->number > 536870911 || (field->number >= 19000 && field->number <= 19999))
        return refuse(checker, "A field's number is out of range", field->name);
    if (is_reserved(message->reserved, field->number) || has_name(message->reserved_names, field->name))
        return refuse(checker, "A field is reserved", field->name);
    for (const ProtoField *other = message->fields; other != field; other = other->next)
        if (other->number == field->number || bytes_equal(other->name, field->name))
            return refuse(checker, "Two fields have one name or number", field->name);
    return true;
}

static bool check_label(Checker *checker, const ProtoField *field)
{
    if (checker->parser->file->is_proto3) {
        if (field->label == LABEL_REQUIRED)
            return refuse(checker, "proto3 has no required fields", field->name);
        return !field->has_default || refuse(checker, "proto3 has no default values", field->name);
    }
    return field->label != LABEL_NONE || field->oneof || refuse(checker, "proto2 wants a label", field->name);
}

/* The types inside a map's entry are looked for from the message around it. */
static bool check_field(Checker *checker, const ProtoMessage *message, ProtoField *field)
{
    if (field->is_map && !resolve(checker, message, field->message->fields->next))
        return false;
    if (!check_number(checker, message, field) || !check_label(checker, field) || !resolve(checker, message, field))
        return false;
    bool is_numeric = field->kind != PROTO_STRING && field->kind != PROTO_BYTES && field->kind != PROTO_MESSAGE;
    return !field->says_packed || (is_numeric && field->label == LABEL_REPEATED) ||
           refuse(checker, "Only repeated numbers can be packed", field->name);
}

static bool check_enum(Checker *checker, const ProtoEnum *values)
{
    if (!values->values)
        return refuse(checker, "An enum must have a value", values->name);
    if (checker->parser->file->is_proto3 && values->values->number != 0)
        return refuse(checker, "The first value of an enum must be 0 in proto3", values->name);
    for (const ProtoName *value = values->values; value; value = value->next) {
        if (is_reserved(values->reserved, value->number) || has_name(values->reserved_names, value->name))
            return refuse(checker, "A value is reserved", value->name);
        for (const ProtoName *other = values->values; other != value; other = other->next)
            if (bytes_equal(other->name, value->name) || (other->number == value->number && !values->allows_alias))
                return refuse(checker, "Two values have one name or number", value->name);
    }
    return true;
}

/* Language Guide: "enum values use C++ scoping rules, meaning that enum values are siblings of their type, not children
 * of it." */
static bool check_siblings(Checker *checker, const ProtoEnum *enums)
{
    for (const ProtoEnum *one = enums; one; one = one->next)
        for (const ProtoEnum *other = one->next; other; other = other->next)
            for (const ProtoName *value = other->values; value; value = value->next)
                if (has_name(one->values, value->name))
                    return refuse(checker, "Two enums beside each other have one value", value->name);
    return true;
}

static bool check_all(Checker *checker, ProtoMessage *messages, const ProtoEnum *enums)
{
    if (!check_siblings(checker, enums))
        return false;
    for (; enums; enums = enums->next)
        if (!check_enum(checker, enums))
            return false;
    for (; messages; messages = messages->next)
        if (!check_message(checker, messages))
            return false;
    return true;
}

static bool check_message(Checker *checker, ProtoMessage *message)
{
    for (ProtoField *field = message->fields; field; field = field->next)
        if (!check_field(checker, message, field))
            return false;
    return check_all(checker, message->messages, message->enums);
}

bool proto_check(ProtoParser *parser)
{
    Checker checker = {parser, map_new()};
    ProtoFile *file = parser->file;
    bool good = add_types(&checker, file->messages, file->enums) && check_all(&checker, file->messages, file->enums);
    map_free(checker.types);
    return good && (file->messages || file->enums || refuse(&checker, "There is no message", (Bytes){0}));
}
