/* simulate.c - SimulateCustomPolicy, SimulatePrincipalPolicy and the context keys they need: what policies would say to
 * calls that nobody makes. aws: IAM API Reference; IAM User Guide, "Policy evaluation logic". */
#include "budget.h"
#include "document.h"
#include "managed.h"
#include "policy_evaluate.h"
#include "simulated.h"

typedef struct Simulation {
    PolicyScene scene;
    SimulatedPolicies identity;
    Policy resource;
    PolicyRequest request;
    PolicyValues needed; /* context keys of all policies */
    bool is_of_principal;
} Simulation;

/* What both inputs have. */
typedef struct Asked {
    IamActionNameListType actions;
    IamResourceNameListType resources;
    Bytes resource_policy, resource_owner, caller_arn;
    IamContextEntryListType context;
    IamSimulationPolicyListType policies, boundaries;
    EntityPage page;
} Asked;

static Status read_policy(Call *call, Bytes document, const char *what, Policy *ret_policy)
{
    Bytes detail;
    if (policy_read(call->arena, document, ret_policy, &detail) == POLICY_FINE)
        return OK;
    return fail(call, &IAM_INVALID_INPUT, "%s contains a policy that is not valid.", what);
}

static Status read_policies(Call *call, const IamSimulationPolicyListType *documents, SimulatedPolicies *policies)
{
    for (size_t i = 0; i < documents->len; i++)
        TRY(simulated_add(call, policies, documents->items[i], arena_text(call->arena, "PolicyInputList.%zu", i + 1)));
    return OK;
}

static void read_context(Call *call, const Asked *asked, PolicyRequest *request)
{
    size_t room = asked->context.len + 8;
    PolicyContextEntry *entries = arena_new_array(call->arena, PolicyContextEntry, room);
    for (size_t i = 0; i < asked->context.len; i++) {
        const IamContextEntry *entry = &asked->context.items[i];
        entries[request->context_count++] = (PolicyContextEntry){
            entry->context_key_name, {entry->context_key_values.items, entry->context_key_values.len}};
    }
    request->context = entries;
}

/* What AWS itself knows of who calls. */
static void add_context(Call *call, PolicyRequest *request, const char *key, Bytes value)
{
    PolicyContextEntry *entry = (PolicyContextEntry *)(uintptr_t)&request->context[request->context_count];
    if (policy_context_find(request, bytes_of(key)) || !present(value))
        return;
    *entry = (PolicyContextEntry){bytes_of(key), {arena_new_of(call->arena, Bytes), 1}};
    entry->values.items[0] = value;
    request->context_count++;
}

static void tell_matches(Call *call, const Simulation *simulation, const PolicyOutcome *outcome,
                         IamStatementListType *ret_list)
{
    const PolicyVerdict *identity = &outcome->identity, *resource = &outcome->resource;
    ret_list->items = arena_new_array(call->arena, IamStatement, identity->matches_count + resource->matches_count + 1);
    for (size_t i = 0; i < identity->matches_count + resource->matches_count; i++) {
        bool is_own = i < identity->matches_count;
        const PolicyVerdict *verdict = is_own ? identity : resource;
        const PolicyMatch *match = &verdict->matches[is_own ? i : i - identity->matches_count];
        if (verdict->decision != outcome->decision)
            continue;
        const Policy *policy = is_own ? &simulation->identity.items[match->policy] : &simulation->resource;
        const PolicyStatement *statement = &policy->statements[match->statement];
        IamStatement *told = &ret_list->items[ret_list->len++];
        told->source_policy_id = is_own ? simulation->identity.names[match->policy] : TEXT("ResourcePolicy");
        told->source_policy_type = is_own ? TEXT("IAM Policy") : TEXT("Resource Policy");
        told->start_position = arena_new_of(call->arena, IamPosition);
        told->end_position = arena_new_of(call->arena, IamPosition);
        SET(told->start_position, line, (int32_t)statement->start.line);
        SET(told->start_position, column, (int32_t)statement->start.column);
        SET(told->end_position, line, (int32_t)statement->end.line);
        SET(told->end_position, column, (int32_t)statement->end.column);
    }
}

static void tell_missing(Call *call, const Simulation *simulation, IamContextKeyNamesResultListType *ret_list)
{
    budget_work(call->arena, simulation->needed.len * (simulation->request.context_count + 1) / 2);
    ret_list->items = arena_new_array(call->arena, Bytes, simulation->needed.len + 1);
    for (size_t i = 0; i < simulation->needed.len; i++)
        if (!policy_context_find(&simulation->request, simulation->needed.items[i]))
            ret_list->items[ret_list->len++] = simulation->needed.items[i];
}

static Bytes decision_text(PolicyDecision decision)
{
    return decision == POLICY_ALLOWED         ? TEXT("allowed")
           : decision == POLICY_EXPLICIT_DENY ? TEXT("explicitDeny")
                                              : TEXT("implicitDeny");
}

static IamPermissionsBoundaryDecisionDetail *tell_boundary(Call *call, const Simulation *simulation,
                                                           const PolicyOutcome *outcome)
{
    if (!simulation->scene.boundaries_count)
        return NULL;
    IamPermissionsBoundaryDecisionDetail *detail = arena_new_of(call->arena, IamPermissionsBoundaryDecisionDetail);
    SET(detail, allowed_by_permissions_boundary, outcome->boundary.decision == POLICY_ALLOWED);
    return detail;
}

static void simulate_one(Call *call, Simulation *simulation, Bytes resource, IamEvaluationResult *result)
{
    simulation->request.resource = resource;
    PolicyOutcome outcome = policies_decide(call->arena, &simulation->scene, &simulation->request);
    *result = (IamEvaluationResult){.eval_action_name = simulation->request.action,
                                    .eval_resource_name = resource,
                                    .eval_decision = decision_text(outcome.decision),
                                    .permissions_boundary_decision_detail = tell_boundary(call, simulation, &outcome)};
    tell_matches(call, simulation, &outcome, &result->matched_statements);
    tell_missing(call, simulation, &result->missing_context_values);
    result->eval_decision_details.items = arena_new_of(call->arena, IamEvalDecisionDetailsTypeEntry);
    if (!simulation->is_of_principal)
        return;
    result->organizations_decision_detail = arena_new_of(call->arena, IamOrganizationsDecisionDetail);
    SET(result->organizations_decision_detail, allowed_by_organizations, true);
}

/* aws: seen: a result for each action and resource; the resource's own is told again beside it. */
static void tell_specific(Call *call, IamEvaluationResult *result)
{
    IamResourceSpecificResult *specific = arena_new_of(call->arena, IamResourceSpecificResult);
    *specific = (IamResourceSpecificResult){.eval_resource_name = result->eval_resource_name,
                                            .eval_resource_decision = result->eval_decision,
                                            .matched_statements = result->matched_statements,
                                            .missing_context_values = result->missing_context_values,
                                            .permissions_boundary_decision_detail =
                                                result->permissions_boundary_decision_detail};
    result->resource_specific_results = (IamResourceSpecificResultListType){specific, 1};
}

static Status run(Call *call, const Asked *asked, Simulation *simulation, IamSimulatePolicyResponse *out)
{
    size_t resources = asked->resources.len ? asked->resources.len : 1, from = 0;
    size_t total = asked->actions.len * resources;
    int64_t after = 0;
    (void)bytes_to_int64(asked->page.after, &after);
    from = after > 0 && (size_t)after < total ? (size_t)after : 0;
    size_t count = total - from < asked->page.limit ? total - from : asked->page.limit;
    simulation->scene.identity = simulation->identity.items;
    simulation->scene.identity_count = simulation->identity.len;
    out->evaluation_results.items = arena_new_array(call->arena, IamEvaluationResult, count + 1);
    for (size_t at = from; at < from + count; at++) {
        IamEvaluationResult *result = &out->evaluation_results.items[out->evaluation_results.len++];
        simulation->request.action = asked->actions.items[at / resources];
        if (bytes_find(simulation->request.action, ':') <= 0)
            return fail(call, &IAM_INVALID_INPUT, "Invalid Action Name: " BYTES_FMT,
                        BYTES_ARG(simulation->request.action));
        simulate_one(call, simulation, asked->resources.len ? asked->resources.items[at % resources] : TEXT("*"),
                     result);
        if (asked->resources.len)
            tell_specific(call, result);
    }
    SET(out, is_truncated, from + count < total);
    if (out->is_truncated)
        out->marker = list_marker(&call->scope, arena_text(call->arena, "%zu", from + count));
    return OK;
}

static Status prepare(Call *call, const Asked *asked, Simulation *simulation)
{
    Arn caller;
    SimulatedPolicies boundaries = {0};
    TRY(read_policies(call, &asked->boundaries, &boundaries));
    if (boundaries.len) { /* those that are asked for, in place of what there is */
        simulation->scene.boundaries = boundaries.items;
        simulation->scene.boundaries_count = boundaries.len;
    }
    read_context(call, asked, &simulation->request);
    if (present(asked->resource_policy) && !present(asked->caller_arn) && !simulation->is_of_principal)
        return fail(call, &IAM_INVALID_INPUT,
                    "CallerArn is required when ResourcePolicy is specified and there is no principal to simulate.");
    if (present(asked->caller_arn))
        simulation->request.principal_arn = asked->caller_arn;
    if (present(simulation->request.principal_arn) && !arn_parse(simulation->request.principal_arn, &caller))
        return fail(call, &IAM_INVALID_INPUT, "Invalid ARN: " BYTES_FMT, BYTES_ARG(simulation->request.principal_arn));
    simulation->request.principal_account = present(simulation->request.principal_arn) ? caller.account : call->account;
    if (present(asked->resource_policy)) {
        TRY(read_policy(call, asked->resource_policy, "ResourcePolicy", &simulation->resource));
        simulation->scene.resource = &simulation->resource;
        policy_context_keys(call->arena, &simulation->resource, &simulation->needed);
    }
    Arn owner;
    if (present(asked->resource_owner))
        simulation->scene.resource_account =
            arn_parse(asked->resource_owner, &owner) ? owner.account : asked->resource_owner;
    for (size_t i = 0; i < simulation->identity.len; i++)
        policy_context_keys(call->arena, &simulation->identity.items[i], &simulation->needed);
    return OK;
}

OPERATION(IamSimulateCustomPolicy, simulate_custom_policy, READS);
static Status simulate_custom_policy(Call *call, const IamSimulateCustomPolicyInput *in,
                                     IamSimulateCustomPolicyOutput *out)
{
    Simulation *simulation = arena_new_of(call->arena, Simulation);
    Asked asked = {.actions = in->action_names,
                   .resources = in->resource_arns,
                   .resource_policy = in->resource_policy,
                   .resource_owner = in->resource_owner,
                   .caller_arn = in->caller_arn,
                   .context = in->context_entries,
                   .policies = in->policy_input_list,
                   .boundaries = in->permissions_boundary_policy_input_list};
    TRY(list_page_begin(call, in->marker, in->has_max_items, in->max_items, &asked.page));
    TRY(read_policies(call, &asked.policies, &simulation->identity));
    TRY(prepare(call, &asked, simulation));
    return run(call, &asked, simulation, out);
}

OPERATION(IamSimulatePrincipalPolicy, simulate_principal_policy, READS);
static Status simulate_principal_policy(Call *call, const IamSimulatePrincipalPolicyInput *in,
                                        IamSimulatePrincipalPolicyOutput *out)
{
    Entity source;
    SimulatedPolicies boundary = {0};
    Simulation *simulation = arena_new_of(call->arena, Simulation);
    Asked asked = {.actions = in->action_names,
                   .resources = in->resource_arns,
                   .resource_policy = in->resource_policy,
                   .resource_owner = in->resource_owner,
                   .caller_arn = in->caller_arn,
                   .context = in->context_entries,
                   .policies = in->policy_input_list,
                   .boundaries = in->permissions_boundary_policy_input_list};
    TRY(list_page_begin(call, in->marker, in->has_max_items, in->max_items, &asked.page));
    TRY(simulated_source(call, in->policy_source_arn, &source));
    simulation->is_of_principal = true;
    TRY(simulated_collect(call, &source, &simulation->identity));
    TRY(read_policies(call, &asked.policies, &simulation->identity));
    if (present(source.boundary))
        TRY(simulated_add_managed(call, &boundary, source.boundary));
    simulation->scene.boundaries = boundary.items;
    simulation->scene.boundaries_count = boundary.len;
    simulation->request.principal_arn = source.kind == ENTITY_GROUP ? (Bytes){0} : in->policy_source_arn;
    TRY(prepare(call, &asked, simulation));
    if (source.kind != ENTITY_GROUP)
        add_context(call, &simulation->request, "aws:PrincipalArn", in->policy_source_arn);
    add_context(call, &simulation->request, "aws:PrincipalAccount", call->account);
    if (source.kind == ENTITY_USER) {
        add_context(call, &simulation->request, "aws:username", source.name);
        add_context(call, &simulation->request, "aws:userid", source.id);
    }
    return run(call, &asked, simulation, out);
}

/* Context keys */

OPERATION(IamGetContextKeysForCustomPolicy, get_context_keys_for_custom_policy, READS);
static Status get_context_keys_for_custom_policy(Call *call, const IamGetContextKeysForCustomPolicyInput *in,
                                                 IamGetContextKeysForCustomPolicyOutput *out)
{
    SimulatedPolicies policies = {0};
    PolicyValues keys = {0};
    TRY(read_policies(call, &in->policy_input_list, &policies));
    for (size_t i = 0; i < policies.len; i++)
        policy_context_keys(call->arena, &policies.items[i], &keys);
    out->context_key_names = (IamContextKeyNamesResultListType){keys.items, keys.len};
    return OK;
}

OPERATION(IamGetContextKeysForPrincipalPolicy, get_context_keys_for_principal_policy, READS);
static Status get_context_keys_for_principal_policy(Call *call, const IamGetContextKeysForPrincipalPolicyInput *in,
                                                    IamGetContextKeysForPrincipalPolicyOutput *out)
{
    Entity source;
    SimulatedPolicies policies = {0};
    PolicyValues keys = {0};
    TRY(simulated_source(call, in->policy_source_arn, &source));
    TRY(simulated_collect(call, &source, &policies));
    TRY(read_policies(call, &in->policy_input_list, &policies));
    for (size_t i = 0; i < policies.len; i++)
        policy_context_keys(call->arena, &policies.items[i], &keys);
    out->context_key_names = (IamContextKeyNamesResultListType){keys.items, keys.len};
    return OK;
}
