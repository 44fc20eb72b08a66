/* evaluate.c - statements against a request, and what they decide together. */
#include "budget.h"
#include "compare.h"
#include "pattern.h"

typedef struct Judging {
    Arena *arena;
    const PolicyRequest *request;
    bool has_variables;
} Judging;

static const PolicyRequest *variables(const Judging *judging)
{
    return judging->has_variables ? judging->request : NULL;
}

const PolicyContextEntry *policy_context_find(const PolicyRequest *request, Bytes key)
{
    for (size_t i = 0; i < request->context_count; i++)
        if (bytes_equal_ignoring_case(request->context[i].key, key))
            return &request->context[i];
    return NULL;
}

/* Actions and resources */

static bool action_is_listed(const Judging *judging, const PolicyElement *element)
{
    Pattern pattern;
    for (size_t i = 0; i < element->values.len; i++)
        if (policy_pattern_read(judging->arena, element->values.items[i], NULL, true, &pattern) &&
            policy_pattern_matches(judging->arena, pattern, judging->request->action, true))
            return true;
    return false;
}

static bool resource_is_listed(const Judging *judging, const PolicyElement *element)
{
    Pattern pattern;
    for (size_t i = 0; i < element->values.len; i++)
        if (policy_pattern_read(judging->arena, element->values.items[i], variables(judging), true, &pattern) &&
            policy_pattern_matches(judging->arena, pattern, judging->request->resource, false))
            return true;
    return false;
}

/* Principals: aws: IAM User Guide, "AWS JSON policy elements: Principal". */

static bool is_root_of(Bytes value, Bytes account)
{
    Bytes suffix = TEXT(":root");
    if (bytes_equal(value, account))
        return true;
    if (value.len <= suffix.len + account.len ||
        !bytes_equal(bytes_slice(value, value.len - suffix.len, suffix.len), suffix))
        return false;
    return bytes_equal(bytes_slice(value, value.len - suffix.len - account.len, account.len), account);
}

static PolicyGrant grant_of(const PolicyRequest *request, const PolicyPrincipal *principal)
{
    Bytes value = principal->value;
    if (bytes_is(principal->type, "Service"))
        return present(request->principal_service) && bytes_equal(value, request->principal_service)
                   ? POLICY_TO_PRINCIPAL
                   : POLICY_TO_NOBODY;
    if (bytes_is(principal->type, "Federated"))
        return present(request->principal_federated) && bytes_equal(value, request->principal_federated)
                   ? POLICY_TO_PRINCIPAL
                   : POLICY_TO_NOBODY;
    if (!bytes_is(principal->type, "AWS") && !bytes_is(principal->type, "*"))
        return POLICY_TO_NOBODY;
    if (bytes_is(value, "*") || bytes_equal(value, request->principal_arn))
        return POLICY_TO_PRINCIPAL;
    if (present(request->principal_role) && bytes_equal(value, request->principal_role))
        return POLICY_TO_ROLE;
    return present(request->principal_account) && is_root_of(value, request->principal_account) ? POLICY_TO_ACCOUNT
                                                                                                : POLICY_TO_NOBODY;
}

static PolicyGrant principal_grant(const PolicyRequest *request, const PolicyStatement *statement)
{
    PolicyGrant best = POLICY_TO_NOBODY;
    for (size_t i = 0; i < statement->principals_count; i++) {
        PolicyGrant grant = grant_of(request, &statement->principals[i]);
        best = grant > best ? grant : best;
    }
    return best;
}

/* Those who are not named by NotPrincipal are meant as themselves. */
static PolicyGrant statement_grant(const PolicyRequest *request, const PolicyStatement *statement)
{
    if (!statement->has_principal)
        return POLICY_TO_NOBODY;
    PolicyGrant grant = principal_grant(request, statement);
    if (statement->is_not_principal)
        return grant == POLICY_TO_NOBODY ? POLICY_TO_PRINCIPAL : POLICY_TO_NOBODY;
    return grant;
}

/* Conditions */

static bool value_is_wanted(const Judging *judging, const ConditionOperator *op, const PolicyCondition *condition,
                            Bytes given)
{
    for (size_t i = 0; i < condition->values.len; i++) {
        budget_work(judging->arena, 4);
        if (condition_compare(judging->arena, op, condition->values.items[i], given, variables(judging)))
            return true;
    }
    return false;
}

static bool null_holds(const PolicyCondition *condition, bool is_absent)
{
    for (size_t i = 0; i < condition->values.len; i++)
        if (bytes_equal_ignoring_case(condition->values.items[i], is_absent ? TEXT("true") : TEXT("false")))
            return true;
    return false;
}

/* Without a value: aws: "If the key that you specify in a policy condition is not present in the request context, the
 * values do not match and the condition is false", but true for negated operators, for IfExists and for ForAllValues.
 */
static bool holds_without_value(const ConditionOperator *op)
{
    if (op->set != CONDITION_OF_ONE)
        return op->set == CONDITION_FOR_ALL || op->if_exists;
    return op->if_exists || op->is_not;
}

static bool condition_holds(const Judging *judging, const PolicyCondition *condition)
{
    ConditionOperator op;
    if (!condition_operator(condition->operator_name, &op))
        return false;
    const PolicyContextEntry *entry = policy_context_find(judging->request, condition->key);
    bool is_absent = !entry || !entry->values.len;
    if (op.type == CONDITION_NULL)
        return null_holds(condition, is_absent);
    if (is_absent)
        return holds_without_value(&op);
    for (size_t i = 0; i < entry->values.len; i++) {
        bool is_wanted = value_is_wanted(judging, &op, condition, entry->values.items[i]);
        bool is_met = is_wanted != op.is_not;
        if (op.set == CONDITION_FOR_ALL && !is_met)
            return false;
        if (op.set == CONDITION_FOR_ANY && is_met)
            return true;
        if (op.set == CONDITION_OF_ONE && is_wanted)
            return !op.is_not;
    }
    return op.set == CONDITION_FOR_ALL || (op.set == CONDITION_OF_ONE && op.is_not);
}

static bool statement_matches(const Judging *judging, const PolicyStatement *statement)
{
    budget_work(judging->arena, 4);
    if (action_is_listed(judging, &statement->action) == statement->action.is_not)
        return false;
    if (statement->resource.is_there && resource_is_listed(judging, &statement->resource) == statement->resource.is_not)
        return false;
    if (statement->has_principal && statement_grant(judging->request, statement) == POLICY_TO_NOBODY)
        return false;
    for (size_t i = 0; i < statement->conditions_count; i++)
        if (!condition_holds(judging, &statement->conditions[i]))
            return false;
    return true;
}

/* Several */

static size_t count_statements(const Policy *policies, size_t count)
{
    size_t statements = 0;
    for (size_t i = 0; i < count; i++)
        statements += policies[i].statements_count;
    return statements;
}

PolicyVerdict policies_judge(Arena *arena, const Policy *policies, size_t count, const PolicyRequest *request)
{
    PolicyVerdict verdict = {0};
    verdict.matches = arena_new_array(arena, PolicyMatch, count_statements(policies, count) + 1);
    for (size_t i = 0; i < count; i++) {
        Judging judging = {arena, request, policies[i].has_variables};
        for (size_t at = 0; at < policies[i].statements_count; at++) {
            const PolicyStatement *statement = &policies[i].statements[at];
            ArenaMark mark = arena_mark(arena);
            bool matches = statement_matches(&judging, statement);
            arena_rewind(arena, mark);
            if (!matches || (statement->allows && verdict.decision == POLICY_EXPLICIT_DENY))
                continue;
            if (!statement->allows && verdict.decision != POLICY_EXPLICIT_DENY)
                verdict.matches_count = 0; /* those that allow no longer count */
            verdict.decision = statement->allows ? POLICY_ALLOWED : POLICY_EXPLICIT_DENY;
            PolicyGrant grant = statement->allows ? statement_grant(request, statement) : POLICY_TO_NOBODY;
            verdict.grant = grant > verdict.grant ? grant : verdict.grant;
            verdict.matches[verdict.matches_count++] = (PolicyMatch){i, at};
        }
    }
    return verdict;
}

/* aws: "Policy evaluation logic": a deny anywhere; then the resource's policy, which alone is enough within an account;
 * then the boundary and the identity's own, which must both allow. */
PolicyOutcome policies_decide(Arena *arena, const PolicyScene *scene, const PolicyRequest *request)
{
    PolicyOutcome outcome = {0};
    bool is_own = !present(scene->resource_account) || bytes_equal(scene->resource_account, request->principal_account);
    outcome.identity = policies_judge(arena, scene->identity, scene->identity_count, request);
    outcome.boundary = policies_judge(arena, scene->boundaries, scene->boundaries_count, request);
    if (scene->resource)
        outcome.resource = policies_judge(arena, scene->resource, 1, request);
    bool has_boundary = scene->boundaries_count > 0;
    bool by_identity =
        outcome.identity.decision == POLICY_ALLOWED && (!has_boundary || outcome.boundary.decision == POLICY_ALLOWED);
    bool by_resource = outcome.resource.decision == POLICY_ALLOWED;
    if (outcome.identity.decision == POLICY_EXPLICIT_DENY || outcome.boundary.decision == POLICY_EXPLICIT_DENY ||
        outcome.resource.decision == POLICY_EXPLICIT_DENY)
        outcome.decision = POLICY_EXPLICIT_DENY;
    else if (is_own ? by_identity || by_resource : by_identity && by_resource)
        outcome.decision = POLICY_ALLOWED;
    return outcome;
}

/* Context keys */

static void add_key(Arena *arena, PolicyValues *keys, Bytes key)
{
    budget_work(arena, keys->len + 1);
    for (size_t i = 0; i < keys->len; i++)
        if (bytes_equal_ignoring_case(keys->items[i], key))
            return;
    if (keys->len % 16 == 0)
        keys->items = arena_grown(arena, keys->items, keys->len * sizeof(Bytes), (keys->len + 16) * sizeof(Bytes));
    keys->items[keys->len++] = key;
}

static void add_variables(Arena *arena, PolicyValues *keys, const PolicyValues *values)
{
    for (size_t i = 0; i < values->len; i++) {
        Bytes text = values->items[i], key, fallback;
        for (size_t at = 0, len; at < text.len; at += len)
            if (text.ptr[at] != '$' ||
                !policy_pattern_variable(bytes_slice(text, at, text.len - at), &key, &fallback, &len))
                len = 1;
            else if (key.len > 1)
                add_key(arena, keys, key);
    }
}

void policy_context_keys(Arena *arena, const Policy *policy, PolicyValues *keys)
{
    for (size_t i = 0; i < policy->statements_count; i++) {
        const PolicyStatement *statement = &policy->statements[i];
        if (policy->has_variables)
            add_variables(arena, keys, &statement->resource.values);
        for (size_t at = 0; at < statement->conditions_count; at++) {
            add_key(arena, keys, statement->conditions[at].key);
            if (policy->has_variables)
                add_variables(arena, keys, &statement->conditions[at].values);
        }
    }
}
