/* validate.c - the model's constraints, told as AWS's services tell them: those that do not hold, joined by "; ". */
#include "budget.h"
#include "pattern.h"
#include "value.h"

#define VALUE_SHOWN_BYTES 2048 /* of a value, as long as the longest that has a reason to be told whole: an ARN */
#define STEP_BYTES        16   /* of a string are looked at in a step of work */
#define KEY_SHOWN_BYTES   512  /* of a map's key, where it leads to a value */

/* Where in the text a complaint's parts stand. */
typedef struct Place {
    size_t begin, value, value_end, path, path_end, constraint;
} Place;

typedef struct Check {
    Validator *validator;
    Arena *arena;
    Buffer *text; /* the arena's: whoever gives the call up frees it, too */
    Place *places;
    Complaints *complaints;
} Check;

/* Where a value lies: a chain up the stack, spelled only when something is wrong there. */
typedef struct Path {
    const struct Path *above;
    const char *member; /* NULL: an element of a list, or a key of a map */
    size_t index;
    Bytes key;
} Path;

static void check_value(Check *check, const Shape *shape, const void *value, const Path *path);

/* The beginning of what is long; 8 MB of a key in each of ten messages help nobody. */
static void append_cut(Buffer *out, Bytes text, size_t most_bytes)
{
    Bytes shown = bytes_utf8_prefix(text, most_bytes);
    buffer_append(out, shown);
    if (shown.len < text.len)
        buffer_append_text(out, "...");
}

static void append_path(Buffer *out, const Path *path)
{
    if (path->above) {
        append_path(out, path->above);
        buffer_append_char(out, '.');
    }
    if (path->member)
        buffer_append_text(out, path->member);
    else if (present(path->key))
        append_cut(out, path->key, KEY_SHOWN_BYTES), buffer_append_text(out, ".member");
    else
        buffer_append_format(out, "%zu.member", path->index + 1);
}

static void append_list_text(Buffer *out, const Shape *shape, const AnyList *list)
{
    size_t start = out->len;
    buffer_append_char(out, '[');
    for (size_t i = 0; shape->member->kind == KIND_STRING && i < list->len; i++) {
        buffer_append_text(out, i ? ", " : "");
        if (out->len - start > VALUE_SHOWN_BYTES) {
            buffer_append_text(out, "...");
            break;
        }
        append_cut(out, *(const Bytes *)(const void *)list_item(list, i, shape->member->size), VALUE_SHOWN_BYTES);
    }
    buffer_append_char(out, ']');
}

/* As Java's toString shows it. */
static void append_shown(Buffer *out, const Shape *shape, const void *value)
{
    if (shape->sensitive && value) {
        buffer_append_text(out, "***Sensitive Data Redacted***");
        return;
    }
    switch (shape->kind) {
    case KIND_STRING:
        append_cut(out, *(const Bytes *)value, VALUE_SHOWN_BYTES);
        return;
    case KIND_BLOB:
        buffer_append_format(out, "java.nio.HeapByteBuffer[pos=0 lim=%zu cap=%zu]", ((const Bytes *)value)->len,
                             ((const Bytes *)value)->len);
        return;
    case KIND_INTEGER:
        buffer_append_int64(out, *(const int32_t *)value);
        return;
    case KIND_LONG:
        buffer_append_int64(out, *(const int64_t *)value);
        return;
    case KIND_FLOAT:
        append_double(out, (double)*(const float *)value);
        return;
    case KIND_DOUBLE:
        append_double(out, *(const double *)value);
        return;
    case KIND_LIST:
        append_list_text(out, shape, value);
        return;
    default:
        buffer_append_text(out, "{}");
    }
}

static void free_text(void *text)
{
    buffer_done(text);
}

static bool is_enough(const Check *check)
{
    return check->complaints->count >= COMPLAINTS_MAX;
}

static const char *member_of(const Path *path)
{
    while (path->above)
        path = path->above;
    return path->member;
}

/* Begins the next message; false where there are enough. value NULL: absent. */
static bool complain(Check *check, const Shape *shape, const void *value, const Path *path)
{
    if (is_enough(check))
        return false;
    if (!check->text) {
        check->text = arena_new_of(check->arena, Buffer);
        check->places = arena_new_array(check->arena, Place, COMPLAINTS_MAX);
        arena_defer(check->arena, free_text, check->text);
    }
    Buffer *text = check->text;
    Place *place = &check->places[check->complaints->count];
    check->complaints->items[check->complaints->count++] = (Complaint){.member = member_of(path)};
    place->begin = text->len;
    bool is_told = !value || shape->kind != KIND_BLOB || !shape->sensitive; /* recorded from AWS's KMS */
    buffer_append_text(text, is_told ? "Value " : "Value");
    place->value = text->len;
    if (!is_told) {
        /* "Value at 'plaintext' failed": not even that it isn't told */
    } else if (value) {
        buffer_append_char(text, '\'');
        append_shown(text, shape, value);
        buffer_append_char(text, '\'');
    } else {
        buffer_append_text(text, "null");
    }
    place->value_end = text->len;
    buffer_append_text(text, " at '");
    place->path = text->len;
    append_path(text, path);
    place->path_end = text->len;
    buffer_append_text(text, "' failed to satisfy constraint: ");
    place->constraint = text->len;
    buffer_append_text(text, "Member must ");
    return true;
}

static void check_range(Check *check, const Shape *shape, const void *value, const Path *path, int64_t measure)
{
    const char *what = shape->kind == KIND_INTEGER || shape->kind == KIND_LONG || shape->kind == KIND_DOUBLE ||
                               shape->kind == KIND_FLOAT
                           ? "have value"
                           : "have length";
    if (shape->min != NO_MIN && measure < shape->min && complain(check, shape, value, path))
        buffer_append_format(check->text, "%s greater than or equal to %lld", what, (long long)shape->min);
    if (shape->max != NO_MAX && measure > shape->max && complain(check, shape, value, path))
        buffer_append_format(check->text, "%s less than or equal to %lld", what, (long long)shape->max);
}

static void check_enum(Check *check, const Shape *shape, const Bytes *value, const Path *path)
{
    for (const char *const *at = shape->enums; *at; at++)
        if (bytes_is(*value, *at))
            return;
    if (!complain(check, shape, value, path))
        return;
    buffer_append_text(check->text, "satisfy enum value set: [");
    for (const char *const *at = shape->enums; *at; at++)
        buffer_append_format(check->text, "%s%s", at == shape->enums ? "" : ", ", *at);
    buffer_append_char(check->text, ']');
}

/* A code point takes one to four bytes: most strings need not be counted. */
static bool has_surely_fitting_length(const Shape *shape, Bytes value)
{
    return (shape->max == NO_MAX || (int64_t)value.len <= shape->max) &&
           (shape->min == NO_MIN || (int64_t)((value.len + 3) / 4) >= shape->min);
}

static void check_string(Check *check, const Shape *shape, const Bytes *value, const Path *path)
{
    if (shape->enums) {
        check_enum(check, shape, value, path);
        return;
    }
    if (!shape->pattern && shape->min == NO_MIN && shape->max == NO_MAX)
        return;
    budget_work(check->arena, value->len / STEP_BYTES);
    if (shape->pattern && !pattern_matches(check->validator, shape, *value) && complain(check, shape, value, path))
        buffer_append_format(check->text, "satisfy regular expression pattern: %s", shape->pattern);
    if (!has_surely_fitting_length(shape, *value))
        check_range(check, shape, value, path, (int64_t)bytes_utf8_length(*value));
}

/* Nothing below this shape that could be wrong: 500 plain strings need no 500 calls. */
static bool is_free(const Shape *shape)
{
    return shape->kind < KIND_STRUCTURE && !shape->pattern && !shape->enums && shape->min == NO_MIN &&
           shape->max == NO_MAX;
}

static void check_structure(Check *check, const Shape *shape, const void *value, const Path *above)
{
    for (size_t i = 0; i < shape->fields_count; i++) {
        const Field *field = &shape->fields[i];
        Path path = {.above = above, .member = field->path};
        if (is_enough(check))
            return;
        if (field_is_present(shape, field, value))
            check_value(check, field->shape, field_value(field, value), &path);
        else if (field->required && complain(check, field->shape, NULL, &path))
            buffer_append_text(check->text, "not be null");
    }
}

static void check_union(Check *check, const Shape *shape, const void *value, const Path *above)
{
    const Field *field = union_field(shape, value);
    Path path = {.above = above, .member = field ? field->path : NULL};
    if (field && !is_free(field->shape))
        check_value(check, field->shape, field_value(field, value), &path);
}

static void check_list(Check *check, const Shape *shape, const AnyList *list, const Path *above)
{
    check_range(check, shape, list, above, (int64_t)list->len);
    for (size_t i = 0; !is_free(shape->member) && i < list->len && !is_enough(check); i++) {
        Path path = {.above = above, .index = i};
        check_value(check, shape->member, list_item(list, i, shape->member->size), &path);
    }
}

static void check_map(Check *check, const Shape *shape, const AnyList *map, const Path *above)
{
    check_range(check, shape, map, above, (int64_t)map->len);
    for (size_t i = 0; i < map->len && !is_enough(check); i++) {
        const char *entry = list_item(map, i, shape->entry_size);
        Path path = {.above = above, .key = *(const Bytes *)(const void *)entry};
        check_string(check, shape->key, &path.key, &path);
        check_value(check, shape->member, entry + shape->value_offset, &path);
    }
}

static void check_value(Check *check, const Shape *shape, const void *value, const Path *path)
{
    budget_work(check->arena, 1);
    budget_descend(check->arena);
    switch (shape->kind) {
    case KIND_STRING:
        check_string(check, shape, value, path);
        return;
    case KIND_BLOB:
        check_range(check, shape, value, path, (int64_t)((const Bytes *)value)->len);
        return;
    case KIND_INTEGER:
        check_range(check, shape, value, path, *(const int32_t *)value);
        return;
    case KIND_LONG:
        check_range(check, shape, value, path, *(const int64_t *)value);
        return;
    case KIND_STRUCTURE:
        check_structure(check, shape, value, path);
        return;
    case KIND_UNION:
        check_union(check, shape, value, path);
        return;
    case KIND_LIST:
        check_list(check, shape, value, path);
        return;
    case KIND_MAP:
        check_map(check, shape, value, path);
        return;
    default:
        return;
    }
}

/* A complaint ends where the next one begins. */
static void slice_all(const Check *check)
{
    Bytes text = buffer_bytes(check->text);
    for (int i = check->complaints->count - 1; i >= 0; i--) {
        const Place *place = &check->places[i];
        Complaint *complaint = &check->complaints->items[i];
        complaint->text = bytes_slice(text, place->begin, text.len - place->begin);
        complaint->value = bytes_slice(text, place->value, place->value_end - place->value);
        complaint->path = bytes_slice(text, place->path, place->path_end - place->path);
        complaint->constraint = bytes_slice(text, place->constraint, text.len - place->constraint);
        text.len = place->begin;
    }
}

int validate(Validator *validator, Arena *arena, const Shape *shape, const void *value, Complaints *ret)
{
    Check check = {.validator = validator, .arena = arena, .complaints = ret};
    ret->count = 0;
    check_structure(&check, shape, value, NULL);
    if (ret->count)
        slice_all(&check);
    return ret->count;
}
