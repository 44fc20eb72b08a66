/* legacy.c */
#include "legacy.h"

#define INVALID "One or more parameter values were invalid: "

#define KIND(name) (1u << VALUE_##name)
#define PREFIX     (KIND(S) | KIND(B))
#define ORDERED    (PREFIX | KIND(N))
#define SCALAR     (ORDERED | KIND(BOOL) | KIND(NULL))

static const struct Operator {
    const char *name;
    NodeKind kind;
    bool is_negated;
    size_t min, max; /* of operands */
    unsigned kinds;  /* that they may be; 0: any */
} operators[] = {
    {"EQ", NODE_EQ, false, 1, 1, 0},
    {"NE", NODE_NE, false, 1, 1, 0},
    {"LE", NODE_LE, false, 1, 1, ORDERED},
    {"LT", NODE_LT, false, 1, 1, ORDERED},
    {"GE", NODE_GE, false, 1, 1, ORDERED},
    {"GT", NODE_GT, false, 1, 1, ORDERED},
    {"IN", NODE_IN, false, 1, EXPRESSION_IN_MAX, ORDERED},
    {"BETWEEN", NODE_BETWEEN, false, 2, 2, ORDERED},
    {"NOT_NULL", NODE_ATTRIBUTE_EXISTS, false, 0, 0, 0},
    {"NULL", NODE_ATTRIBUTE_NOT_EXISTS, false, 0, 0, 0},
    {"CONTAINS", NODE_CONTAINS, false, 1, 1, SCALAR},
    {"NOT_CONTAINS", NODE_CONTAINS, true, 1, 1, SCALAR},
    {"BEGINS_WITH", NODE_BEGINS_WITH, false, 1, 1, PREFIX},
};

static const struct Operator *operator_of(Bytes name)
{
    for (size_t i = 0; i < sizeof operators / sizeof *operators; i++)
        if (bytes_is(name, operators[i].name))
            return &operators[i];
    return NULL;
}

/* aws: API reference, Condition, ComparisonOperator: which types each takes; those of one list are the same. */
static Status check_operands(Call *call, const struct Operator *operator_, const DynamodbAttributeValueList *operands)
{
    int order = 0;
    if (operands->len < operator_->min || operands->len > operator_->max)
        return fail(call, &DYNAMODB_VALIDATION, INVALID "Invalid number of argument(s) for the %s ComparisonOperator",
                    operator_->name);
    for (size_t i = 0; i < operands->len; i++)
        if (operator_->kinds && !(1u << operands->items[i].kind & operator_->kinds))
            return fail(call, &DYNAMODB_VALIDATION,
                        INVALID "ComparisonOperator %s is not valid for %s AttributeValue type", operator_->name,
                        value_kind_name(operands->items[i].kind));
    for (size_t i = 1; i < operands->len; i++)
        if (operands->items[i].kind != operands->items[0].kind)
            return fail(call, &DYNAMODB_VALIDATION,
                        INVALID "AttributeValues inside AttributeValueList must be of same type");
    if (operator_->kind == NODE_BETWEEN && value_order(&operands->items[0], &operands->items[1], &order) && order > 0)
        return fail(call, &DYNAMODB_VALIDATION,
                    "The BETWEEN condition was provided a range where the lower bound is greater than the upper bound");
    return OK;
}

static Status check_name(Call *call, Bytes name)
{
    return attribute_name_is_fine(name) ? OK : attribute_name_refuse(call, name);
}

/* aws: the words are the service's, of both */
static Status check_joined(Call *call, Bytes conditional_operator, size_t conditions)
{
    if (!present(conditional_operator) || conditions > 1)
        return OK;
    return fail(call, &DYNAMODB_VALIDATION,
                conditions ? "ConditionalOperator can only be used when Filter or Expected has two or more elements"
                           : "ConditionalOperator cannot be used without Filter or Expected");
}

/* aws: where the attribute is missing, CONTAINS and NOT_CONTAINS are both false (Alternator's tests, which are held
 * against AWS: test_update_expected_1_not_contains; DynamoDB Local does likewise) */
static Node *of_what_is_there(Arena *arena, Bytes attribute, Node *condition)
{
    Node *path = node_of_path(arena, path_of_name(arena, attribute));
    return node_new(arena, NODE_AND, node_new(arena, NODE_ATTRIBUTE_EXISTS, path, NULL), condition);
}

static Status compare(Call *call, Bytes attribute, Bytes comparison, DynamodbAttributeValueList *operands, Node **ret)
{
    const struct Operator *operator_ = operator_of(comparison); /* the model's enum has been checked */
    Node *node = node_of_path(call->arena, path_of_name(call->arena, attribute));
    TRY(check_name(call, attribute));
    for (size_t i = 0; i < operands->len; i++) {
        TRY(value_normalise(call, &operands->items[i]));
        node_append(node, node_of_value(call->arena, &operands->items[i]));
    }
    TRY(check_operands(call, operator_, operands));
    *ret = node_new(call->arena, operator_->kind, node, NULL);
    if (operator_->is_negated)
        *ret = of_what_is_there(call->arena, attribute, node_new(call->arena, NODE_NOT, *ret, NULL));
    return OK;
}

/* Conditions one after the other: one node holds them all, so that no number of them makes a deep tree. */
typedef struct Conjunction {
    Node *all, *last;
} Conjunction;

static void join(Arena *arena, Conjunction *conjunction, Node *node, Bytes conditional_operator)
{
    if (!conjunction->all) {
        conjunction->all = node;
    } else if (conjunction->all == conjunction->last) {
        NodeKind kind = bytes_is(conditional_operator, "OR") ? NODE_OR : NODE_AND;
        conjunction->all = node_new(arena, kind, conjunction->all, node);
    } else {
        conjunction->last->next = node;
    }
    conjunction->last = node;
}

/* Value is an AttributeValueList of one. */
static Status expect_comparison(Call *call, Bytes attribute, DynamodbExpectedAttributeValue *expected, Node **ret)
{
    DynamodbAttributeValueList operands = expected->attribute_value_list;
    const struct Operator *operator_ = operator_of(expected->comparison_operator);
    if (expected->has_exists)
        return fail(call, &DYNAMODB_VALIDATION,
                    INVALID "Exists and ComparisonOperator cannot be used together for Attribute: " BYTES_FMT,
                    BYTES_ARG(attribute));
    if (expected->value)
        operands = (DynamodbAttributeValueList){expected->value, 1};
    if (!operands.items && operator_->min)
        return fail(call, &DYNAMODB_VALIDATION,
                    INVALID
                    "Value or AttributeValueList must be used with ComparisonOperator: %s for Attribute: " BYTES_FMT,
                    operator_->name, BYTES_ARG(attribute));
    return compare(call, attribute, expected->comparison_operator, &operands, ret);
}

static Status expect(Call *call, Bytes attribute, DynamodbExpectedAttributeValue *expected, Node **ret)
{
    bool exists = expected->has_exists ? expected->exists : true;
    Node *path = node_of_path(call->arena, path_of_name(call->arena, attribute));
    TRY(check_name(call, attribute));
    if (expected->value && expected->attribute_value_list.items)
        return fail(call, &DYNAMODB_VALIDATION,
                    INVALID "Value and AttributeValueList cannot be used together for Attribute: " BYTES_FMT,
                    BYTES_ARG(attribute));
    if (present(expected->comparison_operator))
        return expect_comparison(call, attribute, expected, ret);
    if (expected->attribute_value_list.items)
        return fail(call, &DYNAMODB_VALIDATION,
                    INVALID "AttributeValueList can only be used with a ComparisonOperator for Attribute: " BYTES_FMT,
                    BYTES_ARG(attribute));
    if (exists != (expected->value != NULL))
        return fail(call, &DYNAMODB_VALIDATION,
                    exists ? INVALID "Value must be provided when Exists is %s for Attribute: " BYTES_FMT
                           : INVALID "Value cannot be used when Exists is %s for Attribute: " BYTES_FMT,
                    !expected->has_exists ? "null"
                    : exists              ? "true"
                                          : "false",
                    BYTES_ARG(attribute));
    if (!exists) {
        *ret = node_new(call->arena, NODE_ATTRIBUTE_NOT_EXISTS, path, NULL);
        return OK;
    }
    TRY(value_normalise(call, expected->value));
    *ret = node_new(call->arena, NODE_EQ, path, node_of_value(call->arena, expected->value));
    return OK;
}

Status legacy_expected(Call *call, const DynamodbExpectedAttributeMap *expected, Bytes conditional_operator, Node **ret)
{
    Conjunction conjunction = {0};
    TRY(check_joined(call, conditional_operator, expected->len));
    for (size_t i = 0; i < expected->len; i++) {
        Node *node;
        TRY(expect(call, expected->items[i].key, &expected->items[i].value, &node));
        join(call->arena, &conjunction, node, conditional_operator);
    }
    *ret = conjunction.all;
    return OK;
}

Status legacy_conditions(Call *call, const DynamodbFilterConditionMap *conditions, Bytes conditional_operator,
                         Node **ret)
{
    Conjunction conjunction = {0};
    TRY(check_joined(call, conditional_operator, conditions->len));
    for (size_t i = 0; i < conditions->len; i++) {
        DynamodbCondition *condition = &conditions->items[i].value;
        Node *node;
        TRY(compare(call, conditions->items[i].key, condition->comparison_operator, &condition->attribute_value_list,
                    &node));
        join(call->arena, &conjunction, node, conditional_operator);
    }
    *ret = conjunction.all;
    return *ret ? node_check(call, EXPRESSION_FILTER, *ret) : OK;
}

static Status update_one(Call *call, Bytes attribute, DynamodbAttributeValueUpdate *update, Action *ret)
{
    bool is_delete = bytes_is(update->action, "DELETE"), is_add = bytes_is(update->action, "ADD");
    *ret = (Action){.path = path_of_name(call->arena, attribute)};
    TRY(check_name(call, attribute));
    ret->kind = is_delete ? update->value ? ACTION_DELETE : ACTION_REMOVE : is_add ? ACTION_ADD : ACTION_SET;
    if (ret->kind == ACTION_REMOVE)
        return OK;
    if (!update->value)
        return fail(call, &DYNAMODB_VALIDATION,
                    INVALID "Only DELETE action is allowed when no attribute value is specified");
    TRY(value_normalise(call, update->value));
    ret->operand = node_of_value(call->arena, update->value);
    int kind = update->value->kind;
    if (is_add && kind != VALUE_N && kind != VALUE_L && (kind < VALUE_SS || kind > VALUE_BS))
        return fail(call, &DYNAMODB_VALIDATION, INVALID "ADD action is not supported for the type %s",
                    value_kind_word(kind));
    if (is_delete && (kind < VALUE_SS || kind > VALUE_BS))
        return fail(call, &DYNAMODB_VALIDATION, INVALID "DELETE action with value is not supported for the type %s",
                    value_kind_word(kind));
    return OK;
}

Status legacy_updates(Call *call, const DynamodbAttributeUpdates *updates, Expression *ret)
{
    *ret = (Expression){0};
    for (size_t i = 0; i < updates->len; i++) {
        Action *action = arena_new_of(call->arena, Action);
        TRY(update_one(call, updates->items[i].key, &updates->items[i].value, action));
        action->is_legacy = true;
        expression_add_action(ret, action);
    }
    ret->set = paths_sort(call->arena, ret->paths);
    return OK;
}

Status legacy_attributes(Call *call, const DynamodbAttributeNameList *names, const PathSet **ret)
{
    ptrdiff_t twice = bytes_find_double(call->arena, names->items, names->len, sizeof *names->items);
    Path *paths = arena_new_array(call->arena, Path, names->len);
    PathStep *steps = arena_new_array(call->arena, PathStep, names->len);
    if (twice >= 0)
        return fail(call, &DYNAMODB_VALIDATION, INVALID "Duplicate value in attribute name: " BYTES_FMT,
                    BYTES_ARG(names->items[twice]));
    for (size_t i = 0; i < names->len; i++) {
        TRY(check_name(call, names->items[i]));
        steps[i].name = names->items[i];
        paths[i] = (Path){.steps = &steps[i], .len = 1, .next = i + 1 < names->len ? &paths[i + 1] : NULL};
    }
    *ret = names->len ? paths_sort(call->arena, paths) : NULL;
    return OK;
}

static Bytes given_names(Arena *arena, const Parameter *parameters)
{
    Bytes names = TEXT("");
    for (; parameters->name; parameters++)
        if (parameters->is_given)
            names = arena_text(arena, BYTES_FMT "%s%s", BYTES_ARG(names), names.len ? ", " : "", parameters->name);
    return names;
}

Status legacy_check_mix(Call *call, const Parameter *legacy, const Parameter *expressions)
{
    Bytes old = given_names(call->arena, legacy), new = given_names(call->arena, expressions);
    if (!old.len || !new.len)
        return OK;
    return fail(
        call, &DYNAMODB_VALIDATION,
        "Can not use both expression and non-expression parameters in the same request: Non-expression parameters: {" BYTES_FMT
        "} Expression parameters: {" BYTES_FMT "}",
        BYTES_ARG(old), BYTES_ARG(new));
}
