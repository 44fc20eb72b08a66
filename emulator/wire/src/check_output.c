/* check_output.c - does an answer keep to its shape? For debug builds. */
#include "value.h"

static const char *check(const Shape *shape, const void *value, const char *name);

static bool is_known(const Shape *shape, Bytes value)
{
    for (const char *const *at = shape->enums; *at; at++)
        if (bytes_is(value, *at))
            return true;
    return false;
}

static const char *check_fields(const Shape *shape, const void *value)
{
    const char *wrong = NULL;
    for (size_t i = 0; !wrong && i < shape->fields_count; i++) {
        const Field *field = &shape->fields[i];
        if (field_is_present(shape, field, value))
            wrong = check(field->shape, field_value(field, value), field->name.ptr);
        else if (field->required && shape->kind == KIND_STRUCTURE && field->shape->kind != KIND_UNION)
            wrong = field->name.ptr;
    }
    return wrong;
}

static const char *check_items(const Shape *shape, const AnyList *list, const char *name)
{
    const char *wrong = NULL;
    bool is_map = shape->kind == KIND_MAP;
    for (size_t i = 0; !wrong && i < list->len; i++)
        wrong = check(shape->member,
                      is_map ? list_item(list, i, shape->entry_size) + shape->value_offset
                             : list_item(list, i, shape->member->size),
                      name);
    return wrong;
}

static const char *check(const Shape *shape, const void *value, const char *name)
{
    switch (shape->kind) {
    case KIND_STRING:
        return shape->enums && !is_known(shape, *(const Bytes *)value) ? name : NULL;
    case KIND_STRUCTURE:
    case KIND_UNION:
        return check_fields(shape, value);
    case KIND_LIST:
    case KIND_MAP:
        return check_items(shape, value, name);
    default:
        return NULL;
    }
}

const char *check_output(Arena *arena, const Shape *shape, const void *value)
{
    (void)arena;
    return check_fields(shape, value);
}
