/* decide.c - policies about one thing. aws: IAM User Guide, "Policy evaluation logic", "Policy evaluation for requests
 * within a single account", "Cross-account policy evaluation logic". */
#include "scene.h"

typedef struct Verdicts {
    PolicyVerdict identity, boundary, session, resource;
} Verdicts;

typedef struct Target {
    PermissionResource found;
    bool is_own; /* of who calls */
} Target;

static Status find_target(const Question *question, FactList *tags, Target *ret)
{
    Arn arn;
    Call *call = question->call;
    *ret = (Target){.found = {.action = question->need->action, .arn = question->need->resource, .tags = tags}};
    if (arn_parse(question->need->resource, &arn)) {
        Scope scope = scope_for(&call->scope, call->service);
        if (arn.account.len == 12)
            scope.account = ret->found.account = arn.account;
        if (arn.region.len)
            scope.region = arn.region;
        if (question->of && question->of->resource)
            TRY(expect_ok(call, question->of->resource(&scope, &ret->found)));
    }
    if (!present(ret->found.account))
        ret->found.account = call->account;
    ret->is_own = bytes_equal(ret->found.account, question->actor->principal->account);
    return OK;
}

static PolicyContextEntry *context_of(Arena *arena, const FactList *facts, const FactList *tags, size_t *ret_count)
{
    PolicyContextEntry *all = arena_new_array(arena, PolicyContextEntry, facts->len + tags->len + 1);
    *ret_count = 0;
    for (size_t i = 0; i < facts->len; i++)
        all[(*ret_count)++] = (PolicyContextEntry){facts->items[i].key, {facts->items[i].values, facts->items[i].len}};
    for (size_t i = 0; i < tags->len; i++)
        all[(*ret_count)++] = (PolicyContextEntry){tags->items[i].key, {tags->items[i].values, tags->items[i].len}};
    return all;
}

static void judge_resource(Arena *arena, Bytes document, const PolicyRequest *request, PolicyVerdict *ret)
{
    Policy policy;
    Bytes detail;
    if (present(document) && policy_read(arena, document, &policy, &detail) == POLICY_FINE)
        *ret = policies_judge(arena, &policy, 1, request);
}

static void judge(const Question *question, const Target *target, const PolicyRequest *request, Verdicts *ret)
{
    Arena *arena = question->call->arena;
    const Actor *actor = question->actor;
    *ret = (Verdicts){0};
    ret->identity = policies_judge(arena, actor->own.identity, actor->own.identity_count, request);
    ret->boundary = policies_judge(arena, actor->own.boundary, actor->own.boundary_count, request);
    ret->session = policies_judge(arena, actor->session, actor->session_count, request);
    judge_resource(arena, target->found.policy, request, &ret->resource);
    bool is_roots = present(actor->principal->basis) &&
                    bytes_equal(actor->principal->basis, actor->principal->arn_of_root); /* its own, or its session's */
    if (is_roots && ret->identity.decision == POLICY_IMPLICIT_DENY)
        ret->identity.decision = POLICY_ALLOWED;
}

static bool denies(const PolicyVerdict *verdict)
{
    return verdict->decision == POLICY_EXPLICIT_DENY;
}

static bool allows(const PolicyVerdict *verdict)
{
    return verdict->decision == POLICY_ALLOWED;
}

static Ground explicit_ground(const Verdicts *verdicts)
{
    return denies(&verdicts->identity)   ? GROUND_IDENTITY
           : denies(&verdicts->resource) ? GROUND_RESOURCE
           : denies(&verdicts->boundary) ? GROUND_BOUNDARY
           : denies(&verdicts->session)  ? GROUND_SESSION
                                         : GROUND_NONE;
}

/* What boundary and session leave; the identity's own, where it is asked for. */
static Ground own_ground(const Actor *actor, const Verdicts *verdicts, bool needs_identity)
{
    if (needs_identity && !allows(&verdicts->identity))
        return GROUND_IDENTITY;
    if (actor->own.has_boundary && !allows(&verdicts->boundary))
        return GROUND_BOUNDARY;
    if (actor->has_session && !allows(&verdicts->session))
        return GROUND_SESSION;
    return GROUND_NONE;
}

/* Nothing denies it outright: does enough allow it? */
static Ground implicit_ground(const Question *question, const Target *target, const Verdicts *verdicts,
                              Decision *decision)
{
    const Actor *actor = question->actor;
    PolicyGrant grant = allows(&verdicts->resource) ? verdicts->resource.grant : POLICY_TO_NOBODY;
    bool has_other = question->of && question->of->grants &&
                     question->of->grants(question->call, question->in, question->need,
                                          present(actor->role) ? actor->role : actor->principal->arn);
    /* Who stands for somebody without policies is not granted what root is. */
    bool is_root = actor->principal->kind == PRINCIPAL_ROOT;
    decision->was_granted = !is_root && (grant > POLICY_TO_ACCOUNT || has_other);
    if (has_other)
        return own_ground(actor, verdicts, false);
    if (!target->is_own && grant == POLICY_TO_NOBODY)
        return own_ground(actor, verdicts, true) == GROUND_NONE || actor->principal->kind == PRINCIPAL_NOBODY
                   ? GROUND_RESOURCE
                   : GROUND_IDENTITY;
    if (!target->is_own)
        return actor->principal->kind == PRINCIPAL_NOBODY ? GROUND_NONE : own_ground(actor, verdicts, true);
    if (grant == POLICY_TO_PRINCIPAL)
        return GROUND_NONE;
    if (grant == POLICY_TO_ROLE)
        return own_ground(actor, verdicts, false);
    if (target->found.needs_policy && grant == POLICY_TO_NOBODY)
        return GROUND_RESOURCE;
    return own_ground(actor, verdicts, true);
}

/* Whose token is brought, where nobody signed. */
static Bytes provider_of(const Question *question)
{
    const FactList *facts = question->facts;
    for (size_t i = 0; question->actor->principal->kind == PRINCIPAL_NOBODY && i < facts->len; i++)
        if (bytes_is(facts->items[i].key, "aws:FederatedProvider"))
            return facts->items[i].values[0];
    return (Bytes){0};
}

Status decide(const Question *question, Decision *ret_decision)
{
    Arena *arena = question->call->arena;
    const Principal *principal = question->actor->principal;
    FactList tags = {.arena = arena};
    Target target;
    Verdicts verdicts;
    TRY(find_target(question, &tags, &target));
    if (target.found.is_nowhere) {
        *ret_decision = (Decision){.is_moot = true, .resource = target.found.arn};
        return OK;
    }
    fact_add(&tags, TEXT("aws:ResourceAccount"), target.found.account);
    PolicyRequest request = {.action = question->need->action,
                             .resource = target.found.arn,
                             .principal_arn = principal->arn,
                             .principal_account = principal->account,
                             .principal_role = question->actor->role,
                             .principal_federated = provider_of(question),
                             .principal_service =
                                 principal->kind == PRINCIPAL_NOBODY ? principal->service : (Bytes){0}};
    request.context = context_of(arena, question->facts, &tags, &request.context_count);
    judge(question, &target, &request, &verdicts);
    *ret_decision = (Decision){.ground = explicit_ground(&verdicts),
                               .resource = target.found.arn,
                               .is_trust = bytes_starts_with(question->need->action, TEXT("sts:AssumeRole"))};
    ret_decision->is_explicit = ret_decision->ground != GROUND_NONE;
    if (!ret_decision->is_explicit)
        ret_decision->ground = implicit_ground(question, &target, &verdicts, ret_decision);
    return OK;
}
