/* permission.h - what an operation asks of its caller's policies: a table beside each service's operations, which
 * whoever decides (auth) reads. aws: Service Authorization Reference, "Actions, resources, and condition keys for …".
 */
#pragma once
#include "call.h"
#include "tagging.h"

/* One thing that must be allowed. */
typedef struct Need {
    Bytes action;   /* "kinesis:PutRecord" */
    Bytes resource; /* an ARN, or "*": none in particular */
    Bytes noted;    /* what a policy should say in its place, wildcards and all; absent: the same */
} Need;

typedef struct NeedList {
    Arena *arena;
    Bytes self; /* the ARN of who calls: a user's, a role's */
    Need *items;
    size_t len, room;
} NeedList;
void need_add(NeedList *needs, Bytes action, Bytes resource);

/* What is known of a request, for conditions: "s3:prefix" and its values. */
typedef struct Fact {
    Bytes key;
    Bytes *values;
    size_t len;
} Fact;
typedef struct FactList {
    Arena *arena;
    Fact *items;
    size_t len, room;
} FactList;
/* Of a key that is there: one more value. An absent value is none. */
void fact_add(FactList *facts, Bytes key, Bytes value);
void fact_add_tags(FactList *facts, Tags tags); /* of a resource: "aws:ResourceTag/…" */

/* Of an operation. */
typedef struct Permission {
    const char *operation; /* "PutRecord" */
    /* NULL: "<prefix>:<operation>"; several with spaces between; "": it asks for nothing. */
    const char *action;
    /* Alternatives with spaces between, the first that can be made counts: "{StreamARN} stream/{StreamName}". {A.B} is
     * a member of the input, {A[]} each of a list, {@self} who calls, {@account} their account. The first value, where
     * it is an ARN already, stands for all before it; a later one may be anything that looks like one: an object's key.
     * NULL: "*". */
    const char *resource;
    /* Instead of all that. */
    void (*needs)(Call *call, const void *in, NeedList *needs);
} Permission;

/* A condition key whose values are a member of the input. */
typedef struct PermissionKey {
    const char *key, *member; /* "s3:prefix", "Prefix" */
} PermissionKey;

typedef enum ArnForm { ARN_OF_REGION, ARN_OF_ACCOUNT, ARN_OF_ALL } ArnForm; /* which of the two stand in its ARNs */

/* What is to be known of a resource; all zero at first, but for the ARN. */
typedef struct PermissionResource {
    Bytes action;
    Bytes arn;         /* may be put right: a path added, a key in the place of its alias */
    Bytes account;     /* whose it is, where the ARN does not say it */
    Bytes policy;      /* absent: it has none */
    bool is_nowhere;   /* nobody is denied what isn't there: the operation says so */
    bool needs_policy; /* without its policy's leave nobody may do anything: KMS's keys, roles' trust */
    FactList *tags;    /* to be filled in: "aws:ResourceTag/…" */
} PermissionResource;

typedef struct PermissionsOf {
    const char *prefix; /* of actions, and of ARNs */
    ArnForm arns;
    const Permission *rows;    /* one of each operation; ends with a NULL operation */
    const PermissionKey *keys; /* ends with a NULL key; NULL: none */
    /* Members of inputs that are roles handed to the service, which the caller must be allowed to pass; ends with NULL.
     * NULL: none. */
    const char *const *roles;
    const char *passed_to; /* "firehose.amazonaws.com": who is to act by them */
    /* Further facts. NULL: none. */
    void (*facts)(Call *call, const void *in, FactList *facts);
    /* Looks the resource up; the scope is of the account and region that its ARN has. The store's codes; what isn't
     * there is left as it is. NULL: nothing is to be known. */
    int (*resource)(const Scope *scope, PermissionResource *resource);
    /* Leave by other means than policies: KMS's grants. NULL: there are none. */
    bool (*grants)(Call *call, const void *in, const Need *need, Bytes principal);
} PermissionsOf;

/* What the call needs, by the table. */
void permission_needs(Call *call, const PermissionsOf *of, const void *in, NeedList *needs);
/* The table's keys, and tags that the request brings: "aws:RequestTag/…", "aws:TagKeys". */
void permission_facts(Call *call, const PermissionsOf *of, const void *in, FactList *facts);
/* NULL: there is no row. */
const Permission *permission_of(const PermissionsOf *of, const char *operation);
/* A member of the input as text, the first where there are several: "TableName", "A.B"; absent: it isn't there. */
Bytes permission_member(Call *call, const void *in, const char *path);
/* All of them. */
typedef struct PermissionTexts {
    Bytes *items;
    size_t len;
} PermissionTexts;
PermissionTexts permission_members(Call *call, const void *in, const char *path);
/* "arn:aws:kinesis:us-east-1:000000000000:" and what follows. */
Bytes permission_arn(Call *call, const PermissionsOf *of, Bytes resource);
/* The action of the call's own name on a resource, which is made an ARN. */
void permission_need(Call *call, const PermissionsOf *of, NeedList *needs, Bytes resource);
/* What stands behind "<kind>/" in the resource of an ARN: a name; absent: it is another. */
Bytes permission_name(Bytes arn, const char *kind);
