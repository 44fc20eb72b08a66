/* request.c */
#include "request.h"
#include "key.h"
#include "layer.h"

static const ExpressionKind read_in_order[] = {EXPRESSION_UPDATE, EXPRESSION_CONDITION, EXPRESSION_FILTER,
                                               EXPRESSION_PROJECTION, EXPRESSION_KEY_CONDITION};
#define KINDS (sizeof read_in_order / sizeof *read_in_order)

static bool has_expression(const RequestInput *in)
{
    for (size_t i = 0; i < EXPRESSION_KINDS; i++)
        if (present(in->text[i]))
            return true;
    return false;
}

static bool is_given(const void *list)
{
    return list && ((const AnyList *)list)->items;
}

/* aws: KeyConditions goes with a FilterExpression and a ProjectionExpression, but not with a KeyConditionExpression */
static Status check_mix(Call *call, const RequestInput *in)
{
    const Bytes *text = in->text;
    Parameter legacy[] = {{"AttributesToGet", is_given(in->attributes_to_get)},
                          {"AttributeUpdates", is_given(in->updates)},
                          {in->is_query ? "QueryFilter" : "ScanFilter", is_given(in->filter)},
                          {"Expected", is_given(in->expected)},
                          {"ConditionalOperator", present(in->conditional_operator)},
                          {"KeyConditions", is_given(in->key_conditions) && present(text[EXPRESSION_KEY_CONDITION])},
                          {NULL, false}};
    Parameter expressions[] = {{"ProjectionExpression", present(text[EXPRESSION_PROJECTION])},
                               {"FilterExpression", present(text[EXPRESSION_FILTER])},
                               {"KeyConditionExpression", present(text[EXPRESSION_KEY_CONDITION])},
                               {"UpdateExpression", present(text[EXPRESSION_UPDATE])},
                               {"ConditionExpression", present(text[EXPRESSION_CONDITION])},
                               {NULL, false}};
    return legacy_check_mix(call, legacy, expressions);
}

/* A projection has no values. */
static bool has_expression_of_values(const RequestInput *in)
{
    return present(in->text[EXPRESSION_CONDITION]) || present(in->text[EXPRESSION_FILTER]) ||
           present(in->text[EXPRESSION_KEY_CONDITION]) || present(in->text[EXPRESSION_UPDATE]);
}

/* Names and values may only be given with an expression. */
static Status check_alone(Call *call, const RequestInput *in)
{
    if (is_given(in->names) && !has_expression(in))
        return fail(call, &DYNAMODB_VALIDATION,
                    "ExpressionAttributeNames can only be specified when using expressions");
    if (!is_given(in->values) || has_expression_of_values(in))
        return OK;
    const char *what = layer_of(call) != LAYER_OLDER ? ""
                       : in->filter                  ? ": FilterExpression is null"
                                                     : ": ConditionExpression is null";
    return fail(call, &DYNAMODB_VALIDATION, "ExpressionAttributeValues can only be specified when using expressions%s",
                what);
}

/* aws: of Query these come enveloped, of Scan bare */
static Status check_select(Call *call, const RequestInput *in)
{
    bool has_projection = present(in->text[EXPRESSION_PROJECTION]), has_names = is_given(in->attributes_to_get);
    bool is_specific = bytes_is(in->select, "SPECIFIC_ATTRIBUTES");
    const char *envelope = in->is_query ? ENVELOPE : "";
    if (!is_specific && (has_projection || has_names))
        return fail(call, &DYNAMODB_VALIDATION, "%sCannot specify the %s when choosing to get " BYTES_FMT, envelope,
                    has_projection ? "ProjectionExpression" : "AttributesToGet",
                    BYTES_ARG(bytes_is(in->select, "COUNT") ? TEXT("only the Count") : in->select));
    if (is_specific && !has_projection && !has_names)
        return fail(
            call, &DYNAMODB_VALIDATION,
            "%sMust specify the AttributesToGet or ProjectionExpression when choosing to get SPECIFIC_ATTRIBUTES",
            envelope);
    if (bytes_is(in->select, "ALL_PROJECTED_ATTRIBUTES") && !in->has_index)
        return fail(call, &DYNAMODB_VALIDATION,
                    "%sALL_PROJECTED_ATTRIBUTES can be used only when Querying using an IndexName", envelope);
    return OK;
}

static Status check_parameters(Call *call, const RequestInput *in)
{
    TRY(check_mix(call, in));
    TRY(check_alone(call, in));
    if (present(in->return_values) && !bytes_is(in->return_values, "NONE") && !bytes_is(in->return_values, "ALL_OLD"))
        return fail(call, &DYNAMODB_VALIDATION, "ReturnValues can only be ALL_OLD or NONE");
    return present(in->select) ? check_select(call, in) : OK;
}

static Status read_keys(Call *call, const Node *condition, Request *ret)
{
    if (!condition)
        return OK;
    ret->keys = arena_new_of(call->arena, KeyComparisons);
    return key_condition_read(call, condition, ret->keys);
}

static Status read_expressions(Call *call, const RequestInput *in, Request *ret)
{
    Symbols symbols;
    Expression each[EXPRESSION_KINDS];
    if (!has_expression(in))
        return OK;
    TRY(symbols_open(call, in->names, in->values, &symbols));
    for (size_t i = 0; i < KINDS; i++)
        TRY(expression_parse(call, &symbols, read_in_order[i], in->text[read_in_order[i]], &each[read_in_order[i]]));
    TRY(symbols_check_used(call, &symbols));
    TRY(read_keys(call, each[EXPRESSION_KEY_CONDITION].condition, ret));
    ret->condition = each[EXPRESSION_CONDITION].condition;
    ret->filter = each[EXPRESSION_FILTER].condition;
    ret->paths = each[EXPRESSION_PROJECTION].set;
    ret->update = each[EXPRESSION_UPDATE];
    ret->nested = symbols.nested;
    return OK;
}

/* aws: the older layer says of what it is */
static Status check_start_key(Call *call, Item *start)
{
    Status status = item_normalise(call, start);
    if (is_ok(status) || status.code_ < 0 || layer_of(call) != LAYER_OLDER)
        return status;
    return fail(call, &DYNAMODB_VALIDATION, "The provided starting key is invalid: " BYTES_FMT,
                BYTES_ARG(call->message));
}

static Status check_values(Call *call, const RequestInput *in)
{
    if (in->item)
        TRY(item_normalise(call, in->item));
    if (in->key)
        TRY(item_normalise(call, in->key));
    if (in->start_key && in->start_key->items)
        TRY(check_start_key(call, in->start_key));
    if (in->item && item_size_within(in->item, ITEM_BYTES_MAX) > ITEM_BYTES_MAX)
        return fail(call, &DYNAMODB_VALIDATION, "Item size has exceeded the maximum allowed size");
    return OK;
}

/* KeyConditions is a map of filter conditions by another name. */
static Status read_legacy_query(Call *call, const RequestInput *in, Request *ret)
{
    if (in->filter) {
        Node *filter;
        TRY(legacy_conditions(call, in->filter, in->conditional_operator, &filter));
        ret->has_legacy_filter = filter;
        ret->filter = filter ? filter : ret->filter;
    }
    if (is_given(in->key_conditions) && !ret->keys) {
        if (!in->key_conditions->len)
            return fail(call, &DYNAMODB_VALIDATION, "Conditions can be of length 1 or 2 only");
        DynamodbFilterConditionMap keys = {(DynamodbFilterConditionMapEntry *)(void *)in->key_conditions->items,
                                           in->key_conditions->len};
        Node *condition;
        TRY(legacy_conditions(call, &keys, (Bytes){0}, &condition));
        TRY(read_keys(call, condition, ret));
    }
    if (in->is_query && !ret->keys)
        return fail(call, &DYNAMODB_VALIDATION,
                    "Either the KeyConditions or KeyConditionExpression parameter must be specified in the request.");
    return OK;
}

static Status read_legacy(Call *call, const RequestInput *in, Request *ret)
{
    if (is_given(in->attributes_to_get))
        TRY(legacy_attributes(call, in->attributes_to_get, &ret->paths));
    if (in->updates && !present(in->text[EXPRESSION_UPDATE]))
        TRY(legacy_updates(call, in->updates, &ret->update));
    if (in->expected && !present(in->text[EXPRESSION_CONDITION]))
        TRY(legacy_expected(call, in->expected, in->conditional_operator, &ret->condition));
    return in->filter ? read_legacy_query(call, in, ret) : OK;
}

static Status check(Call *call, const RequestInput *in, Request *ret)
{
    TRY(check_parameters(call, in));
    TRY(read_expressions(call, in, ret));
    TRY(check_values(call, in));
    return read_legacy(call, in, ret);
}

Status request_check(Call *call, const RequestInput *in, Request *ret)
{
    *ret = (Request){0};
    Status status = check(call, in, ret);
    if (is_ok(status) || status.code_ < 0 || layer_of(call) != LAYER_ENVELOPED)
        return status;
    return fail(call, &DYNAMODB_VALIDATION, ENVELOPE BYTES_FMT, BYTES_ARG(call->message));
}

static Status check_nested(Call *call, const Keys *keys, const char *kind, const NestedPath *nested)
{
    while (nested && !keys_have(keys, nested->attribute))
        nested = nested->next;
    if (!nested)
        return OK;
    return fail(
        call, &DYNAMODB_VALIDATION,
        "Key attributes must be scalars; list random access '[]' and map lookup '.' are not allowed: %s: " BYTES_FMT,
        kind, BYTES_ARG(nested->attribute));
}

/* aws: so says AWS itself to Alternator's tests (test_gsi_wrong_type_attribute_update_nested) */
Status request_check_nested(Call *call, const Table *table, const Request *request)
{
    TRY(check_nested(call, &table->keys, "Key", request->nested));
    for (size_t i = 0; i < table->indexes_count; i++)
        TRY(check_nested(call, &table->indexes[i].keys, "IndexKey", request->nested));
    return OK;
}

static Status check_empty_key(Call *call, const KeyAttribute *key, const Item *item)
{
    const Value *value = present(key->name) ? item_get(item, key->name) : NULL;
    if (!value || value->kind != key->kind || value->kind == VALUE_N || value->s.len)
        return OK;
    return fail(
        call, &DYNAMODB_VALIDATION,
        "One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain an empty %s value. Key: " BYTES_FMT,
        key->kind == VALUE_S ? "string" : "binary", BYTES_ARG(key->name));
}

Status request_check_empty_keys(Call *call, const Keys *keys, const Item *item)
{
    TRY(check_empty_key(call, &keys->hash, item));
    return check_empty_key(call, &keys->range, item);
}
