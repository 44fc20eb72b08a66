/* members.c */
#include "members.h"
#include "budget.h"
#include <stdlib.h>

#define COMPLAINED   100 /* of more nobody is told */
#define STEPS_A_ITEM 16  /* of work, and for the memory that Jansson takes */

static void add(Body *body, CloudwatchDashboardValidationMessages *list, Bytes path, const char *message)
{
    if (list->len == COMPLAINED)
        return;
    if (!list->items)
        list->items = arena_new_array(body->arena, CloudwatchDashboardValidationMessage, COMPLAINED);
    list->items[list->len++] = (CloudwatchDashboardValidationMessage){path, arena_copy(body->arena, bytes_of(message))};
}

void body_complain(Body *body, Bytes path, const char *message)
{
    add(body, &body->errors, path, message);
}

Bytes path_under(const Body *body, Bytes path, const char *name)
{
    return arena_text(body->arena, BYTES_FMT "/%s", BYTES_ARG(path), name);
}

Bytes path_item(const Body *body, Bytes path, size_t at)
{
    return arena_text(body->arena, BYTES_FMT "/%zu", BYTES_ARG(path), at);
}

static const char *const type_names[] = {"string", "integer", "boolean", "object", "array"};

static bool has_type(const json_t *value, MemberType type)
{
    switch (type) {
    case TEXT_MEMBER:
        return json_is_string(value);
    case INTEGER_MEMBER:
        return json_is_integer(value);
    case TRUTH_MEMBER:
        return json_is_boolean(value);
    case OBJECT_MEMBER:
        return json_is_object(value);
    case ARRAY_MEMBER:
        break;
    }
    return json_is_array(value);
}

static bool is_allowed(const char *const *allowed, const char *text)
{
    for (; allowed && *allowed; allowed++)
        if (!strcmp(*allowed, text))
            return true;
    return !allowed;
}

static void check_value(Body *body, Bytes path, const Member *member, const json_t *value)
{
    char message[96] = "";
    if (!has_type(value, member->type))
        snprintf(message, sizeof message, "Should be %s", type_names[member->type]);
    else if (member->type == INTEGER_MEMBER && json_integer_value(value) < member->least)
        snprintf(message, sizeof message, "Should be >= %lld", (long long)member->least);
    else if (member->type == INTEGER_MEMBER && json_integer_value(value) > member->most)
        snprintf(message, sizeof message, "Should be <= %lld", (long long)member->most);
    else if (member->type == ARRAY_MEMBER && json_array_size(value) > (size_t)member->most)
        snprintf(message, sizeof message, "Should NOT have more than %lld items", (long long)member->most);
    else if (member->type == TEXT_MEMBER && !is_allowed(member->allowed, json_string_value(value)))
        snprintf(message, sizeof message, "Should be equal to one of the allowed values");
    if (*message)
        body_complain(body, path_under(body, path, member->name), message);
}

void members_check(Body *body, Bytes path, const Member *members, const json_t *object)
{
    for (const Member *member = members; member->name; member++) {
        const json_t *value = json_object_get(object, member->name);
        if (value)
            check_value(body, path, member, value);
        else if (member->is_required)
            body_complain(body, path, arena_text(body->arena, "Should have required property '%s'", member->name).ptr);
    }
}

void members_warn_of_others(Body *body, Bytes path, const Member *members, json_t *object)
{
    const char *name;
    json_t *value;
    json_object_foreach(object, name, value)
    {
        const Member *member = members;
        while (member->name && strcmp(member->name, name) != 0)
            member++;
        if (!member->name)
            add(body, &body->warnings, path_under(body, path, name), "Should NOT have additional properties");
    }
}

static void forget(void *json)
{
    json_decref(json);
}

json_t *body_read(Arena *arena, Bytes text)
{
    size_t items = 0;
    for (size_t i = 0; i < text.len; i++)
        items += text.ptr[i] == ',' || text.ptr[i] == '[' || text.ptr[i] == '{' || text.ptr[i] == ':';
    budget_work(arena, items * STEPS_A_ITEM);
    json_t *root = json_loadb(text.ptr, text.len, 0, NULL);
    if (root)
        arena_defer(arena, forget, root);
    return root;
}

const char *body_errors_text(Body *body)
{
    json_t *list = json_array();
    arena_defer(body->arena, forget, list);
    for (size_t i = 0; i < body->errors.len; i++) {
        const CloudwatchDashboardValidationMessage *error = &body->errors.items[i];
        json_array_append_new(list, json_pack("{s:s%, s:s%}", "dataPath", error->data_path.ptr, error->data_path.len,
                                              "message", error->message.ptr, error->message.len));
    }
    char *text = json_dumps(list, JSON_INDENT(2));
    arena_defer(body->arena, free, text);
    return text;
}
