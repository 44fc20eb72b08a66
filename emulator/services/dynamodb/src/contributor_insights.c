/* contributor_insights.c - DescribeContributorInsights, ListContributorInsights, UpdateContributorInsights: the
 * setting, for tools that keep it; nothing is measured. DynamoDB API Reference, UpdateContributorInsights. */
#include "table.h"

OPERATION(DynamodbDescribeContributorInsights, describe_contributor_insights, READS);
OPERATION(DynamodbListContributorInsights, list_contributor_insights, READS);
OPERATION(DynamodbUpdateContributorInsights, update_contributor_insights, WRITES);

static const Query write_insights = {
    "INSERT OR REPLACE INTO dynamodb_insights (table_id, index_name, mode, is_on, updated_ms)"
    " VALUES (?1, ?2, ?3, ?4, ?5)"};
static const Query find_insights = {"SELECT mode, is_on, updated_ms FROM dynamodb_insights WHERE table_id = ?1"
                                    " AND index_name = ?2"};
/* Of a table that is there: what is left of an index that is gone is passed by. */
static const Query list_insights = {
    "SELECT t.name, n.index_name, n.mode, n.is_on FROM dynamodb_insights n JOIN dynamodb_table t ON t.id = n.table_id"
    " WHERE t.account = ?1 AND t.region = ?2 AND (?3 IS NULL OR t.name = ?3) AND (t.name || '/' || n.index_name) > ?4"
    " AND (n.index_name = '' OR EXISTS (SELECT 1 FROM dynamodb_index i WHERE i.table_id = t.id"
    " AND i.name = n.index_name)) ORDER BY t.name || '/' || n.index_name LIMIT ?5"};

#define PAGE_MAX 100

typedef struct Insights {
    Bytes mode;
    bool is_on;
    int64_t updated_ms; /* 0: never */
} Insights;

static Status find_index(Call *call, Bytes table_name, Bytes index_name, Table **ret_table)
{
    TRY(table_find(call, table_name, ret_table));
    const Index *index = present(index_name) ? table_index(*ret_table, index_name) : NULL;
    if (!present(index_name) || (index && index->is_global))
        return OK;
    return fail(call, &DYNAMODB_RESOURCE_NOT_FOUND, "Requested resource not found: Index: " BYTES_FMT " not found",
                BYTES_ARG(index_name));
}

static Status read_insights(Call *call, const Table *table, Bytes index_name, Insights *ret)
{
    Statement *row = statement_begin(call->store, &find_insights);
    bind_int64(row, 1, table->id);
    bind_text(row, 2, present(index_name) ? index_name : TEXT(""));
    int code = statement_one(row);
    *ret = (Insights){.mode = DYNAMODB_CONTRIBUTOR_INSIGHTS_MODE_ACCESSED_AND_THROTTLED_KEYS};
    if (code != STORE_ROW)
        return code == STORE_NOT_FOUND ? OK : fault(call, code);
    *ret = (Insights){arena_copy(call->arena, column_bytes(row, 0)), column_int64(row, 1), column_int64(row, 2)};
    statement_end(row);
    return OK;
}

/* aws: Developer Guide, "Contributor Insights: How it works": rules for the partition key, and for it with the sort
 * key, of what is accessed most (PKC, SKC) and throttled most (PKT, SKT) */
static void tell_rules(Call *call, const Table *table, Bytes index_name, const Insights *insights,
                       DynamodbContributorInsightsRuleList *ret)
{
    static const char *const kinds[] = {"PKC", "SKC", "PKT", "SKT"};
    const Index *index = present(index_name) ? table_index(table, index_name) : NULL;
    bool has_sort = present((index ? &index->keys : &table->keys)->range.name);
    bool is_accessed = bytes_equal(insights->mode, DYNAMODB_CONTRIBUTOR_INSIGHTS_MODE_ACCESSED_AND_THROTTLED_KEYS);
    ret->items = arena_new_array(call->arena, Bytes, 4);
    for (size_t i = 0; i < 4 && insights->is_on; i++)
        if ((has_sort || kinds[i][0] == 'P') && (is_accessed || kinds[i][2] == 'T'))
            ret->items[ret->len++] = arena_text(
                call->arena, "DynamoDBContributorInsights-%s-" BYTES_FMT "%s" BYTES_FMT "-%lld", kinds[i],
                BYTES_ARG(table->name), index ? "-" : "", BYTES_ARG(index_name), (long long)insights->updated_ms);
}

static Bytes status_of(bool is_on)
{
    return is_on ? DYNAMODB_CONTRIBUTOR_INSIGHTS_STATUS_ENABLED : DYNAMODB_CONTRIBUTOR_INSIGHTS_STATUS_DISABLED;
}

static Status describe_contributor_insights(Call *call, const DynamodbDescribeContributorInsightsInput *in,
                                            DynamodbDescribeContributorInsightsOutput *out)
{
    Table *table;
    Insights insights;
    TRY(find_index(call, in->table_name, in->index_name, &table));
    TRY(read_insights(call, table, in->index_name, &insights));
    out->table_name = table->name;
    out->index_name = in->index_name;
    out->contributor_insights_status = status_of(insights.is_on);
    if (insights.is_on || insights.updated_ms) /* aws: recorded: of a table that never had them there are no rules */
        tell_rules(call, table, in->index_name, &insights, &out->contributor_insights_rule_list);
    if (insights.is_on)
        out->contributor_insights_mode = insights.mode;
    if (insights.updated_ms)
        SET(out, last_update_date_time, insights.updated_ms);
    return OK;
}

static int list(Call *call, const DynamodbListContributorInsightsInput *in, size_t limit,
                DynamodbContributorInsightsSummaries *ret)
{
    Statement *row = statement_begin(call->store, &list_insights);
    int code;
    ret->items = arena_new_array(call->arena, DynamodbContributorInsightsSummary, limit);
    bind_text(row, 1, call->account);
    bind_text(row, 2, call->region);
    bind_text(row, 3, present(in->table_name) ? table_name_of(in->table_name) : (Bytes){0});
    bind_text(row, 4, present(in->next_token) ? in->next_token : TEXT(""));
    bind_int64(row, 5, (int64_t)limit);
    while ((code = statement_step(row)) == STORE_ROW) {
        Bytes index = arena_copy(call->arena, column_bytes(row, 1));
        ret->items[ret->len++] = (DynamodbContributorInsightsSummary){
            .table_name = arena_copy(call->arena, column_bytes(row, 0)),
            .index_name = index.len ? index : (Bytes){0},
            .contributor_insights_mode = arena_copy(call->arena, column_bytes(row, 2)),
            .contributor_insights_status = status_of(column_int64(row, 3))};
    }
    return code;
}

static Status list_contributor_insights(Call *call, const DynamodbListContributorInsightsInput *in,
                                        DynamodbListContributorInsightsOutput *out)
{
    size_t limit = in->has_max_results && in->max_results > 0 ? (size_t)in->max_results : PAGE_MAX;
    DynamodbContributorInsightsSummaries *summaries = &out->contributor_insights_summaries;
    Table *table;
    if (present(in->table_name))
        TRY(table_find(call, in->table_name, &table));
    TRY(expect_ok(call, list(call, in, limit + 1, summaries)));
    if (summaries->len <= limit)
        return OK;
    summaries->len = limit;
    const DynamodbContributorInsightsSummary *last = &summaries->items[limit - 1];
    out->next_token =
        arena_text(call->arena, BYTES_FMT "/" BYTES_FMT, BYTES_ARG(last->table_name), BYTES_ARG(last->index_name));
    return OK;
}

static Status update_contributor_insights(Call *call, const DynamodbUpdateContributorInsightsInput *in,
                                          DynamodbUpdateContributorInsightsOutput *out)
{
    bool is_on = bytes_equal(in->contributor_insights_action, DYNAMODB_CONTRIBUTOR_INSIGHTS_ACTION_ENABLE);
    Table *table;
    Insights insights;
    TRY(find_index(call, in->table_name, in->index_name, &table));
    TRY(read_insights(call, table, in->index_name, &insights));

    Bytes mode = present(in->contributor_insights_mode) ? in->contributor_insights_mode : insights.mode;
    Statement *write = statement_begin(call->store, &write_insights);
    bind_int64(write, 1, table->id);
    bind_text(write, 2, present(in->index_name) ? in->index_name : TEXT(""));
    bind_text(write, 3, mode);
    bind_int64(write, 4, is_on);
    bind_int64(write, 5, call->now_ms);
    TRY(expect_ok(call, statement_run(write)));

    out->table_name = table->name;
    out->index_name = in->index_name;
    out->contributor_insights_status =
        is_on ? DYNAMODB_CONTRIBUTOR_INSIGHTS_STATUS_ENABLING : DYNAMODB_CONTRIBUTOR_INSIGHTS_STATUS_DISABLING;
    if (is_on)
        out->contributor_insights_mode = mode;
    return OK;
}
