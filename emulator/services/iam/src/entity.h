/* entity.h - what IAM knows by name: roles, users, groups, instance profiles and managed policies. They share one
 * table; what hangs on them (inline policies, attachments, members, tags) names them by its key. IAM is one for all
 * regions. */
#pragma once
#include "iam.h"
#include "iam_model.h"
#include "tagging.h"

struct Iam {
    Runtime *runtime;
    struct ManagedPolicies *managed;
};

typedef enum EntityKind {
    ENTITY_ROLE = 1,
    ENTITY_USER = 2,
    ENTITY_GROUP = 3,
    ENTITY_PROFILE = 4, /* instance profile */
    ENTITY_POLICY = 5,
    ENTITY_OIDC = 6, /* provider; by its URL without https:// */
    ENTITY_SAML = 7, /* provider */
    ENTITY_SERVER_CERTIFICATE = 8,
    ENTITY_MFA = 9, /* virtual device */
} EntityKind;

typedef struct Entity {
    int64_t key;
    unsigned kind; /* EntityKind */
    Bytes name, id, path;
    int64_t created_ms, updated_ms;
    Bytes document; /* of a role: who may assume it; of others: what the kind keeps */
    Bytes description;
    Bytes boundary; /* the ARN of a policy; absent: none */
    int32_t max_session_seconds;
    int32_t default_version, versions_made; /* of a policy */
} Entity;

#define PATH_OR_ROOT(path_) (present(path_) ? (path_) : TEXT("/"))

/* NoSuchEntity in AWS's words. */
MUST_CHECK Status entity_find(Call *call, EntityKind kind, Bytes name, Entity *ret_entity);
/* The same by its ARN; InvalidInput where that is no ARN of the kind. */
MUST_CHECK Status entity_find_by_arn(Call *call, EntityKind kind, Bytes arn, Entity *ret_entity);
/* STORE_OK or STORE_NOT_FOUND. */
MUST_CHECK int entity_look_up(const Scope *scope, EntityKind kind, Bytes name, Entity *ret_entity);
MUST_CHECK int entity_by_key(const Scope *scope, int64_t key, Entity *ret_entity);
/* The same, and UnmodifiableEntity for a role that AWS alone may change. */
MUST_CHECK Status entity_find_for_change(Call *call, EntityKind kind, Bytes name, Entity *ret_entity);
/* EntityAlreadyExists, LimitExceeded. */
MUST_CHECK Status entity_check_new(Call *call, EntityKind kind, Bytes name);
/* Fills in key, id and created_ms. */
MUST_CHECK int entity_insert(const Scope *scope, Entity *entity);
MUST_CHECK int entity_update(const Scope *scope, const Entity *entity);
/* With its tags and, of a policy, its versions; what else hangs on it was looked at by entity_check_free. */
MUST_CHECK int entity_delete(const Scope *scope, const Entity *entity);
/* arn:<partition>:iam::<account>:role/path/name */
Bytes entity_arn(const Scope *scope, const Entity *entity);
Bytes iam_arn(const Scope *scope, Bytes resource);
/* Four letters that say what it is, and 17 more. */
Bytes iam_id_new(const Scope *scope, const char *prefix);

/* Paging: Marker and MaxItems. */
typedef struct EntityPage {
    Bytes after;
    size_t limit;
} EntityPage;
MUST_CHECK Status list_page_begin(Call *call, Bytes marker, bool has_max_items, int32_t max_items,
                                  EntityPage *ret_page);
Bytes list_marker(const Scope *scope, Bytes last);
/* Of a list that was asked for one more than the limit; name: of the last item that is told. */
#define PAGE_END(out, list, name)                                                                                      \
    do {                                                                                                               \
        SET(out, is_truncated, (out)->list.len > page.limit);                                                          \
        if ((out)->is_truncated) {                                                                                     \
            (out)->list.len = page.limit;                                                                              \
            (out)->marker = list_marker(&call->scope, (out)->list.items[page.limit - 1] name);                         \
        }                                                                                                              \
    } while (0)

typedef struct EntityList {
    Entity *items;
    size_t len;
} EntityList;
/* By name, one more than the page's limit. */
MUST_CHECK int entities_list(const Scope *scope, EntityKind kind, Bytes path_prefix, const EntityPage *page,
                             EntityList *ret_list);
/* Users of a group, or the role of an instance profile. */
MUST_CHECK int members_list(const Scope *scope, int64_t container, const EntityPage *page, EntityList *ret_list);
/* The groups of a user, or the instance profiles of a role. */
MUST_CHECK int containers_list(const Scope *scope, int64_t member, const EntityPage *page, EntityList *ret_list);
MUST_CHECK int member_add(const Scope *scope, int64_t container, int64_t member);
MUST_CHECK int member_remove(const Scope *scope, int64_t container, int64_t member, bool *ret_was_there);
MUST_CHECK int entity_counts(const Scope *scope, int64_t key, int64_t *ret_inline, int64_t *ret_attached,
                             int64_t *ret_containers, int64_t *ret_members);
/* DeleteConflict, where something hangs on it. */
MUST_CHECK Status entity_check_free(Call *call, const Entity *entity);

/* tags.c */
MUST_CHECK Status entity_tags_check(Call *call, const IamtagListType *tags);
MUST_CHECK int entity_tags_put(const Scope *scope, const Entity *entity, const IamtagListType *tags);
MUST_CHECK int entity_tags(const Scope *scope, const Entity *entity, IamtagListType *ret_tags);
MUST_CHECK Status entity_tag(Call *call, const Entity *entity, const IamtagListType *tags);
MUST_CHECK Status entity_untag(Call *call, const Entity *entity, const IamtagKeyListType *keys);
MUST_CHECK Status entity_tags_page(Call *call, const Entity *entity, const EntityPage *page, IamtagListType *ret_tags);

/* Told. */
MUST_CHECK Status role_tell(Call *call, const Entity *entity, IamRole *ret_role);
IamAttachedPermissionsBoundary *boundary_tell(Call *call, Bytes arn);
/* NoSuchEntity where the policy isn't there; absent is fine. */
MUST_CHECK Status boundary_check(Call *call, Bytes arn);
