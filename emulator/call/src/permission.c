/* permission.c - from a table's templates, and an input's members, to what is needed. */
#include "permission.h"
#include <stdio.h>

void need_add(NeedList *needs, Bytes action, Bytes resource)
{
    for (size_t i = 0; i < needs->len && needs->len <= 256; i++)
        if (bytes_equal(needs->items[i].action, action) && bytes_equal(needs->items[i].resource, resource))
            return;
    if (needs->len == needs->room) {
        needs->room = needs->room ? 2 * needs->room : 8;
        needs->items = arena_grown(needs->arena, needs->items, needs->len * sizeof(Need), needs->room * sizeof(Need));
    }
    needs->items[needs->len++] = (Need){.action = action, .resource = resource};
}

static Fact *fact_of(FactList *facts, Bytes key)
{
    for (size_t i = 0; i < facts->len; i++)
        if (bytes_equal_ignoring_case(facts->items[i].key, key))
            return &facts->items[i];
    if (facts->len == facts->room) {
        facts->room = facts->room ? 2 * facts->room : 32;
        facts->items = arena_grown(facts->arena, facts->items, facts->len * sizeof(Fact), facts->room * sizeof(Fact));
    }
    facts->items[facts->len] = (Fact){.key = key};
    return &facts->items[facts->len++];
}

void fact_add(FactList *facts, Bytes key, Bytes value)
{
    if (!present(value))
        return;
    Fact *fact = fact_of(facts, key);
    if (fact->len % 8 == 0)
        fact->values =
            arena_grown(facts->arena, fact->values, fact->len * sizeof(Bytes), (fact->len + 8) * sizeof(Bytes));
    fact->values[fact->len++] = value;
}

void fact_add_tags(FactList *facts, Tags tags)
{
    for (size_t i = 0; i < tags.len; i++)
        fact_add(facts, arena_text(facts->arena, "aws:ResourceTag/" BYTES_FMT, BYTES_ARG(tags.pairs[2 * i])),
                 tags.pairs[2 * i + 1]);
}

/* Members of an input */

typedef struct Texts {
    Arena *arena;
    Bytes *items;
    size_t len, room;
} Texts;

static void add_text(Texts *texts, Bytes text)
{
    if (texts->len == texts->room) {
        texts->room = texts->room ? 2 * texts->room : 4;
        texts->items = arena_grown(texts->arena, texts->items, texts->len * sizeof(Bytes), texts->room * sizeof(Bytes));
    }
    texts->items[texts->len++] = text;
}

static const Field *field_named(const Shape *shape, Bytes name)
{
    for (size_t i = 0; i < shape->fields_count; i++)
        if (bytes_equal_ignoring_case(bytes_of(shape->fields[i].path), name) ||
            bytes_equal_ignoring_case(shape->fields[i].name, name))
            return &shape->fields[i];
    return NULL;
}

static bool is_there(const Field *field, const char *value)
{
    return field->has_offset == NO_OFFSET || *(const bool *)(value + field->has_offset);
}

/* A value as a condition sees it. */
static void add_value(Texts *texts, const Shape *shape, const void *at)
{
    switch (shape->kind) {
    case KIND_STRING:
    case KIND_BLOB:
        if (present(*(const Bytes *)at))
            add_text(texts, *(const Bytes *)at);
        break;
    case KIND_BOOLEAN:
        add_text(texts, *(const bool *)at ? TEXT("true") : TEXT("false"));
        break;
    case KIND_INTEGER:
        add_text(texts, arena_text(texts->arena, "%d", (int)*(const int32_t *)at));
        break;
    case KIND_LONG:
        add_text(texts, arena_text(texts->arena, "%lld", (long long)*(const int64_t *)at));
        break;
    default:
        break;
    }
}

static void collect(Texts *texts, const Shape *shape, const void *value, Bytes path);

static void collect_items(Texts *texts, const Shape *shape, const void *at, Bytes path)
{
    const AnyList *list = at;
    for (size_t i = 0; i < list->len; i++) {
        const char *item =
            (const char *)list->items + i * (shape->kind == KIND_MAP ? shape->entry_size : shape->member->size);
        if (shape->kind == KIND_MAP)
            add_text(texts, *(const Bytes *)item); /* its key */
        else if (shape->member->kind == KIND_STRUCTURE)
            collect(texts, shape->member, item, path);
        else
            add_value(texts, shape->member, item);
    }
}

/* value: of a structure. path: "A.B", "A[].B". */
static void collect(Texts *texts, const Shape *shape, const void *value, Bytes path)
{
    Bytes rest = path, name = bytes_cut(&rest, '.');
    if (name.len > 2 && name.ptr[name.len - 1] == ']')
        name.len -= 2;
    const Field *field = field_named(shape, name);
    if (!field || !is_there(field, value))
        return;
    const char *at = (const char *)value + field->offset;
    if (field->shape->kind == KIND_LIST || field->shape->kind == KIND_MAP)
        collect_items(texts, field->shape, at, rest);
    else if (field->shape->kind != KIND_STRUCTURE)
        add_value(texts, field->shape, at);
    else if (*(const void *const *)at && present(rest))
        collect(texts, field->shape, *(const void *const *)at, rest);
}

/* Templates */

typedef struct Expansion {
    Call *call;
    const void *in;
    const NeedList *needs;
} Expansion;

static Texts values_of(const Expansion *expansion, Bytes name)
{
    Texts texts = {.arena = expansion->call->arena};
    if (bytes_is(name, "@self"))
        add_text(&texts, expansion->needs->self);
    else if (bytes_is(name, "@account"))
        add_text(&texts, expansion->call->account);
    else
        collect(&texts, expansion->call->operation->model->input, expansion->in, name);
    return texts;
}

/* may_be_whole: a tail that is an ARN already stands without its head. */
static Texts joined(Arena *arena, const Texts *heads, const Texts *tails, bool may_be_whole)
{
    Texts all = {.arena = arena};
    for (size_t i = 0; i < heads->len; i++)
        for (size_t at = 0; at < tails->len; at++)
            add_text(&all, may_be_whole && bytes_starts_with(tails->items[at], TEXT("arn:"))
                               ? tails->items[at]
                               : arena_text(arena, BYTES_FMT BYTES_FMT, BYTES_ARG(heads->items[i]),
                                            BYTES_ARG(tails->items[at])));
    return all;
}

/* Of one alternative; none: it can't be made. */
static Texts expand(const Expansion *expansion, Bytes template)
{
    Arena *arena = expansion->call->arena;
    Texts made = {.arena = arena};
    Bytes rest = template;
    add_text(&made, TEXT(""));
    for (bool is_first = true; present(rest) && rest.len; is_first = false) {
        Texts literal = {.arena = arena};
        add_text(&literal, bytes_cut(&rest, '{'));
        made = joined(arena, &made, &literal, false);
        if (!present(rest))
            break;
        Texts values = values_of(expansion, bytes_cut(&rest, '}'));
        made = joined(arena, &made, &values, is_first);
    }
    return made;
}

Bytes permission_arn(Call *call, const PermissionsOf *of, Bytes resource)
{
    if (bytes_starts_with(resource, TEXT("arn:")) || bytes_is(resource, "*"))
        return resource;
    Bytes region = of->arns == ARN_OF_REGION ? call->region : TEXT("");
    Bytes account = of->arns == ARN_OF_ALL ? TEXT("") : call->account;
    return arena_text(call->arena, "arn:" BYTES_FMT ":%s:" BYTES_FMT ":" BYTES_FMT ":" BYTES_FMT,
                      BYTES_ARG(arn_partition(call->region)), of->prefix, BYTES_ARG(region), BYTES_ARG(account),
                      BYTES_ARG(resource));
}

static Texts resources_of(const Expansion *expansion, const PermissionsOf *of, const char *templates)
{
    Bytes rest = bytes_of(templates ? templates : "*");
    Texts made = {.arena = expansion->call->arena};
    while (present(rest) && !made.len)
        made = expand(expansion, bytes_cut(&rest, ' '));
    if (!made.len)
        add_text(&made, TEXT("*"));
    for (size_t i = 0; i < made.len; i++)
        made.items[i] = permission_arn(expansion->call, of, made.items[i]);
    return made;
}

const Permission *permission_of(const PermissionsOf *of, const char *operation)
{
    for (const Permission *row = of->rows; row->operation; row++)
        if (!strcmp(row->operation, operation))
            return row;
    return NULL;
}

static void add_table_needs(Call *call, const PermissionsOf *of, const void *in, NeedList *needs)
{
    static const Permission usual = {.resource = NULL};
    const char *name = call->operation->model->name;
    const Permission *row = permission_of(of, name);
    Expansion expansion = {call, in, needs};
    if (!row)
        row = &usual;
    if (row->needs) {
        row->needs(call, in, needs);
        return;
    }
    Texts resources = resources_of(&expansion, of, row->resource);
    Bytes actions = row->action ? bytes_of(row->action) : arena_text(call->arena, "%s:%s", of->prefix, name);
    while (present(actions) && actions.len) {
        Bytes action = bytes_cut(&actions, ' ');
        for (size_t i = 0; i < resources.len; i++)
            need_add(needs, action, resources.items[i]);
    }
}

/* aws: IAM User Guide, "Grant a user permissions to pass a role to an AWS service". */
void permission_needs(Call *call, const PermissionsOf *of, const void *in, NeedList *needs)
{
    add_table_needs(call, of, in, needs);
    for (size_t i = 0; of->roles && of->roles[i]; i++) {
        PermissionTexts roles = permission_members(call, in, of->roles[i]);
        for (size_t at = 0; at < roles.len; at++)
            need_add(needs, TEXT("iam:PassRole"), roles.items[at]);
    }
}

PermissionTexts permission_members(Call *call, const void *in, const char *path)
{
    Texts texts = {.arena = call->arena};
    collect(&texts, call->operation->model->input, in, bytes_of(path));
    return (PermissionTexts){texts.items, texts.len};
}

Bytes permission_member(Call *call, const void *in, const char *path)
{
    PermissionTexts texts = permission_members(call, in, path);
    return texts.len ? texts.items[0] : (Bytes){0};
}

void permission_need(Call *call, const PermissionsOf *of, NeedList *needs, Bytes resource)
{
    need_add(needs, arena_text(call->arena, "%s:%s", of->prefix, call->operation->model->name),
             permission_arn(call, of, resource));
}

/* Facts */

static void add_request_tags(Call *call, const void *in, FactList *facts)
{
    const Shape *input = call->operation->model->input;
    Texts keys = {.arena = call->arena}, values = {.arena = call->arena};
    collect(&keys, input, in, TEXT("Tags.Key"));
    collect(&values, input, in, TEXT("Tags.Value"));
    if (!keys.len)
        collect(&keys, input, in, TEXT("Tags.TagKey"));
    if (!values.len)
        collect(&values, input, in, TEXT("Tags.TagValue"));
    for (size_t i = 0; i < keys.len && keys.len == values.len; i++)
        fact_add(facts, arena_text(call->arena, "aws:RequestTag/" BYTES_FMT, BYTES_ARG(keys.items[i])),
                 values.items[i]);
    if (!keys.len)
        collect(&keys, input, in, TEXT("TagKeys"));
    for (size_t i = 0; i < keys.len; i++)
        fact_add(facts, TEXT("aws:TagKeys"), keys.items[i]);
}

void permission_facts(Call *call, const PermissionsOf *of, const void *in, FactList *facts)
{
    for (const PermissionKey *key = of->keys; key && key->key; key++) {
        Texts values = {.arena = call->arena};
        collect(&values, call->operation->model->input, in, bytes_of(key->member));
        for (size_t i = 0; i < values.len; i++)
            fact_add(facts, bytes_of(key->key), values.items[i]);
    }
    add_request_tags(call, in, facts);
    if (of->passed_to)
        fact_add(facts, TEXT("iam:PassedToService"), bytes_of(of->passed_to));
    if (of->facts)
        of->facts(call, in, facts);
}

Bytes permission_name(Bytes arn, const char *kind)
{
    Arn parts;
    size_t len = strlen(kind);
    bool is_kind = arn_parse(arn, &parts) && bytes_starts_with(parts.resource, bytes_of(kind)) &&
                   parts.resource.len > len && parts.resource.ptr[len] == '/';
    return is_kind ? bytes_slice(parts.resource, len + 1, parts.resource.len - len - 1) : (Bytes){0};
}
