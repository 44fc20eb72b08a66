/* versions.c - the versions of managed policies, each a document: CreatePolicyVersion and its like.
 * aws: IAM User Guide, "Versioning IAM policies": five at most, the default one is in force. */
#include "attached.h"
#include "document.h"
#include "managed.h"

#define POLICY_SIZE_MAX 6144 /* aws: IAM and AWS STS quotas, "Managed policy": 6,144 characters */

static const Query insert = {"INSERT INTO iam_version (policy, version, document, created_ms) VALUES (?1, ?2, ?3, ?4)"};
static const Query find = {"SELECT version, document, created_ms FROM iam_version WHERE policy = ?1 AND version = ?2"};
static const Query delete_one = {"DELETE FROM iam_version WHERE policy = ?1 AND version = ?2"};
static const Query list = {"SELECT version, document, created_ms FROM iam_version WHERE policy = ?1 AND version < ?2"
                           " ORDER BY version DESC"};

static Statement *begin(const Scope *scope, const Query *query, int64_t policy, int32_t number)
{
    Statement *statement = statement_begin(scope->store, query);
    bind_int64(statement, 1, policy);
    bind_int64(statement, 2, number);
    return statement;
}

static Version read_version(const Scope *scope, Statement *row)
{
    return (Version){(int32_t)column_int64(row, 0), arena_copy(scope->arena, column_bytes(row, 1)),
                     column_int64(row, 2)};
}

int policy_version_insert(const Scope *scope, int64_t policy, const Version *version)
{
    Statement *statement = begin(scope, &insert, policy, version->number);
    bind_text(statement, 3, version->document);
    bind_int64(statement, 4, version->created_ms);
    return statement_run(statement);
}

int policy_version_find(const Scope *scope, int64_t policy, int32_t number, Version *ret_version)
{
    Statement *row = begin(scope, &find, policy, number);
    int code = statement_one(row);
    if (code != STORE_ROW)
        return code;
    *ret_version = read_version(scope, row);
    statement_end(row);
    return STORE_OK;
}

int policy_version_delete(const Scope *scope, int64_t policy, int32_t number)
{
    return statement_run(begin(scope, &delete_one, policy, number));
}

int policy_versions_list(const Scope *scope, int64_t policy, int32_t below, Version *ret_versions, size_t *ret_count)
{
    Statement *row = begin(scope, &list, policy, below);
    int code;
    for (*ret_count = 0; (code = statement_step(row)) == STORE_ROW; ++*ret_count)
        ret_versions[*ret_count] = read_version(scope, row);
    return code;
}

Status policy_document_check(Call *call, Bytes document)
{
    TRY(document_check(call, document, POLICY_OF_IDENTITY));
    if (policy_size(document) > POLICY_SIZE_MAX)
        return fail(call, &IAM_LIMIT_EXCEEDED, "Cannot exceed quota for PolicySize: %d", POLICY_SIZE_MAX);
    return OK;
}

static int32_t number_of(Bytes id)
{
    int64_t number = 0;
    if (!id.len || *id.ptr != 'v' || !bytes_to_int64(bytes_slice(id, 1, id.len - 1), &number) || number > INT32_MAX)
        return 0;
    return (int32_t)number;
}

static Status no_version(Call *call, Bytes arn, Bytes id)
{
    return fail(call, &IAM_NO_SUCH_ENTITY,
                "Policy " BYTES_FMT " version " BYTES_FMT " does not exist or is not attachable.", BYTES_ARG(arn),
                BYTES_ARG(id));
}

static void tell(Call *call, const Version *version, int32_t default_version, IamPolicyVersion *ret_version)
{
    *ret_version = (IamPolicyVersion){.version_id = arena_text(call->arena, "v%d", (int)version->number)};
    SET(ret_version, is_default_version, version->number == default_version);
    SET(ret_version, create_date, version->created_ms);
}

void policy_version_tell(Call *call, const Version *version, int32_t default_version, IamPolicyVersion *ret_version)
{
    tell(call, version, default_version, ret_version);
    ret_version->document = document_told(call, version->document);
}

/* What may be changed: the account's own. */
static Status find_own(Call *call, Bytes arn, Entity *ret_policy)
{
    PolicyRef policy;
    TRY(policy_find(call, arn, false, &policy));
    *ret_policy = policy.own;
    if (policy.managed)
        return fail(call, &COMMON_ACCESS_DENIED, "Policy " BYTES_FMT " is AWS's own and cannot be changed.",
                    BYTES_ARG(arn));
    return OK;
}

OPERATION(IamCreatePolicyVersion, create_policy_version, WRITES);
static Status create_policy_version(Call *call, const IamCreatePolicyVersionInput *in,
                                    IamCreatePolicyVersionOutput *out)
{
    Entity policy;
    Version there[VERSIONS_MAX];
    size_t count;
    TRY(find_own(call, in->policy_arn, &policy));
    TRY(policy_document_check(call, in->policy_document));
    TRY(expect_ok(call, policy_versions_list(&call->scope, policy.key, INT32_MAX, there, &count)));
    if (count >= VERSIONS_MAX)
        return fail(
            call, &IAM_LIMIT_EXCEEDED,
            "A managed policy can have up to 5 versions. Before you create a new version, you must delete an existing version.");

    Version version = {++policy.versions_made, in->policy_document, call->now_ms / 1000 * 1000};
    if (in->has_set_as_default && in->set_as_default)
        policy.default_version = version.number;
    policy.updated_ms = version.created_ms;
    TRY(expect_ok(call, policy_version_insert(&call->scope, policy.key, &version)));
    TRY(expect_ok(call, entity_update(&call->scope, &policy)));

    out->policy_version = arena_new_of(call->arena, IamPolicyVersion);
    tell(call, &version, policy.default_version, out->policy_version);
    return OK;
}

static Status get_managed_version(Call *call, const IamGetPolicyVersionInput *in, const ManagedPolicy *managed,
                                  IamPolicyVersion *ret_version)
{
    Version version = {managed->version, managed->document, managed->updated_ms};
    if (number_of(in->version_id) != managed->version || !present(managed->document))
        return fail(call, &COMMON_NOT_IMPLEMENTED, "The emulator knows policy " BYTES_FMT " by name; it keeps %s.",
                    BYTES_ARG(managed->name),
                    present(managed->document) ? "only its default version" : "no document of it");
    policy_version_tell(call, &version, version.number, ret_version);
    return OK;
}

OPERATION(IamGetPolicyVersion, get_policy_version, READS);
static Status get_policy_version(Call *call, const IamGetPolicyVersionInput *in, IamGetPolicyVersionOutput *out)
{
    PolicyRef policy;
    Version version;
    TRY(policy_find(call, in->policy_arn, false, &policy));
    out->policy_version = arena_new_of(call->arena, IamPolicyVersion);
    if (policy.managed)
        return get_managed_version(call, in, policy.managed, out->policy_version);
    int code = policy_version_find(&call->scope, policy.own.key, number_of(in->version_id), &version);
    if (code == STORE_NOT_FOUND)
        return no_version(call, in->policy_arn, in->version_id);
    TRY(expect_ok(call, code));
    policy_version_tell(call, &version, policy.own.default_version, out->policy_version);
    return OK;
}

OPERATION(IamListPolicyVersions, list_policy_versions, READS);
static Status list_policy_versions(Call *call, const IamListPolicyVersionsInput *in, IamListPolicyVersionsOutput *out)
{
    PolicyRef policy;
    EntityPage page;
    Version versions[VERSIONS_MAX];
    size_t count = 0;
    TRY(policy_find(call, in->policy_arn, false, &policy));
    TRY(list_page_begin(call, in->marker, in->has_max_items, in->max_items, &page));
    if (policy.managed && !page.after.len)
        versions[count++] = (Version){policy.managed->version, policy.managed->document, policy.managed->updated_ms};
    int32_t below = page.after.len ? number_of(page.after) : INT32_MAX;
    if (!policy.managed)
        TRY(expect_ok(call, policy_versions_list(&call->scope, policy.own.key, below, versions, &count)));
    int32_t in_force = policy.managed ? policy.managed->version : policy.own.default_version;
    out->versions.items = arena_new_array(call->arena, IamPolicyVersion, VERSIONS_MAX);
    for (; out->versions.len < count; out->versions.len++)
        tell(call, &versions[out->versions.len], in_force, &out->versions.items[out->versions.len]);
    PAGE_END(out, versions, .version_id);
    return OK;
}

static Status find_version(Call *call, Bytes arn, Bytes id, Entity *ret_policy, Version *ret_version)
{
    TRY(find_own(call, arn, ret_policy));
    int code = policy_version_find(&call->scope, ret_policy->key, number_of(id), ret_version);
    return code == STORE_NOT_FOUND ? no_version(call, arn, id) : expect_ok(call, code);
}

OPERATION(IamDeletePolicyVersion, delete_policy_version, WRITES);
static Status delete_policy_version(Call *call, const IamDeletePolicyVersionInput *in,
                                    IamDeletePolicyVersionOutput *out)
{
    Entity policy;
    Version version;
    (void)out;
    TRY(find_version(call, in->policy_arn, in->version_id, &policy, &version));
    if (version.number == policy.default_version)
        return fail(call, &IAM_DELETE_CONFLICT, "Cannot delete the default version of a policy.");
    return expect_ok(call, policy_version_delete(&call->scope, policy.key, version.number));
}

OPERATION(IamSetDefaultPolicyVersion, set_default_policy_version, WRITES);
static Status set_default_policy_version(Call *call, const IamSetDefaultPolicyVersionInput *in,
                                         IamSetDefaultPolicyVersionOutput *out)
{
    Entity policy;
    Version version;
    (void)out;
    TRY(find_version(call, in->policy_arn, in->version_id, &policy, &version));
    policy.default_version = version.number;
    policy.updated_ms = call->now_ms / 1000 * 1000;
    return expect_ok(call, entity_update(&call->scope, &policy));
}
