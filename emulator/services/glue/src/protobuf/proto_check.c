/* proto_check.c - type names are resolved, and what protoc would refuse is refused. */
#include "budget.h"
#include "proto_parser.h"
#include <stdlib.h>

typedef struct Checker {
    ProtoParser *parser;
    ProtoTypes types;
} Checker;

static bool check_message(Checker *checker, ProtoMessage *message);

static bool refuse(Checker *checker, const char *what, Bytes name)
{
    proto_refuse(checker->parser, what, name);
    return false;
}

static bool refuse_if(Checker *checker, Bytes name, const char *what)
{
    return !present(name) || refuse(checker, what, name);
}

static bool resolve(Checker *checker, const ProtoMessage *in, ProtoField *field)
{
    if (field->kind != PROTO_NAMED)
        return true;
    const ProtoType *type = proto_types_find(&checker->types, in, field->type_name);
    if (!type)
        return refuse(checker, "A type is not defined", field->type_name);
    field->kind = type->message ? PROTO_MESSAGE : PROTO_ENUM;
    field->message = type->message;
    return true;
}

static int compare_numbers(const void *left, const void *right)
{
    int64_t one = (*(const ProtoField *const *)left)->number, other = (*(const ProtoField *const *)right)->number;
    return (one > other) - (one < other);
}

static void sort_fields(Checker *checker, ProtoMessage *message)
{
    size_t count = 0;
    message->by_number = arena_take_array(checker->parser->arena, message->fields_count, sizeof *message->by_number);
    for (const ProtoField *field = message->fields; field; field = field->next)
        message->by_number[count++] = field;
    if (count)
        qsort(message->by_number, count, sizeof *message->by_number, compare_numbers);
}

const ProtoField *proto_find_number(const ProtoMessage *message, int64_t number)
{
    const ProtoField key = {.number = number}, *wanted = &key, **found = NULL;
    if (message->fields_count)
        found =
            bsearch(&wanted, message->by_number, message->fields_count, sizeof *message->by_number, compare_numbers);
    return found ? *found : NULL;
}

static bool check_members(Checker *checker, ProtoMessage *message)
{
    Arena *arena = checker->parser->arena;
    size_t count = 0;
    ProtoMember *members = arena_new_array(arena, ProtoMember, message->fields_count);
    for (const ProtoField *field = message->fields; field; field = field->next)
        members[count++] = (ProtoMember){field->name, field->number};
    return refuse_if(checker, proto_members_number_reserved(arena, members, count, &message->reserved),
                     "A field is reserved") &&
           refuse_if(checker, proto_members_number_twice(members, count), "Two fields have one name or number") &&
           refuse_if(checker, proto_members_name_reserved(arena, members, count, &message->reserved),
                     "A field is reserved") &&
           refuse_if(checker, proto_members_name_twice(members, count), "Two fields have one name or number");
}

static bool check_number(Checker *checker, const ProtoField *field)
{
    if (field->number < 1 || field->number > 536870911 || (field->number >= 19000 && field->number <= 19999))
        return refuse(checker, "A field's number is out of range", field->name);
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
    if (!check_number(checker, field) || !check_label(checker, field) || !resolve(checker, message, field))
        return false;
    bool is_numeric = field->kind != PROTO_STRING && field->kind != PROTO_BYTES && field->kind != PROTO_MESSAGE;
    return !field->says_packed || (is_numeric && field->label == LABEL_REPEATED) ||
           refuse(checker, "Only repeated numbers can be packed", field->name);
}

static bool check_values(Checker *checker, const ProtoEnum *values)
{
    Arena *arena = checker->parser->arena;
    size_t count = 0;
    ProtoMember *members = arena_new_array(arena, ProtoMember, values->values_count);
    for (const ProtoName *value = values->values; value; value = value->next)
        members[count++] = (ProtoMember){value->name, value->number};
    Bytes reserved = proto_members_number_reserved(arena, members, count, &values->reserved), twice = {0};
    if (!values->allows_alias)
        twice = proto_members_number_twice(members, count);
    return refuse_if(checker, reserved, "A value is reserved") &&
           refuse_if(checker, twice, "Two values have one name or number") &&
           refuse_if(checker, proto_members_name_reserved(arena, members, count, &values->reserved),
                     "A value is reserved") &&
           refuse_if(checker, proto_members_name_twice(members, count), "Two values have one name or number");
}

static bool check_enum(Checker *checker, const ProtoEnum *values)
{
    if (!values->values)
        return refuse(checker, "An enum must have a value", values->name);
    if (checker->parser->file->is_proto3 && values->values->number != 0)
        return refuse(checker, "The first value of an enum must be 0 in proto3", values->name);
    return check_values(checker, values);
}

/* Language Guide: "enum values use C++ scoping rules, meaning that enum values are siblings of their type, not children
 * of it." */
static bool check_siblings(Checker *checker, const ProtoEnum *enums)
{
    if (!enums || !enums->next)
        return true;
    Map *seen = map_new_in(checker->parser->arena);
    for (const ProtoEnum *one = enums; one; one = one->next)
        for (const ProtoName *value = one->values; value; value = value->next) {
            const ProtoEnum *before = map_put(seen, value->name, (void *)one);
            if (before && before != one)
                return refuse(checker, "Two enums beside each other have one value", value->name);
        }
    return true;
}

static bool check_scope(Checker *checker, const ProtoScope *scope)
{
    budget_descend(checker->parser->arena);
    if (!check_siblings(checker, scope->enums))
        return false;
    for (const ProtoEnum *values = scope->enums; values; values = values->next)
        if (!check_enum(checker, values))
            return false;
    for (ProtoMessage *message = scope->messages; message; message = message->next)
        if (!check_message(checker, message))
            return false;
    return true;
}

static bool check_message(Checker *checker, ProtoMessage *message)
{
    for (ProtoField *field = message->fields; field; field = field->next)
        if (!check_field(checker, message, field))
            return false;
    if (!check_members(checker, message))
        return false;
    sort_fields(checker, message);
    return check_scope(checker, &message->inside);
}

bool proto_check(ProtoParser *parser)
{
    Checker checker = {parser, {parser, map_new_in(parser->arena)}};
    const ProtoScope *all = &parser->file->inside;
    return proto_types_note(&checker.types) && check_scope(&checker, all) &&
           (all->messages || all->enums || refuse(&checker, "There is no message", (Bytes){0}));
}
