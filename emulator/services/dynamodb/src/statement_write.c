/* statement_write.c - INSERT, UPDATE and DELETE: one item, found by its whole primary key; and EXISTS, which only
 * looks. aws: DynamoDB Developer Guide, "PartiQL insert / update / delete statements for DynamoDB". */
#include "statement.h"
#include "throttle.h"

static Status check_attribute(Call *call, const KeyAttribute *key, const Item *item)
{
    const Value *value = item_get(item, key->name);
    if (!value)
        return fail(call, &DYNAMODB_VALIDATION, "Key attribute should be present in the item: Key " BYTES_FMT,
                    BYTES_ARG(key->name));
    return key_value_check(call, key, value);
}

static Status prepare_insert(Call *call, StatementWrite *write)
{
    const Keys *keys = &write->change.table->keys;
    const Item *item = &write->statement->item;
    TRY(check_attribute(call, &keys->hash, item));
    if (has_range(keys))
        TRY(check_attribute(call, &keys->range, item));
    write->key = key_attributes(call->arena, write->change.table, NULL, item);
    TRY(key_of_item(call, write->change.table, item, &write->change.key));
    write->change.after = item;
    return change_check(call, &write->change, "Item size");
}

static Status no_key(Call *call)
{
    return fail(call, &DYNAMODB_VALIDATION, "Where clause does not contain a mandatory equality on all key attributes");
}

/* The one value that the key must equal. */
static Status take_key(Call *call, Conjuncts *conjuncts, const KeyAttribute *key, Item *ret_key)
{
    const Value *found = NULL, **values;
    for (size_t i = 0; i < conjuncts->len; i++) {
        Node *part = conjuncts->items[i];
        if (!part || part->kind != NODE_EQ || !values_allowed(call->arena, part, key->name, &values))
            continue;
        if (found && !value_equal(call->arena, found, values[0]))
            return fail(call, &DYNAMODB_VALIDATION,
                        "Multiple conditions on same key " BYTES_FMT
                        ". Only single item Update/Insert/Delete are supported",
                        BYTES_ARG(key->name));
        found = values[0];
        conjuncts->items[i] = NULL;
    }
    if (!found)
        return no_key(call);
    TRY(key_value_check(call, key, found));
    ret_key->items[ret_key->len++] = (Attribute){.key = key->name, .value = *found};
    return OK;
}

static Status find_key(Call *call, StatementWrite *write)
{
    Table *table = write->change.table;
    Conjuncts conjuncts = conjuncts_of(call->arena, write->statement->where);
    write->key = (Item){arena_new_array(call->arena, Attribute, 2), 0};
    TRY(take_key(call, &conjuncts, &table->keys.hash, &write->key));
    if (has_range(&table->keys))
        TRY(take_key(call, &conjuncts, &table->keys.range, &write->key));
    write->condition = conjuncts_join(call->arena, &conjuncts);
    return key_of_request(call, table, &write->key, &write->change.key);
}

/* aws: an index can be read, not written */
static Status check_index(Call *call, const PartiqlStatement *statement)
{
    if (!present(statement->index_name))
        return OK;
    return fail(call, &DYNAMODB_VALIDATION,
                statement->kind == STATEMENT_INSERT
                    ? "FROM clause may only contain a single table name in data manipulation statements"
                    : "This operation is not supported on an index");
}

Status statement_prepare(Call *call, StatementWrite *write)
{
    const PartiqlStatement *statement = write->statement;
    TRY(check_index(call, statement));
    TRY(table_find_for_items(call, statement->table_name, &write->change.table));
    if (statement->kind == STATEMENT_INSERT)
        return prepare_insert(call, write);
    if (statement->kind == STATEMENT_UPDATE)
        TRY(update_check_keys(call, write->change.table, &statement->update));
    return find_key(call, write);
}

static Status fail_condition(Call *call)
{
    return fail(call, &DYNAMODB_CONDITIONAL_CHECK_FAILED, "The conditional request failed");
}

/* aws: UPDATE of an item that isn't there fails its condition; of DELETE, "SUCCESS is returned with 0 items deleted" */
Status statement_judge(Call *call, StatementWrite *write)
{
    StatementKind kind = write->statement->kind;
    TRY(item_before(call, write->change.table, &write->change.key, &write->change.before));
    const Item *before = write->change.before;
    if (kind == STATEMENT_INSERT)
        return before ? fail(call, &DYNAMODB_DUPLICATE_ITEM, "Duplicate primary key exists in table") : OK;
    if (!before)
        return kind == STATEMENT_DELETE ? OK : fail_condition(call);
    TRY(condition_check(call, write->condition, before, write->return_values_on_failure));
    return kind == STATEMENT_UPDATE
               ? change_update(call, &write->change, before, &write->statement->update, &write->after)
               : OK;
}

Status refusal_of(Call *call, Status status, Refusal *ret)
{
    static const struct {
        const ErrorModel *error;
        Bytes code;
    } codes[] = {
        {&DYNAMODB_CONDITIONAL_CHECK_FAILED, TEXT("ConditionalCheckFailed")},
        {&DYNAMODB_DUPLICATE_ITEM, TEXT("DuplicateItem")},
        {&DYNAMODB_RESOURCE_NOT_FOUND, TEXT("ResourceNotFound")},
    };
    if (is_ok(status) || status.code_ < 0)
        return status;
    *ret = (Refusal){.code = TEXT("ValidationError"), .message = call->message};
    for (size_t i = 0; i < sizeof codes / sizeof *codes; i++)
        if (call->error == codes[i].error)
            ret->code = codes[i].code;
    if (throttle_is_error(call->error))
        ret->code = throttle_code(call->error);
    const DynamodbConditionalCheckFailedException *fields = call->error_fields;
    if (call->error == &DYNAMODB_CONDITIONAL_CHECK_FAILED && fields)
        ret->item = fields->item;
    call->error = NULL;
    call->error_fields = NULL;
    return OK;
}

static size_t size_of_change(const Change *change)
{
    size_t before = change->before ? item_size(change->before) : 0,
           after = change->after ? item_size(change->after) : 0;
    return before > after ? before : after;
}

static void put_aside(StatementWrite *write)
{
    write->is_put_aside = true;
    write->change.before = NULL;
    if (write->statement->kind == STATEMENT_UPDATE)
        write->change.after = NULL;
}

Status statement_admit(Call *call, StatementWrite *write)
{
    bool is_check = write->statement->kind == STATEMENT_EXISTS;
    if (!throttle_is_on(call) || present(write->refusal.code))
        return OK;
    return refusal_of(call,
                      is_check ? throttle_check_now(call, &write->change) : throttle_write_now(call, &write->change),
                      &write->refusal);
}

Status statement_judge_all(Call *call, StatementWrite *writes, size_t count)
{
    size_t begun = arena_held(call->arena), bytes = 0;
    for (size_t i = 0; i < count; i++) {
        StatementWrite *write = &writes[i];
        ArenaMark mark = arena_mark(call->arena);
        if (present(write->refusal.code))
            continue;
        TRY(refusal_of(call, statement_judge(call, write), &write->refusal));
        TRY(statement_admit(call, write));
        bytes += size_of_change(&write->change);
        if (bytes > TRANSACTION_BYTES_MAX)
            return fail(call, &DYNAMODB_VALIDATION, TRANSACTION_TOO_LARGE);
        if (present(write->refusal.code) || arena_held(call->arena) - begun < JUDGED_HELD_MAX)
            continue;
        put_aside(write);
        arena_rewind(call->arena, mark);
    }
    return OK;
}

Status statement_write(Call *call, StatementWrite *write, ChangeCost *ret_cost)
{
    if (write->statement->kind == STATEMENT_EXISTS)
        return OK;
    if (write->is_put_aside)
        TRY(statement_judge(call, write));
    return expect_ok(call, change_write(&call->scope, &write->change, ret_cost));
}

Item statement_returned(Call *call, const StatementWrite *write)
{
    static const Item nothing;
    const Returning *returning = &write->statement->returning;
    const Item *item = returning->is_new ? write->change.after : write->change.before;
    if (!returning->is_given || !item)
        return nothing;
    return returning->is_modified ? item_project(call->arena, item, write->statement->update.set) : *item;
}
