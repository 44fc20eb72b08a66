/* managed.h - the policies that AWS makes for everybody: arn:aws:iam::aws:policy/… */
#pragma once
#include "entity.h"

typedef struct ManagedPolicy {
    Bytes name, path; /* path: "/service-role/" */
    int32_t version;  /* the default one, and the only one kept */
    int64_t created_ms, updated_ms;
    Bytes document; /* absent: its name is known, its document isn't */
} ManagedPolicy;

typedef struct ManagedPolicies ManagedPolicies;

ManagedPolicies *managed_new(void);
ManagedPolicies *managed_free(ManagedPolicies *policies);
/* resource: "service-role/AWSLambdaBasicExecutionRole". NULL: there is none. */
const ManagedPolicy *managed_find(const ManagedPolicies *policies, Bytes resource);
/* By name; NULL behind the last. */
const ManagedPolicy *managed_at(const ManagedPolicies *policies, size_t at);
/* The same each time: AWS's own ids are in no list. */
Bytes managed_id(const Scope *scope, const ManagedPolicy *policy);
Bytes managed_arn(const Scope *scope, const ManagedPolicy *policy);
