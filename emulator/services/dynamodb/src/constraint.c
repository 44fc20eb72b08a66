/* constraint.c - what comes first of all checks: the rule of a table's name, and the model's constraints, in the order
 * and the words of DynamoDB. aws: observed answers, paritysuite/dynamodb-conformance (tests/tier3/validation-ordering
 * and error-messages, captures of 2026-09 and 2026-10); where a name is wrong, no other constraint is told. */
#include "dynamodb_operations.h"
#include "layer.h"
#include "request.h"
#include <stddef.h>

#define NAME_BYTES_MIN 3 /* aws: API Reference, CreateTable, TableName */
#define NAME_BYTES_MAX 255
#define NAME_MIN_TEXT  "3"
#define NAME_MAX_TEXT  "255"
#define NAME_PATTERN   "[a-zA-Z0-9_.-]+"
#define AT_LEAST       "Member must have length greater than or equal to "
#define AT_MOST        "Member must have length less than or equal to "

/* What is known to be wrong, in the order in which it will be told. */
typedef struct Findings {
    Call *call;
    Complaints all;
} Findings;

static void add(Findings *findings, Bytes text)
{
    if (findings->all.count < COMPLAINTS_MAX)
        findings->all.items[findings->all.count++] = (Complaint){.member = "tableName", .text = text};
}

static bool has_name_characters(Bytes name)
{
    for (size_t i = 0; i < name.len; i++) {
        char c = name.ptr[i];
        bool is_fine = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
                       c == '-' || c == '.';
        if (!is_fine)
            return false;
    }
    return true;
}

static bool name_is_fine(Bytes name)
{
    return name.len >= NAME_BYTES_MIN && name.len <= NAME_BYTES_MAX && has_name_characters(name);
}

/* aws: API Reference, TableName: "You can also provide the Amazon Resource Name (ARN) of the table": of nothing below
 * it, an index or a stream. */
bool is_table_arn(Bytes name)
{
    Arn arn;
    return arn_parse(name, &arn) && bytes_is(arn.service, "dynamodb") &&
           bytes_starts_with(arn.resource, TEXT("table/")) &&
           name_is_fine(bytes_slice(arn.resource, 6, arn.resource.len - 6));
}

static bool is_arn(Bytes name)
{
    return bytes_starts_with(name, TEXT("arn:"));
}

static void add_name(Findings *findings, Bytes name, const char *path, Bytes constraint)
{
    add(findings,
        arena_text(findings->call->arena, "Value '" BYTES_FMT "' at '%s' failed to satisfy constraint: " BYTES_FMT,
                   BYTES_ARG(name), path, BYTES_ARG(constraint)));
}

/* Of a name that is there, at this path. An empty one is the model's to refuse. */
static void check_name(Findings *findings, Bytes name, const char *path)
{
    if (name_is_fine(name) || is_arn(name) || !name.len)
        return;
    if (!has_name_characters(name))
        add_name(findings, name, path, TEXT("Member must satisfy regular expression pattern: " NAME_PATTERN));
    if (name.len < NAME_BYTES_MIN)
        add_name(findings, name, path, TEXT(AT_LEAST NAME_MIN_TEXT));
    if (name.len > NAME_BYTES_MAX)
        add_name(findings, name, path, TEXT(AT_MOST NAME_MAX_TEXT));
}

static Status refuse_arn(Call *call, Bytes arn)
{
    return fail(call, &DYNAMODB_VALIDATION, "Invalid TableArn: Invalid ResourceArn provided as input " BYTES_FMT,
                BYTES_ARG(arn));
}

static Status tell(Findings *findings)
{
    Call *call = findings->call;
    if (!findings->all.count)
        return OK;
    return fail(call, &DYNAMODB_VALIDATION, BYTES_FMT, BYTES_ARG(complaints_message(call->arena, &findings->all)));
}

/* Operations on one table, by where its name stands in the input. */
#define ON_TABLE(Name, is_of_items)                                                                                    \
    {                                                                                                                  \
        &Dynamodb##Name, offsetof(Dynamodb##Name##Input, table_name), is_of_items                                      \
    }
static const struct OnTable {
    const Operation *operation;
    size_t table_name;
    bool is_of_items;
} on_table[] = {
    ON_TABLE(GetItem, true),
    ON_TABLE(PutItem, true),
    ON_TABLE(UpdateItem, true),
    ON_TABLE(Query, true),
    ON_TABLE(DeleteItem, true),
    ON_TABLE(Scan, true),
    ON_TABLE(CreateTable, false),
    ON_TABLE(DeleteTable, false),
    ON_TABLE(DescribeTable, false),
    ON_TABLE(UpdateTable, false),
    ON_TABLE(UpdateTimeToLive, false),
    ON_TABLE(DescribeTimeToLive, false),
    ON_TABLE(DescribeContinuousBackups, false),
    ON_TABLE(UpdateContinuousBackups, false),
};

static const struct OnTable *on_table_of(const Operation *operation)
{
    for (size_t i = 0; i < sizeof on_table / sizeof *on_table; i++)
        if (on_table[i].operation == operation)
            return &on_table[i];
    return NULL;
}

static const Complaint *complaint_of(const Complaints *complaints, const char *member)
{
    for (int i = 0; i < complaints->count; i++)
        if (!strcmp(complaints->items[i].member, member))
            return &complaints->items[i];
    return NULL;
}

static bool is_null(const Complaint *complaint)
{
    return complaint && bytes_is(complaint->value, "null");
}

/* The new layer reads the input only when its required members are there. */
static bool lacks_required(const Complaints *complaints)
{
    for (int i = 0; i < complaints->count; i++)
        if (is_null(&complaints->items[i]))
            return true;
    return false;
}

static Status refuse_name(Call *call, const struct OnTable *on, Bytes name)
{
    Findings findings = {.call = call};
    if (!name.len && on->is_of_items && layer_of(call) != LAYER_OLDER)
        add(&findings, TEXT("Value at 'TableName' failed to satisfy constraint: " AT_LEAST "1"));
    else if (!name.len)
        add_name(&findings, name, "tableName", on->is_of_items ? TEXT(AT_LEAST "1") : TEXT(AT_LEAST NAME_MIN_TEXT));
    check_name(&findings, name, "tableName");
    return tell(&findings);
}

/* aws: a table's name is judged first, and alone, unless a required member isn't there */
static Status judge_name(Call *call, const struct OnTable *on, Bytes name, const Complaints *complaints)
{
    if (name_is_fine(name))
        return OK;
    if (!present(name) && !on->is_of_items)
        return fail(call, &DYNAMODB_VALIDATION,
                    "The parameter 'TableName' is required but was not present in the request");
    if (is_arn(name))
        return is_table_arn(name) ? OK : refuse_arn(call, name);
    return lacks_required(complaints) ? OK : refuse_name(call, on, name);
}

/* aws: the order of the members in messages; what isn't named stands between, in the model's */
static int rank(const char *member)
{
    static const char *const first[] = {
        "clientRequestToken", "requestItems", "returnConsumedCapacity", "tableName", "returnValues", "key", "item"};
    int count = sizeof first / sizeof *first;
    for (int i = 0; i < count; i++)
        if (!strcmp(member, first[i]))
            return i;
    return !strcmp(member, "localSecondaryIndexes") ? count + 1 : count;
}

static void sort(Complaints *complaints)
{
    for (int i = 1; i < complaints->count; i++)
        for (int at = i; at && rank(complaints->items[at].member) < rank(complaints->items[at - 1].member); at--) {
            Complaint moved = complaints->items[at];
            complaints->items[at] = complaints->items[at - 1];
            complaints->items[at - 1] = moved;
        }
}

/* As the new layer has it: members under their names in the request, and no value: "Value at 'Limit' failed …". */
static void say_anew(Arena *arena, Complaint *complaint)
{
    Bytes path = arena_copy(arena, complaint->path);
    char *first = (char *)(uintptr_t)path.ptr, *last = first + path.len;
    while (last > first && last[-1] != '.')
        last--;
    *first = (char)(*first & ~0x20);
    if (!bytes_is((Bytes){last, (size_t)(first + path.len - last)}, "member"))
        *last = (char)(*last & ~0x20);
    complaint->text = arena_text(arena, "Value at '" BYTES_FMT "' failed to satisfy constraint: " BYTES_FMT,
                                 BYTES_ARG(path), BYTES_ARG(complaint->constraint));
}

#define ANY_RETURN_VALUES                                                                                              \
    "Failed to satisfy constraint: Member must satisfy enum value set: [ALL_OLD, UPDATED_OLD, ALL_NEW, UPDATE_NEW, NONE]"
#define ANY_OPERATOR "Failed to satisfy constraint: Member must satisfy enum value set: [ALL, OR]"

/* PutItem, UpdateItem and DeleteItem; UpdateItem stops at its ReturnValues. */
static void reword_write(Call *call, Complaints *complaints)
{
    for (int i = 0; i < complaints->count; i++) {
        Complaint *complaint = &complaints->items[i];
        if (!strcmp(complaint->member, "conditionalOperator"))
            complaint->text = TEXT(ANY_OPERATOR);
        if (strcmp(complaint->member, "returnValues"))
            continue;
        complaint->text = TEXT(ANY_RETURN_VALUES);
        if (call->operation == &DynamodbUpdateItem) {
            complaints->items[0] = *complaint;
            complaints->count = 1;
        }
    }
}

static bool is_about_length(const Complaint *complaint)
{
    return bytes_starts_with(complaint->constraint, TEXT("Member must have length"));
}

/* aws: of a batch's empty list the map is told */
static void reword_batch(Call *call, Complaint *complaint)
{
    if (call->operation == &DynamodbBatchWriteItem && bytes_starts_with(complaint->constraint, TEXT(AT_LEAST)) &&
        complaint->path.len > strlen("requestItems")) {
        size_t before = strlen("requestItems."), behind = strlen(".member");
        Bytes table = bytes_slice(complaint->path, before, complaint->path.len - before - behind);
        complaint->text = arena_text(call->arena,
                                     "Value '{" BYTES_FMT
                                     "=[]}' at 'requestItems' failed to satisfy constraint: Map value must satisfy "
                                     "constraint: [" AT_MOST "25, " AT_LEAST "1]",
                                     BYTES_ARG(table));
    } else if (is_about_length(complaint)) {
        say_anew(call->arena, complaint);
    }
}

static void reword(Call *call, Complaints *complaints)
{
    if (layer_of(call) == LAYER_ENVELOPED && !lacks_required(complaints)) {
        reword_write(call, complaints);
        return;
    }
    for (int i = 0; i < complaints->count; i++) {
        Complaint *complaint = &complaints->items[i];
        if (!strcmp(complaint->member, "requestItems"))
            reword_batch(call, complaint);
        else if (!strcmp(complaint->member, "transactItems") && is_about_length(complaint) &&
                 bytes_is(complaint->path, "transactItems"))
            say_anew(call->arena, complaint);
        else if (call->operation == &DynamodbQuery && !strcmp(complaint->member, "limit"))
            say_anew(call->arena, complaint);
    }
}

/* name: of an operation on one table. */
static Status tell_constraints(Call *call, Bytes name, const Complaints *complaints)
{
    Findings findings = {.call = call, .all = *complaints};
    if (call->operation == &DynamodbQuery && complaint_of(complaints, "conditionalOperator"))
        return fail(call, &DYNAMODB_VALIDATION, ANY_OPERATOR);
    check_name(&findings, name, "tableName");
    sort(&findings.all);
    reword(call, &findings.all);
    return tell(&findings);
}

/* The names in a batch's map. aws: a constraint of its keys, of which the whole map is told */
static Status judge_batch_names(Call *call, const AnyList *map, size_t entry_size)
{
    for (size_t i = 0; i < map->len; i++) {
        Bytes name = *(const Bytes *)(const void *)((const char *)map->items + i * entry_size);
        if (is_arn(name) && !is_table_arn(name))
            return refuse_arn(call, name);
        if (!is_arn(name) && !name_is_fine(name))
            return fail(call, &DYNAMODB_VALIDATION,
                        ENVELOPE "Value '{" BYTES_FMT
                                 "=...}' at 'requestItems' failed to satisfy constraint: Map keys must "
                                 "satisfy constraint: [" AT_MOST NAME_MAX_TEXT ", " AT_LEAST NAME_MIN_TEXT
                                 ", Member must satisfy regular expression pattern: " NAME_PATTERN "]",
                        BYTES_ARG(name));
    }
    return OK;
}

static Status judge_part_name(Findings *findings, Bytes name, size_t at, const char *kind)
{
    if (is_arn(name) && !is_table_arn(name))
        return refuse_arn(findings->call, name);
    if (!name_is_fine(name) && findings->all.count < COMPLAINTS_MAX) {
        Bytes path = arena_text(findings->call->arena, "transactItems.%zu.member.%s.tableName", at + 1, kind);
        check_name(findings, name, arena_cstr(findings->call->arena, path));
    }
    return OK;
}

static Status judge_write_names(Call *call, const DynamodbTransactWriteItemsInput *in)
{
    Findings findings = {.call = call};
    for (size_t i = 0; i < in->transact_items.len; i++) {
        const DynamodbTransactWriteItem *part = &in->transact_items.items[i];
        if (part->put)
            TRY(judge_part_name(&findings, part->put->table_name, i, "put"));
        if (part->update)
            TRY(judge_part_name(&findings, part->update->table_name, i, "update"));
        if (part->delete)
            TRY(judge_part_name(&findings, part->delete->table_name, i, "delete"));
        if (part->condition_check)
            TRY(judge_part_name(&findings, part->condition_check->table_name, i, "conditionCheck"));
    }
    return tell(&findings);
}

static Status judge_get_names(Call *call, const DynamodbTransactGetItemsInput *in)
{
    Findings findings = {.call = call};
    for (size_t i = 0; i < in->transact_items.len; i++)
        TRY(judge_part_name(&findings, in->transact_items.items[i].get->table_name, i, "get"));
    return tell(&findings);
}

/* The input keeps the constraints: what it names. */
static Status judge_many(Call *call, const void *in)
{
    if (call->operation == &DynamodbTransactWriteItems)
        return judge_write_names(call, in);
    if (call->operation == &DynamodbTransactGetItems)
        return judge_get_names(call, in);
    if (call->operation == &DynamodbBatchGetItem)
        return judge_batch_names(call, (const AnyList *)&((const DynamodbBatchGetItemInput *)in)->request_items,
                                 sizeof(DynamodbBatchGetRequestMapEntry));
    if (call->operation == &DynamodbBatchWriteItem)
        return judge_batch_names(call, (const AnyList *)&((const DynamodbBatchWriteItemInput *)in)->request_items,
                                 sizeof(DynamodbBatchWriteItemRequestMapEntry));
    return OK;
}

#define KEYS_MAX 2

/* aws: a table's key has two attributes at most, an index's may have more */
static Status judge_key_schema(Call *call, const DynamodbKeySchema *schema)
{
    Bytes list = TEXT("");
    if (schema->len <= KEYS_MAX)
        return OK;
    for (size_t i = 0; i < schema->len && list.len < NAME_BYTES_MAX * COMPLAINTS_MAX; i++)
        list =
            arena_text(call->arena, BYTES_FMT "%sKeySchemaElement(attributeName=" BYTES_FMT ", keyType=" BYTES_FMT ")",
                       BYTES_ARG(list), i ? ", " : "", BYTES_ARG(schema->items[i].attribute_name),
                       BYTES_ARG(schema->items[i].key_type));
    return fail(call, &DYNAMODB_VALIDATION,
                ENVELOPE "Value '[" BYTES_FMT "]' at 'keySchema' failed to satisfy constraint: " AT_MOST "%d",
                BYTES_ARG(list), KEYS_MAX);
}

Status request_judge(Call *call, const void *in, const Complaints *complaints)
{
    const struct OnTable *on = on_table_of(call->operation);
    Bytes name = on ? *(const Bytes *)(const void *)((const char *)in + on->table_name) : (Bytes){0};
    if (on)
        TRY(judge_name(call, on, name, complaints));
    if (complaints->count)
        return tell_constraints(call, name, complaints);
    if (call->operation == &DynamodbCreateTable)
        return judge_key_schema(call, &((const DynamodbCreateTableInput *)in)->key_schema);
    return on ? OK : judge_many(call, in);
}
