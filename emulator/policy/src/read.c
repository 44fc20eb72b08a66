/* read.c - from JSON to statements, by the grammar. aws: IAM User Guide, "Grammar of the IAM JSON policy language". */
#include "condition.h"
#include "tree.h"

typedef struct Reading {
    Arena *arena;
    Bytes detail;
} Reading;

static bool refuse(Reading *reading, Bytes detail)
{
    if (!present(reading->detail))
        reading->detail = detail;
    return false;
}

/* A string, or a list of them. Conditions take numbers and booleans, too. */
static bool read_values(Reading *reading, const Tree *tree, bool takes_scalars, PolicyValues *ret)
{
    const Tree *value = tree->kind == TREE_ARRAY ? tree->first : tree;
    size_t count = tree->kind == TREE_ARRAY ? tree->count : 1;
    ret->items = arena_new_array(reading->arena, Bytes, count ? count : 1);
    for (ret->len = 0; ret->len < count; value = value->next) {
        bool is_scalar = value->kind == TREE_NUMBER || value->kind == TREE_TRUE || value->kind == TREE_FALSE;
        if (value->kind != TREE_STRING && !(takes_scalars && is_scalar))
            return refuse(reading, tree->name);
        ret->items[ret->len++] = value->text;
    }
    return true;
}

static bool read_element(Reading *reading, const Tree *tree, bool is_not, PolicyElement *ret)
{
    if (ret->is_there) /* Action and NotAction */
        return refuse(reading, tree->name);
    *ret = (PolicyElement){.is_there = true, .is_not = is_not};
    return read_values(reading, tree, false, &ret->values);
}

static bool read_principals(Reading *reading, const Tree *tree, bool is_not, PolicyStatement *ret)
{
    if (ret->has_principal)
        return refuse(reading, tree->name);
    ret->has_principal = true;
    ret->is_not_principal = is_not;
    if (tree->kind == TREE_STRING && bytes_is(tree->text, "*")) {
        ret->principals = arena_new_of(reading->arena, PolicyPrincipal);
        ret->principals[ret->principals_count++] = (PolicyPrincipal){TEXT("*"), TEXT("*")};
        return true;
    }
    if (tree->kind != TREE_OBJECT || !tree->first)
        return refuse(reading, tree->name);
    size_t count = 0;
    for (const Tree *type = tree->first; type; type = type->next)
        count += type->kind == TREE_ARRAY ? type->count : 1;
    ret->principals = arena_new_array(reading->arena, PolicyPrincipal, count ? count : 1);
    for (const Tree *type = tree->first; type; type = type->next) {
        PolicyValues values;
        if (!read_values(reading, type, false, &values))
            return false;
        for (size_t i = 0; i < values.len; i++)
            ret->principals[ret->principals_count++] = (PolicyPrincipal){type->name, values.items[i]};
    }
    return true;
}

static bool read_conditions(Reading *reading, const Tree *tree, PolicyStatement *ret)
{
    size_t count = 0;
    if (tree->kind != TREE_OBJECT)
        return refuse(reading, tree->name);
    for (const Tree *operator= tree->first; operator; operator= operator->next) {
        if (operator->kind != TREE_OBJECT || !condition_is_known(operator->name))
            return refuse(reading, operator->name);
        count += operator->count;
    }
    ret->conditions = arena_new_array(reading->arena, PolicyCondition, count ? count : 1);
    for (const Tree *operator= tree->first; operator; operator= operator->next)
        for (const Tree *key = operator->first; key; key = key->next) {
            PolicyCondition *condition = &ret->conditions[ret->conditions_count++];
            *condition = (PolicyCondition){.operator_name = operator->name, .key = key->name};
            if (!read_values(reading, key, true, &condition->values))
                return false;
        }
    return true;
}

static bool read_effect(Reading *reading, const Tree *tree, PolicyStatement *ret)
{
    ret->allows = tree->kind == TREE_STRING && bytes_is(tree->text, "Allow");
    return ret->allows || (tree->kind == TREE_STRING && bytes_is(tree->text, "Deny")) || refuse(reading, tree->name);
}

static bool read_sid(Reading *reading, const Tree *tree, PolicyStatement *ret)
{
    ret->sid = tree->text;
    return tree->kind == TREE_STRING || refuse(reading, tree->name);
}

static bool read_part(Reading *reading, const Tree *tree, PolicyStatement *ret)
{
    Bytes name = tree->name;
    if (bytes_is(name, "Sid"))
        return read_sid(reading, tree, ret);
    if (bytes_is(name, "Effect"))
        return read_effect(reading, tree, ret);
    if (bytes_is(name, "Action") || bytes_is(name, "NotAction"))
        return read_element(reading, tree, *name.ptr == 'N', &ret->action);
    if (bytes_is(name, "Resource") || bytes_is(name, "NotResource"))
        return read_element(reading, tree, *name.ptr == 'N', &ret->resource);
    if (bytes_is(name, "Principal") || bytes_is(name, "NotPrincipal"))
        return read_principals(reading, tree, *name.ptr == 'N', ret);
    if (bytes_is(name, "Condition"))
        return read_conditions(reading, tree, ret);
    return refuse(reading, name);
}

static bool read_statement(Reading *reading, const Tree *tree, PolicyStatement *ret)
{
    bool has_effect = false;
    if (tree->kind != TREE_OBJECT)
        return refuse(reading, TEXT("Statement"));
    ret->start = tree->start;
    ret->end = tree->end;
    for (const Tree *part = tree->first; part; part = part->next) {
        has_effect |= bytes_is(part->name, "Effect");
        if (!read_part(reading, part, ret))
            return false;
    }
    return has_effect || refuse(reading, TEXT("Effect"));
}

static bool read_statements(Reading *reading, const Tree *tree, Policy *ret)
{
    const Tree *statement = tree->kind == TREE_ARRAY ? tree->first : tree;
    size_t count = tree->kind == TREE_ARRAY ? tree->count : 1;
    if (!count)
        return refuse(reading, TEXT("Statement"));
    ret->statements = arena_new_array(reading->arena, PolicyStatement, count);
    for (; ret->statements_count < count; statement = statement->next)
        if (!read_statement(reading, statement, &ret->statements[ret->statements_count++]))
            return false;
    return true;
}

static bool read_version(Reading *reading, const Tree *tree, Policy *ret)
{
    ret->version = tree->text;
    ret->has_variables = bytes_is(tree->text, "2012-10-17");
    return ret->has_variables || bytes_is(tree->text, "2008-10-17") || refuse(reading, tree->name);
}

static bool read_whole(Reading *reading, const Tree *tree, Policy *ret)
{
    for (const Tree *part = tree->first; part; part = part->next) {
        bool is_fine = false;
        if (bytes_is(part->name, "Version"))
            is_fine = read_version(reading, part, ret);
        else if (bytes_is(part->name, "Id"))
            is_fine = part->kind == TREE_STRING && (ret->id = part->text, true);
        else if (bytes_is(part->name, "Statement"))
            is_fine = read_statements(reading, part, ret);
        if (!is_fine)
            return refuse(reading, part->name);
    }
    return ret->statements || refuse(reading, TEXT("Statement"));
}

PolicyFault policy_read(Arena *arena, Bytes document, Policy *ret_policy, Bytes *ret_detail)
{
    Reading reading = {.arena = arena};
    Tree *tree = tree_read(arena, document);
    *ret_policy = (Policy){0};
    *ret_detail = (Bytes){0};
    if (!tree)
        return POLICY_BAD_JSON;
    if (tree->kind == TREE_OBJECT && read_whole(&reading, tree, ret_policy))
        return POLICY_FINE;
    *ret_detail = reading.detail;
    return POLICY_BAD_SYNTAX;
}
