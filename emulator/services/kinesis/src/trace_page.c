/* trace_page.c - /_evpoc/trace: the way of single records: who put them, where they lie, who has got them. */
#include "page.h"
#include "state.h"
#include "wire.h"

#define LIMIT_USUAL 10

static void set_text(json_t *object, const char *name, Bytes text)
{
    if (present(text) && text.len)
        json_object_set_new(object, name, json_stringn(text.ptr, text.len));
}

static json_t *describe_step(const KinesisStep *step)
{
    json_t *all = json_pack("{s:s, s:I}", "operation", step->operation, "time_ms", (json_int_t)step->time_ms);
    set_text(all, "consumer", step->consumer);
    set_text(all, "request_id", step->request_id);
    set_text(all, "access_key", step->access_key);
    return all;
}

static json_t *describe(const KinesisTraced *traced)
{
    json_t *all = json_object(), *readers = json_array();
    set_text(all, "partition_key", traced->partition_key);
    set_text(all, "shard_id", traced->shard_id);
    set_text(all, "sequence_number", traced->sequence_number);
    json_object_set_new(all, "arrival_ms", json_integer(traced->arrival_ms));
    json_object_set_new(all, "bytes", json_integer((json_int_t)traced->data_len));
    json_object_set_new(all, "encrypted", json_boolean(traced->is_encrypted));
    json_object_set_new(all, "data", page_body_of(traced->data, traced->data_len));
    json_object_set_new(all, "put", traced->put.operation ? describe_step(&traced->put) : json_null());
    for (size_t i = 0; i < traced->readers_count; i++)
        json_array_append_new(readers, describe_step(&traced->readers[i]));
    json_object_set_new(all, "readers", readers);
    return all;
}

static bool is_query_known(Bytes query)
{
    static const char *const known[] = {"stream", "key", "sequence", "limit", "account", "region"};
    while (query.len) {
        Bytes pair = bytes_cut(&query, '&'), name = bytes_cut(&pair, '=');
        size_t i = 0, count = sizeof known / sizeof *known;
        while (i < count && !bytes_is(name, known[i]))
            i++;
        if (i == count)
            return false;
    }
    return true;
}

/* What it has of account and region goes into the scope. */
static bool read_query(Bytes query, Scope *scope, KinesisTraceQuery *ret)
{
    Arena *arena = scope->arena;
    Bytes limit = query_parameter(arena, query, TEXT("limit"));
    uint64_t count = LIMIT_USUAL;
    *ret = (KinesisTraceQuery){.stream = query_parameter(arena, query, TEXT("stream")),
                               .partition_key = query_parameter(arena, query, TEXT("key")),
                               .sequence_number = query_parameter(arena, query, TEXT("sequence"))};
    Bytes account = query_parameter(arena, query, TEXT("account")),
          region = query_parameter(arena, query, TEXT("region"));
    if (present(account))
        scope->account = account;
    if (present(region))
        scope->region = region;
    if (!is_query_known(query) || !present(ret->stream) ||
        (present(limit) && (!bytes_to_uint64(limit, &count) || !count || count > 100)))
        return false;
    ret->limit = count;
    return true;
}

void trace_page(void *context, HttpRequest *request, HttpResponse *response)
{
    Kinesis *kinesis = context;
    KinesisTraceQuery query;
    KinesisTracedList list;
    Scope scope = scope_of_runtime(kinesis->runtime, kinesis, request->arena);
    if (!read_query(request->query, &scope, &query)) {
        page_fail(
            response, 400,
            "The query has stream=NAME and may have key=PARTITION_KEY, sequence=NUMBER, limit=1 to 100, account=ID, region=NAME.");
        return;
    }
    int code = kinesis_trace(&scope, &query, &list);
    if (code == KINESIS_NO_STREAM) {
        page_fail(response, 404, "There is no such stream in account " BYTES_FMT ", region " BYTES_FMT ".",
                  BYTES_ARG(scope.account), BYTES_ARG(scope.region));
        return;
    }
    if (code != KINESIS_DONE) {
        page_fail(response, 500, "The records could not be read: %s", store_error(kinesis->runtime->store));
        return;
    }
    json_t *records = json_array();
    for (size_t i = 0; i < list.count; i++)
        json_array_append_new(records, describe(&list.items[i]));
    page_answer(response, json_pack("{s:o}", "records", records));
}
