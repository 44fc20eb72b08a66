/* condition.c - the names of condition operators. aws: IAM User Guide, "IAM JSON policy elements: Condition operators".
 */
#include "condition.h"

static const struct {
    const char *name;
    ConditionType type;
    ConditionRelation relation;
    bool is_not;
} operators[] = {
    {"StringEquals", CONDITION_STRING, CONDITION_EQUAL, false},
    {"StringNotEquals", CONDITION_STRING, CONDITION_EQUAL, true},
    {"StringEqualsIgnoreCase", CONDITION_STRING_IGNORING_CASE, CONDITION_EQUAL, false},
    {"StringNotEqualsIgnoreCase", CONDITION_STRING_IGNORING_CASE, CONDITION_EQUAL, true},
    {"StringLike", CONDITION_STRING_LIKE, CONDITION_EQUAL, false},
    {"StringNotLike", CONDITION_STRING_LIKE, CONDITION_EQUAL, true},
    {"NumericEquals", CONDITION_NUMBER, CONDITION_EQUAL, false},
    {"NumericNotEquals", CONDITION_NUMBER, CONDITION_EQUAL, true},
    {"NumericLessThan", CONDITION_NUMBER, CONDITION_LESS, false},
    {"NumericLessThanEquals", CONDITION_NUMBER, CONDITION_LESS_EQUAL, false},
    {"NumericGreaterThan", CONDITION_NUMBER, CONDITION_GREATER, false},
    {"NumericGreaterThanEquals", CONDITION_NUMBER, CONDITION_GREATER_EQUAL, false},
    {"DateEquals", CONDITION_DATE, CONDITION_EQUAL, false},
    {"DateNotEquals", CONDITION_DATE, CONDITION_EQUAL, true},
    {"DateLessThan", CONDITION_DATE, CONDITION_LESS, false},
    {"DateLessThanEquals", CONDITION_DATE, CONDITION_LESS_EQUAL, false},
    {"DateGreaterThan", CONDITION_DATE, CONDITION_GREATER, false},
    {"DateGreaterThanEquals", CONDITION_DATE, CONDITION_GREATER_EQUAL, false},
    {"Bool", CONDITION_BOOL, CONDITION_EQUAL, false},
    {"BinaryEquals", CONDITION_BINARY, CONDITION_EQUAL, false},
    {"IpAddress", CONDITION_ADDRESS, CONDITION_EQUAL, false},
    {"NotIpAddress", CONDITION_ADDRESS, CONDITION_EQUAL, true},
    {"ArnEquals", CONDITION_ARN, CONDITION_EQUAL, false},
    {"ArnNotEquals", CONDITION_ARN, CONDITION_EQUAL, true},
    {"ArnLike", CONDITION_ARN, CONDITION_EQUAL, false},
    {"ArnNotLike", CONDITION_ARN, CONDITION_EQUAL, true},
    {"Null", CONDITION_NULL, CONDITION_EQUAL, false},
};

static bool cut_prefix(Bytes *name, Bytes prefix)
{
    if (name->len <= prefix.len || !bytes_equal_ignoring_case(bytes_slice(*name, 0, prefix.len), prefix))
        return false;
    *name = bytes_slice(*name, prefix.len, name->len - prefix.len);
    return true;
}

static bool cut_suffix(Bytes *name, Bytes suffix)
{
    if (name->len <= suffix.len ||
        !bytes_equal_ignoring_case(bytes_slice(*name, name->len - suffix.len, suffix.len), suffix))
        return false;
    name->len -= suffix.len;
    return true;
}

bool condition_operator(Bytes name, ConditionOperator *ret_operator)
{
    ConditionSet set = cut_prefix(&name, TEXT("ForAllValues:"))  ? CONDITION_FOR_ALL
                       : cut_prefix(&name, TEXT("ForAnyValue:")) ? CONDITION_FOR_ANY
                                                                 : CONDITION_OF_ONE;
    bool if_exists = cut_suffix(&name, TEXT("IfExists"));
    for (size_t i = 0; i < sizeof operators / sizeof *operators; i++) {
        if (!bytes_equal_ignoring_case(name, bytes_of(operators[i].name)))
            continue;
        *ret_operator =
            (ConditionOperator){operators[i].type, operators[i].relation, operators[i].is_not, if_exists, set};
        /* aws: "You can add IfExists to the end of any condition operator name except the Null condition" */
        return !(operators[i].type == CONDITION_NULL && if_exists);
    }
    return false;
}
