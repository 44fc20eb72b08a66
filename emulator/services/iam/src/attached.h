/* attached.h - what hangs on roles, users and groups: inline policies and managed ones. */
#pragma once
#include "entity.h"

/* A managed policy, AWS's or the account's own, by its ARN. */
typedef struct PolicyRef {
    const struct ManagedPolicy *managed; /* AWS's; else: */
    Entity own;
} PolicyRef;
/* ValidationError where it is no ARN; NoSuchEntity: "does not exist or is not attachable" where it is to be attached,
 * else "was not found". */
MUST_CHECK Status policy_find(Call *call, Bytes arn, bool to_attach, PolicyRef *ret_policy);

/* Versions of the account's own policies. */
typedef struct Version {
    int32_t number;
    Bytes document;
    int64_t created_ms;
} Version;
MUST_CHECK int policy_version_insert(const Scope *scope, int64_t policy, const Version *version);
MUST_CHECK int policy_version_find(const Scope *scope, int64_t policy, int32_t number, Version *ret_version);
MUST_CHECK int policy_version_delete(const Scope *scope, int64_t policy, int32_t number);
/* The newest first, below the number given. */
MUST_CHECK int policy_versions_list(const Scope *scope, int64_t policy, int32_t below, Version *ret_versions,
                                    size_t *ret_count);
/* MalformedPolicyDocument, LimitExceeded. */
MUST_CHECK Status policy_document_check(Call *call, Bytes document);
#define VERSIONS_MAX 5 /* aws: IAM and AWS STS quotas */

/* With its document. */
void policy_version_tell(Call *call, const Version *version, int32_t default_version, IamPolicyVersion *ret_version);
MUST_CHECK Status policy_tell_own(Call *call, const Entity *entity, IamPolicy *ret_policy);
MUST_CHECK Status policy_tell_managed(Call *call, const struct ManagedPolicy *managed, IamPolicy *ret_policy);
MUST_CHECK Status profiles_tell(Call *call, const EntityList *profiles, IaminstanceProfileListType *ret_list);

/* Who has a policy. */
MUST_CHECK int policy_usage(const Scope *scope, Bytes arn, int64_t *ret_attached, int64_t *ret_boundaries);
MUST_CHECK int attachment_insert(const Scope *scope, const Entity *owner, Bytes arn);
MUST_CHECK int attachments_delete(const Scope *scope, const Entity *owner);

/* The handlers of the three kinds have these in common. */
MUST_CHECK Status inline_put(Call *call, EntityKind kind, Bytes owner, Bytes name, Bytes document);
MUST_CHECK Status inline_get(Call *call, EntityKind kind, Bytes owner, Bytes name, Bytes *ret_document);
MUST_CHECK Status inline_delete(Call *call, EntityKind kind, Bytes owner, Bytes name);
typedef struct NameList {
    Bytes *items;
    size_t len;
} NameList;
MUST_CHECK Status inline_list(Call *call, EntityKind kind, Bytes owner, const EntityPage *page, NameList *ret_names);
MUST_CHECK Status policy_attach(Call *call, EntityKind kind, Bytes owner, Bytes arn);
MUST_CHECK Status policy_detach(Call *call, EntityKind kind, Bytes owner, Bytes arn);
/* By name, one more than the page's limit. */
typedef struct AttachedFilter {
    Bytes owner, path_prefix;
} AttachedFilter;
MUST_CHECK Status attached_list(Call *call, EntityKind kind, const AttachedFilter *filter, const EntityPage *page,
                                IamattachedPoliciesListType *ret_list);
MUST_CHECK Status boundary_put(Call *call, EntityKind kind, Bytes owner, Bytes arn);
MUST_CHECK Status boundary_delete(Call *call, EntityKind kind, Bytes owner);
