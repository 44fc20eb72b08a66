/* policy_document.h - AWS's policy language: a document read, and what is wrong with it.
 * aws: IAM User Guide, "Grammar of the IAM JSON policy language". Knows no service and no store. */
#pragma once
#include "json_tree.h"

#define POLICY_DEPTH_MAX 16 /* levels of JSON; the grammar needs six */

/* In whose place the policy stands: what it must and must not have. */
typedef enum PolicyKind {
    POLICY_OF_IDENTITY, /* no principal; actions and resources */
    POLICY_OF_TRUST,    /* of a role: principal and STS actions; no resource */
    POLICY_OF_RESOURCE, /* principal, actions; mostly resources */
} PolicyKind;

typedef enum PolicyFault {
    POLICY_FINE,
    POLICY_BAD_JSON,
    POLICY_BAD_SYNTAX,    /* JSON, but not the grammar's; detail: the element */
    POLICY_OLD_VERSION,   /* an identity's must be of 2012-10-17 */
    POLICY_NO_ACTION,     /* a statement without */
    POLICY_NO_RESOURCE,   /* a statement without */
    POLICY_NO_PRINCIPAL,  /* a statement without */
    POLICY_HAS_PRINCIPAL, /* an identity's statement with one */
    POLICY_HAS_RESOURCE,  /* a trust policy's statement with one */
    POLICY_BAD_ACTION,    /* "GetItem": no service before it */
    POLICY_BAD_VENDOR,    /* detail: what stands before the colon */
    POLICY_TWO_COLONS,    /* in an action */
    POLICY_BAD_RESOURCE,  /* detail: what is neither "*" nor an ARN */
    POLICY_BAD_PARTITION, /* detail: the resource */
    POLICY_BAD_PRINCIPAL, /* detail: "AWS":"…" */
    POLICY_SID_TWICE,
    POLICY_BAD_SID,
    POLICY_FOREIGN_ACTION, /* a trust policy's that isn't STS's */
} PolicyFault;

typedef TreePlace PolicyPlace;

typedef struct PolicyValues {
    Bytes *items;
    size_t len;
} PolicyValues;

/* "Action" or "NotAction" and so on: what is listed, or all but that. */
typedef struct PolicyElement {
    PolicyValues values;
    bool is_there, is_not;
} PolicyElement;

typedef struct PolicyPrincipal {
    Bytes type; /* "AWS", "Service", "Federated", "CanonicalUser"; "*" for "Principal": "*" */
    Bytes value;
} PolicyPrincipal;

typedef struct PolicyCondition {
    Bytes operator_name, key; /* "ForAnyValue:StringLike", "aws:SourceIp" */
    PolicyValues values;
} PolicyCondition;

typedef struct PolicyStatement {
    Bytes sid;
    bool allows;
    PolicyElement action, resource;
    PolicyPrincipal *principals;
    size_t principals_count;
    bool has_principal, is_not_principal;
    PolicyCondition *conditions;
    size_t conditions_count;
    PolicyPlace start, end; /* behind its first brace and behind its last, as IAM counts */
} PolicyStatement;

typedef struct Policy {
    Bytes version, id;
    bool has_variables; /* of 2012-10-17: "${aws:username}" stands for something */
    PolicyStatement *statements;
    size_t statements_count;
} Policy;

/* Everything is of the arena, values point into copies. ret_detail: what the fault is about; absent where nothing is to
 * be said. */
PolicyFault policy_read(Arena *arena, Bytes document, Policy *ret_policy, Bytes *ret_detail);
/* What the kind asks for beyond the grammar. */
PolicyFault policy_judge(Arena *arena, const Policy *policy, PolicyKind kind, Bytes *ret_detail);
/* How many characters AWS counts: white space outside of strings isn't. */
size_t policy_size(Bytes document);
