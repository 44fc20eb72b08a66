/* entity.c - the table of all that has a name. aws: IAM User Guide, "IAM identifiers" and "IAM and AWS STS quotas". */
#include "entity.h"
#include "base64.h"
#include "credential.h"
#include "row.h"

#define COLUMNS                                                                                                        \
    "key, kind, name, id, path, created_ms, updated_ms, document, description, boundary, max_session_seconds,"         \
    " default_version, versions_made"
#define MEMBER_COLUMNS                                                                                                 \
    "e.key, e.kind, e.name, e.id, e.path, e.created_ms, e.updated_ms, e.document, e.description, e.boundary,"          \
    " e.max_session_seconds, e.default_version, e.versions_made"
#define MAX_ITEMS 100 /* aws: "If you do not include this parameter, the number of items defaults to 100." */

static const Column columns[] = {
    COLUMN(Entity, key),
    COLUMN(Entity, kind),
    COLUMN(Entity, name),
    COLUMN(Entity, id),
    COLUMN(Entity, path),
    COLUMN(Entity, created_ms),
    COLUMN(Entity, updated_ms),
    COLUMN(Entity, document),
    COLUMN(Entity, description),
    COLUMN(Entity, boundary),
    COLUMN(Entity, max_session_seconds),
    COLUMN(Entity, default_version),
    COLUMN(Entity, versions_made),
};
static const Row entity_row = ROW(columns);

static const Query find = {"SELECT " COLUMNS " FROM iam_entity WHERE account = ?1 AND kind = ?2 AND name = ?3"};
static const Query by_key = {"SELECT " COLUMNS " FROM iam_entity WHERE key = ?1"};
static const Query count_kind = {"SELECT count(*) FROM iam_entity WHERE account = ?1 AND kind = ?2"};
static const Query insert = {"INSERT INTO iam_entity (" COLUMNS ", account)"
                             " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)"};
static const Query update = {"UPDATE iam_entity SET (" COLUMNS ") ="
                             " (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13) WHERE key = ?1"};
static const Query list_kind = {"SELECT " COLUMNS " FROM iam_entity WHERE account = ?1 AND kind = ?2 AND name > ?3"
                                " AND substr(path, 1, length(?4)) = ?4 ORDER BY name LIMIT ?5"};
static const Query list_members = {"SELECT " MEMBER_COLUMNS " FROM iam_member m JOIN iam_entity e ON e.key = m.member"
                                   " WHERE m.container = ?1 AND e.name > ?2 ORDER BY e.name LIMIT ?3"};
static const Query list_containers = {"SELECT " MEMBER_COLUMNS " FROM iam_member m JOIN iam_entity e"
                                      " ON e.key = m.container"
                                      " WHERE m.member = ?1 AND e.name > ?2 ORDER BY e.name LIMIT ?3"};
static const Query add_member = {"INSERT OR IGNORE INTO iam_member (container, member) VALUES (?1, ?2)"};
static const Query remove_member = {"DELETE FROM iam_member WHERE container = ?1 AND member = ?2"};
static const Query count_parts = {"SELECT (SELECT count(*) FROM iam_inline WHERE owner = ?1),"
                                  " (SELECT count(*) FROM iam_attachment WHERE owner = ?1),"
                                  " (SELECT count(*) FROM iam_member WHERE member = ?1),"
                                  " (SELECT count(*) FROM iam_member WHERE container = ?1)"};
static const Query delete_entity = {"DELETE FROM iam_entity WHERE key = ?1"};
static const Query delete_tags = {"DELETE FROM iam_tag WHERE owner = ?1"};
static const Query delete_versions = {"DELETE FROM iam_version WHERE policy = ?1"};

/* What differs from kind to kind. */
static const struct {
    const char *prefix, *resource;
    const char *absent, *there; /* with one %.*s */
    const char *quota;
    int64_t most;
} kinds[] = {
    [ENTITY_ROLE] = {"AROA", "role", "The role with name " BYTES_FMT " cannot be found.",
                     "Role with name " BYTES_FMT " already exists.", "RolesPerAccount", 1000},
    [ENTITY_USER] = {"AIDA", "user", "The user with name " BYTES_FMT " cannot be found.",
                     "User with name " BYTES_FMT " already exists.", "UsersPerAccount", 5000},
    [ENTITY_GROUP] = {"AGPA", "group", "The group with name " BYTES_FMT " cannot be found.",
                      "Group with name " BYTES_FMT " already exists.", "GroupsPerAccount", 300},
    [ENTITY_PROFILE] = {"AIPA", "instance-profile", "Instance Profile " BYTES_FMT " cannot be found.",
                        "Instance Profile " BYTES_FMT " already exists.", "InstanceProfilesPerAccount", 1000},
    [ENTITY_POLICY] = {"ANPA", "policy", "Policy " BYTES_FMT " was not found.",
                       "A policy called " BYTES_FMT " already exists. Duplicate names are not allowed.",
                       "PoliciesPerAccount", 1500},
    /* aws: seen in what IAM told users of Terraform and the CDK. */
    [ENTITY_OIDC] = {"", "oidc-provider", "OpenIDConnect Provider not found for arn " BYTES_FMT,
                     "Provider with url https://" BYTES_FMT " already exists.", "OpenIdConnectProvidersPerAccount",
                     100},
    [ENTITY_SAML] = {"", "saml-provider", "Manifest not found for arn " BYTES_FMT,
                     "EntityAlreadyExists: a provider called " BYTES_FMT " already exists.", "SAMLProvidersPerAccount",
                     100},
    [ENTITY_SERVER_CERTIFICATE] = {"ASCA", "server-certificate",
                                   "The Server Certificate with name " BYTES_FMT " cannot be found.",
                                   "The Server Certificate with name " BYTES_FMT " already exists.",
                                   "ServerCertificatesPerAccount", 20},
    [ENTITY_MFA] = {"", "mfa", "VirtualMFADevice with serial number " BYTES_FMT " doesn't exist.",
                    "MFADevice entity at the same path and name already exists.", "VirtualMFADevicesPerAccount", 5000},
};

Bytes iam_id_new(const Scope *scope, const char *prefix)
{
    static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    unsigned char chance[17];
    char text[sizeof chance];
    random_fill(scope->runtime->random, chance, sizeof chance);
    for (size_t i = 0; i < sizeof text; i++)
        text[i] = letters[chance[i] % 32];
    return arena_text(scope->arena, "%s%.*s", prefix, (int)sizeof text, text);
}

Bytes iam_arn(const Scope *scope, Bytes resource)
{
    return arena_text(scope->arena, "arn:" BYTES_FMT ":iam::" BYTES_FMT ":" BYTES_FMT,
                      BYTES_ARG(arn_partition(scope->region)), BYTES_ARG(scope->account), BYTES_ARG(resource));
}

Bytes entity_arn(const Scope *scope, const Entity *entity)
{
    return iam_arn(scope, arena_text(scope->arena, "%s" BYTES_FMT BYTES_FMT, kinds[entity->kind].resource,
                                     BYTES_ARG(entity->path), BYTES_ARG(entity->name)));
}

int entity_look_up(const Scope *scope, EntityKind kind, Bytes name, Entity *ret_entity)
{
    Statement *statement = statement_begin(scope->store, &find);
    bind_text(statement, 1, scope->account);
    bind_int64(statement, 2, kind);
    bind_text(statement, 3, name);
    return row_one(scope->arena, statement, &entity_row, ret_entity);
}

int entity_by_key(const Scope *scope, int64_t key, Entity *ret_entity)
{
    Statement *statement = statement_begin(scope->store, &by_key);
    bind_int64(statement, 1, key);
    return row_one(scope->arena, statement, &entity_row, ret_entity);
}

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
static Status fail_naming(Call *call, const ErrorModel *error, const char *format, Bytes name)
{
    return fail(call, error, format, BYTES_ARG(name));
}
#pragma GCC diagnostic pop

Status entity_find(Call *call, EntityKind kind, Bytes name, Entity *ret_entity)
{
    int code = entity_look_up(&call->scope, kind, name, ret_entity);
    if (code == STORE_NOT_FOUND)
        return fail_naming(call, &IAM_NO_SUCH_ENTITY, kinds[kind].absent, name);
    return expect_ok(call, code);
}

/* arn:aws:iam::<account>:<resource>/path/name: the name is behind the last slash, but of OIDC it's all of it. */
Status entity_find_by_arn(Call *call, EntityKind kind, Bytes text, Entity *ret_entity)
{
    Arn arn;
    Bytes resource = bytes_of(kinds[kind].resource);
    if (!arn_parse(text, &arn) || !bytes_is(arn.service, "iam") || !bytes_starts_with(arn.resource, resource) ||
        arn.resource.len <= resource.len + 1)
        return fail(call, &IAM_INVALID_INPUT, "Invalid ARN:  Could not be parsed!");
    size_t from = resource.len + 1;
    if (kind != ENTITY_OIDC)
        from = (size_t)(bytes_find_last(arn.resource, '/') + 1);
    Bytes name = bytes_slice(arn.resource, from, arn.resource.len - from);
    int code = entity_look_up(&call->scope, kind, name, ret_entity);
    if (code == STORE_NOT_FOUND || (code == STORE_OK && !bytes_equal(entity_arn(&call->scope, ret_entity), text)))
        return fail_naming(call, &IAM_NO_SUCH_ENTITY, kinds[kind].absent, text);
    return expect_ok(call, code);
}

Status entity_find_for_change(Call *call, EntityKind kind, Bytes name, Entity *ret_entity)
{
    TRY(entity_find(call, kind, name, ret_entity));
    if (kind == ENTITY_ROLE && bytes_starts_with(ret_entity->path, TEXT("/aws-service-role/")))
        return fail(call, &IAM_UNMODIFIABLE_ENTITY,
                    "Cannot perform the operation on the protected role '" BYTES_FMT
                    "' - this role is only modifiable by AWS",
                    BYTES_ARG(ret_entity->name));
    return OK;
}

Status entity_check_new(Call *call, EntityKind kind, Bytes name)
{
    Entity there;
    int code = entity_look_up(&call->scope, kind, name, &there);
    if (code == STORE_OK)
        return fail_naming(call, &IAM_ENTITY_ALREADY_EXISTS, kinds[kind].there, name);
    if (code != STORE_NOT_FOUND)
        return fault(call, code);
    Statement *statement = statement_begin(call->store, &count_kind);
    bind_text(statement, 1, call->account);
    bind_int64(statement, 2, kind);
    int64_t count = 0;
    TRY(expect_ok(call, statement_one_number(statement, &count)));
    if (count >= kinds[kind].most)
        return fail(call, &IAM_LIMIT_EXCEEDED, "Cannot exceed quota for %s: %d", kinds[kind].quota,
                    (int)kinds[kind].most);
    return OK;
}

/* AWS tells IAM's times in whole seconds. */
static int64_t whole_seconds(int64_t ms)
{
    return ms / 1000 * 1000;
}

int entity_insert(const Scope *scope, Entity *entity)
{
    Statement *statement = statement_begin(scope->store, &insert);
    entity->id = iam_id_new(scope, kinds[entity->kind].prefix);
    entity->created_ms = entity->updated_ms = whole_seconds(scope->now_ms);
    int next = row_bind(statement, 1, &entity_row, entity);
    bind_null(statement, 1);
    bind_text(statement, next, scope->account);
    int code = statement_run(statement);
    entity->key = store_last_rowid(scope->store);
    return code;
}

int entity_update(const Scope *scope, const Entity *entity)
{
    Statement *statement = statement_begin(scope->store, &update);
    (void)row_bind(statement, 1, &entity_row, entity);
    return statement_run(statement);
}

int entity_delete(const Scope *scope, const Entity *entity)
{
    static const Query *const queries[] = {&delete_tags, &delete_versions, &delete_entity};
    int code = STORE_OK;
    for (size_t i = 0; code == STORE_OK && i < sizeof queries / sizeof *queries; i++) {
        Statement *statement = statement_begin(scope->store, queries[i]);
        bind_int64(statement, 1, entity->key);
        code = statement_run(statement);
    }
    return code;
}

/* Markers are opaque at AWS: here the name of what was told last. */
Bytes list_marker(const Scope *scope, Bytes last)
{
    return base64_text(scope->arena, last);
}

Status list_page_begin(Call *call, Bytes marker, bool has_max_items, int32_t max_items, EntityPage *ret_page)
{
    *ret_page = (EntityPage){TEXT(""), has_max_items ? (size_t)max_items : MAX_ITEMS};
    if (!present(marker))
        return OK;
    char *text = arena_take_raw(call->arena, base64_decoded_max(marker.len) + 1);
    ptrdiff_t len = base64_decode(text, marker);
    ret_page->after = (Bytes){text, len < 0 ? 0 : (size_t)len};
    if (len < 0 || !bytes_is_utf8(ret_page->after))
        return fail(call, &COMMON_VALIDATION, "Invalid Marker.");
    return OK;
}

static int read_list(const Scope *scope, Statement *statement, EntityList *ret_list)
{
    int code;
    size_t room = 0;
    *ret_list = (EntityList){0};
    while ((code = statement_step(statement)) == STORE_ROW) {
        if (ret_list->len == room) {
            size_t wanted = room ? 2 * room : 16;
            ret_list->items =
                arena_grown(scope->arena, ret_list->items, room * sizeof(Entity), wanted * sizeof(Entity));
            room = wanted;
        }
        row_read(scope->arena, statement, &entity_row, &ret_list->items[ret_list->len++]);
    }
    return code;
}

int entities_list(const Scope *scope, EntityKind kind, Bytes path_prefix, const EntityPage *page, EntityList *ret_list)
{
    Statement *statement = statement_begin(scope->store, &list_kind);
    bind_text(statement, 1, scope->account);
    bind_int64(statement, 2, kind);
    bind_text(statement, 3, page->after);
    bind_text(statement, 4, PATH_OR_ROOT(path_prefix));
    bind_int64(statement, 5, (int64_t)page->limit + 1);
    return read_list(scope, statement, ret_list);
}

static int list_related(const Scope *scope, const Query *query, int64_t key, const EntityPage *page,
                        EntityList *ret_list)
{
    Statement *statement = statement_begin(scope->store, query);
    bind_int64(statement, 1, key);
    bind_text(statement, 2, page->after);
    bind_int64(statement, 3, (int64_t)page->limit + 1);
    return read_list(scope, statement, ret_list);
}

int members_list(const Scope *scope, int64_t container, const EntityPage *page, EntityList *ret_list)
{
    return list_related(scope, &list_members, container, page, ret_list);
}

int containers_list(const Scope *scope, int64_t member, const EntityPage *page, EntityList *ret_list)
{
    return list_related(scope, &list_containers, member, page, ret_list);
}

static int change_member(const Scope *scope, const Query *query, int64_t container, int64_t member)
{
    Statement *statement = statement_begin(scope->store, query);
    bind_int64(statement, 1, container);
    bind_int64(statement, 2, member);
    return statement_run(statement);
}

int member_add(const Scope *scope, int64_t container, int64_t member)
{
    return change_member(scope, &add_member, container, member);
}

int member_remove(const Scope *scope, int64_t container, int64_t member, bool *ret_was_there)
{
    int code = change_member(scope, &remove_member, container, member);
    *ret_was_there = store_changes(scope->store) > 0;
    return code;
}

int entity_counts(const Scope *scope, int64_t key, int64_t *ret_inline, int64_t *ret_attached, int64_t *ret_containers,
                  int64_t *ret_members)
{
    Statement *statement = statement_begin(scope->store, &count_parts);
    bind_int64(statement, 1, key);
    int code = statement_one(statement);
    if (code != STORE_ROW)
        return code;
    *ret_inline = column_int64(statement, 0);
    *ret_attached = column_int64(statement, 1);
    *ret_containers = column_int64(statement, 2);
    *ret_members = column_int64(statement, 3);
    statement_end(statement);
    return STORE_OK;
}

static const Query count_credentials = {"SELECT (SELECT count(*) FROM iam_access_key WHERE owner = ?1),"
                                        " (SELECT count(*) FROM iam_login WHERE owner = ?1),"
                                        " (SELECT count(*) FROM iam_credential WHERE owner = ?1 AND kind = ?2),"
                                        " (SELECT count(*) FROM iam_credential WHERE owner = ?1)"};

static Status check_no_credentials(Call *call, const Entity *user)
{
    Statement *row = statement_begin(call->store, &count_credentials);
    bind_int64(row, 1, user->key);
    bind_int64(row, 2, CREDENTIAL_MFA);
    int code = statement_one(row);
    if (code != STORE_ROW)
        return fault(call, code);
    bool has_keys = column_int64(row, 0) > 0, has_login = column_int64(row, 1) > 0;
    bool has_device = column_int64(row, 2) > 0, has_others = column_int64(row, 3) > 0;
    statement_end(row);
    if (has_login)
        return fail(call, &IAM_DELETE_CONFLICT, "Cannot delete entity, must delete login profile first.");
    if (has_keys)
        return fail(call, &IAM_DELETE_CONFLICT, "Cannot delete entity, must delete access keys first.");
    if (has_device)
        return fail(call, &IAM_DELETE_CONFLICT, "Cannot delete entity, must delete MFA device first.");
    if (has_others)
        return fail(call, &IAM_DELETE_CONFLICT, "Cannot delete entity, must remove referenced objects first.");
    return OK;
}

Status entity_check_free(Call *call, const Entity *entity)
{
    int64_t inlined, attached, containers, members;
    TRY(expect_ok(call, entity_counts(&call->scope, entity->key, &inlined, &attached, &containers, &members)));
    if (entity->kind == ENTITY_ROLE && containers)
        return fail(call, &IAM_DELETE_CONFLICT, "Cannot delete entity, must remove roles from instance profile first.");
    if (entity->kind == ENTITY_PROFILE && members)
        return fail(call, &IAM_DELETE_CONFLICT, "Cannot delete entity, must remove roles from instance profile first.");
    if (containers || members)
        return fail(call, &IAM_DELETE_CONFLICT, "Cannot delete entity, must remove users from group first.");
    if (attached)
        return fail(call, &IAM_DELETE_CONFLICT, "Cannot delete entity, must detach all policies first.");
    if (inlined)
        return fail(call, &IAM_DELETE_CONFLICT, "Cannot delete entity, must delete policies first.");
    return entity->kind == ENTITY_USER ? check_no_credentials(call, entity) : OK;
}
