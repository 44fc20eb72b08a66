/* list_tables.c - ListTables. DynamoDB API Reference, ListTables. */
#include "table.h"

OPERATION(DynamodbListTables, list_tables, READS);

#define PAGE_NAMES_MAX 100

static Status list_tables(Call *call, const DynamodbListTablesInput *in, DynamodbListTablesOutput *out)
{
    size_t limit = in->has_limit ? (size_t)in->limit : PAGE_NAMES_MAX, count;
    Bytes *names;
    TRY(expect_ok(call, tables_list(&call->scope, in->exclusive_start_table_name, limit + 1, &names, &count)));
    out->table_names = (DynamodbTableNameList){names, count > limit ? limit : count};
    if (count > limit)
        out->last_evaluated_table_name = names[limit - 1];
    return OK;
}
