/* attached.c - policies of roles, users and groups: inline, attached, as a boundary. */
#include "attached.h"
#include "document.h"
#include "managed.h"

#define ATTACHED_MAX 10 /* aws: IAM and AWS STS quotas, "Managed policies attached to an IAM role": 10 */

static const Query put_inline = {"INSERT INTO iam_inline (owner, name, document) VALUES (?1, ?2, ?3)"
                                 " ON CONFLICT DO UPDATE SET document = excluded.document"};
static const Query get_inline = {"SELECT document FROM iam_inline WHERE owner = ?1 AND name = ?2"};
static const Query delete_inline = {"DELETE FROM iam_inline WHERE owner = ?1 AND name = ?2"};
static const Query list_inline = {"SELECT name FROM iam_inline WHERE owner = ?1 AND name > ?2 ORDER BY name LIMIT ?3"};
static const Query documents_of = {"SELECT document FROM iam_inline WHERE owner = ?1 AND name <> ?2"};
static const Query attach_policy = {"INSERT OR IGNORE INTO iam_attachment (owner, arn, account) VALUES (?1, ?2, ?3)"};
static const Query detach_policy = {"DELETE FROM iam_attachment WHERE owner = ?1 AND arn = ?2"};
static const Query detach_all = {"DELETE FROM iam_attachment WHERE owner = ?1"};
static const Query list_attached = {
    "SELECT arn FROM iam_attachment WHERE owner = ?1 AND arn > ?2 ORDER BY arn LIMIT ?3"};
static const Query count_attached = {"SELECT count(*), sum(arn = ?2) FROM iam_attachment WHERE owner = ?1"};

static const struct {
    const char *absent; /* an inline policy */
    const char *name, *quota;
    size_t inline_size; /* aws: IAM and AWS STS quotas: all inline policies of one */
} kinds[] = {
    [ENTITY_ROLE] = {"The role policy with name " BYTES_FMT " cannot be found.", "role", "PoliciesPerRole", 10240},
    [ENTITY_USER] = {"The user policy with name " BYTES_FMT " cannot be found.", "user", "PoliciesPerUser", 2048},
    [ENTITY_GROUP] = {"The group policy with name " BYTES_FMT " cannot be found.", "group", "PoliciesPerGroup", 5120},
};

static Statement *begin(const Scope *scope, const Query *query, int64_t owner, Bytes name)
{
    Statement *statement = statement_begin(scope->store, query);
    bind_int64(statement, 1, owner);
    bind_text(statement, 2, name);
    return statement;
}

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
static Status fail_absent(Call *call, EntityKind kind, Bytes name)
{
    return fail(call, &IAM_NO_SUCH_ENTITY, kinds[kind].absent, BYTES_ARG(name));
}
#pragma GCC diagnostic pop

/* Inline */

static Status check_inline_size(Call *call, const Entity *owner, Bytes name, Bytes document)
{
    size_t size = policy_size(document);
    Statement *others = begin(&call->scope, &documents_of, owner->key, name);
    int code;
    while ((code = statement_step(others)) == STORE_ROW)
        size += policy_size(column_bytes(others, 0));
    TRY(expect_ok(call, code));
    if (size > kinds[owner->kind].inline_size)
        return fail(call, &IAM_LIMIT_EXCEEDED, "Maximum policy size of %d bytes exceeded for %s " BYTES_FMT,
                    (int)kinds[owner->kind].inline_size, kinds[owner->kind].name, BYTES_ARG(owner->name));
    return OK;
}

Status inline_put(Call *call, EntityKind kind, Bytes owner, Bytes name, Bytes document)
{
    Entity entity;
    TRY(entity_find_for_change(call, kind, owner, &entity));
    TRY(document_check(call, document, POLICY_OF_IDENTITY));
    TRY(check_inline_size(call, &entity, name, document));
    Statement *put = begin(&call->scope, &put_inline, entity.key, name);
    bind_text(put, 3, document);
    return expect_ok(call, statement_run(put));
}

Status inline_get(Call *call, EntityKind kind, Bytes owner, Bytes name, Bytes *ret_document)
{
    Entity entity;
    TRY(entity_find(call, kind, owner, &entity));
    Statement *get = begin(&call->scope, &get_inline, entity.key, name);
    int code = statement_one(get);
    if (code == STORE_NOT_FOUND)
        return fail_absent(call, kind, name);
    if (code != STORE_ROW)
        return fault(call, code);
    *ret_document = document_told(call, column_bytes(get, 0));
    statement_end(get);
    return OK;
}

Status inline_delete(Call *call, EntityKind kind, Bytes owner, Bytes name)
{
    Entity entity;
    TRY(entity_find_for_change(call, kind, owner, &entity));
    TRY(expect_ok(call, statement_run(begin(&call->scope, &delete_inline, entity.key, name))));
    return store_changes(call->store) ? OK : fail_absent(call, kind, name);
}

static Status list_names(Call *call, const Query *query, int64_t owner, const EntityPage *page, NameList *ret_names)
{
    Statement *list = begin(&call->scope, query, owner, page->after);
    bind_int64(list, 3, (int64_t)page->limit + 1);
    ret_names->items = arena_new_array(call->arena, Bytes, page->limit + 1);
    int code;
    for (ret_names->len = 0; (code = statement_step(list)) == STORE_ROW; ret_names->len++)
        ret_names->items[ret_names->len] = arena_copy(call->arena, column_bytes(list, 0));
    return expect_ok(call, code);
}

Status inline_list(Call *call, EntityKind kind, Bytes owner, const EntityPage *page, NameList *ret_names)
{
    Entity entity;
    TRY(entity_find(call, kind, owner, &entity));
    return list_names(call, &list_inline, entity.key, page, ret_names);
}

/* Attached */

Status policy_find(Call *call, Bytes arn, bool to_attach, PolicyRef *ret_policy)
{
    Iam *iam = call->service;
    Arn parts;
    *ret_policy = (PolicyRef){0};
    bool is_arn = arn_parse(arn, &parts) && bytes_is(parts.service, "iam") && !parts.region.len &&
                  bytes_starts_with(parts.resource, TEXT("policy/"));
    if (!is_arn && bytes_starts_with(arn, TEXT("arn:")))
        return fail(call, &COMMON_VALIDATION, "ARN " BYTES_FMT " is not valid.", BYTES_ARG(arn));
    if (!is_arn)
        return fail(call, &COMMON_VALIDATION, "Invalid ARN:  Could not be parsed!");
    Bytes resource = bytes_slice(parts.resource, 7, parts.resource.len - 7);
    Bytes name = bytes_slice(resource, (size_t)(bytes_find_last(resource, '/') + 1),
                             resource.len - (size_t)(bytes_find_last(resource, '/') + 1));
    int code = STORE_NOT_FOUND;
    if (bytes_is(parts.account, "aws"))
        ret_policy->managed = managed_find(iam->managed, resource);
    else if (bytes_equal(parts.account, call->account))
        code = entity_look_up(&call->scope, ENTITY_POLICY, name, &ret_policy->own);
    if (ret_policy->managed || (code == STORE_OK && bytes_equal(entity_arn(&call->scope, &ret_policy->own), arn)))
        return OK;
    if (code != STORE_OK && code != STORE_NOT_FOUND)
        return fault(call, code);
    return fail(call, &IAM_NO_SUCH_ENTITY, "Policy " BYTES_FMT " %s", BYTES_ARG(arn),
                to_attach ? "does not exist or is not attachable." : "was not found.");
}

static Status count(Call *call, int64_t owner, Bytes arn, int64_t *ret_count, bool *ret_is_there)
{
    Statement *row = begin(&call->scope, &count_attached, owner, arn);
    int code = statement_one(row);
    if (code != STORE_ROW)
        return fault(call, code);
    *ret_count = column_int64(row, 0);
    *ret_is_there = column_int64(row, 1) > 0;
    statement_end(row);
    return OK;
}

int attachment_insert(const Scope *scope, const Entity *owner, Bytes arn)
{
    Statement *put = begin(scope, &attach_policy, owner->key, arn);
    bind_text(put, 3, scope->account);
    return statement_run(put);
}

int attachments_delete(const Scope *scope, const Entity *owner)
{
    return query_run_with(scope->store, &detach_all, owner->key);
}

Status policy_attach(Call *call, EntityKind kind, Bytes owner, Bytes arn)
{
    Entity entity;
    PolicyRef policy;
    int64_t attached;
    bool is_there;
    TRY(entity_find_for_change(call, kind, owner, &entity));
    TRY(policy_find(call, arn, true, &policy));
    TRY(count(call, entity.key, arn, &attached, &is_there));
    if (attached >= ATTACHED_MAX && !is_there)
        return fail(call, &IAM_LIMIT_EXCEEDED, "Cannot exceed quota for %s: %d", kinds[kind].quota, ATTACHED_MAX);
    return expect_ok(call, attachment_insert(&call->scope, &entity, arn));
}

Status policy_detach(Call *call, EntityKind kind, Bytes owner, Bytes arn)
{
    Entity entity;
    TRY(entity_find_for_change(call, kind, owner, &entity));
    TRY(expect_ok(call, statement_run(begin(&call->scope, &detach_policy, entity.key, arn))));
    if (store_changes(call->store))
        return OK;
    return fail(call, &IAM_NO_SUCH_ENTITY, "Policy " BYTES_FMT " was not found.", BYTES_ARG(arn));
}

static Bytes path_of_policy(Bytes arn)
{
    ptrdiff_t from = bytes_find(arn, '/'), to = bytes_find_last(arn, '/');
    return bytes_slice(arn, (size_t)from, (size_t)(to - from + 1));
}

Status attached_list(Call *call, EntityKind kind, const AttachedFilter *filter, const EntityPage *page,
                     IamattachedPoliciesListType *ret_list)
{
    Entity entity;
    NameList arns;
    TRY(entity_find(call, kind, filter->owner, &entity));
    EntityPage all = {page->after, ATTACHED_MAX + 1};
    TRY(list_names(call, &list_attached, entity.key, &all, &arns));
    ret_list->items = arena_new_array(call->arena, IamAttachedPolicy, arns.len + 1);
    for (size_t i = 0; i < arns.len && ret_list->len <= page->limit; i++) {
        Bytes arn = arns.items[i];
        size_t slash = (size_t)bytes_find_last(arn, '/') + 1;
        if (present(filter->path_prefix) && !bytes_starts_with(path_of_policy(arn), filter->path_prefix))
            continue;
        ret_list->items[ret_list->len++] = (IamAttachedPolicy){bytes_slice(arn, slash, arn.len - slash), arn};
    }
    return OK;
}

/* Boundaries */

Status boundary_check(Call *call, Bytes arn)
{
    PolicyRef policy;
    return present(arn) ? policy_find(call, arn, true, &policy) : OK;
}

IamAttachedPermissionsBoundary *boundary_tell(Call *call, Bytes arn)
{
    if (!present(arn))
        return NULL;
    IamAttachedPermissionsBoundary *told = arena_new_of(call->arena, IamAttachedPermissionsBoundary);
    /* aws: the API tells "Policy", though the model's list of values has PermissionsBoundaryPolicy alone */
    *told = (IamAttachedPermissionsBoundary){TEXT("Policy"), arn};
    return told;
}

Status boundary_put(Call *call, EntityKind kind, Bytes owner, Bytes arn)
{
    Entity entity;
    TRY(entity_find_for_change(call, kind, owner, &entity));
    TRY(boundary_check(call, arn));
    entity.boundary = arn;
    return expect_ok(call, entity_update(&call->scope, &entity));
}

Status boundary_delete(Call *call, EntityKind kind, Bytes owner)
{
    Entity entity;
    TRY(entity_find_for_change(call, kind, owner, &entity));
    entity.boundary = (Bytes){0};
    return expect_ok(call, entity_update(&call->scope, &entity));
}
