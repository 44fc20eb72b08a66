/* get_log_record.c - GetLogRecord: the event that a query's @ptr leads to, with the fields of its JSON.
 * aws: CloudWatch Logs API Reference, GetLogRecord. */
#include "budget.h"
#include "group_key.h"
#include "json_tree.h"
#include "logs_operations.h"
#include "record_pointer.h"

OPERATION(LogsGetLogRecord, get_log_record, READS);

#define JSON_DEPTH_MAX 100
#define FIELDS_MAX     200 /* aws: "a maximum of 200 log event fields from a JSON log" */
#define OWN_FIELDS     6

static void add(LogsLogRecord *record, Bytes name, Bytes value)
{
    if (record->len == OWN_FIELDS + FIELDS_MAX)
        return;
    record->items[record->len].key = name;
    record->items[record->len++].value = value;
}

static void add_json(Arena *arena, LogsLogRecord *record, Bytes name, const Tree *value)
{
    budget_descend(arena);
    if (value->kind != TREE_OBJECT && value->kind != TREE_ARRAY) {
        add(record, name, value->text);
        return;
    }
    size_t index = 0;
    for (const Tree *child = value->first; child && record->len < OWN_FIELDS + FIELDS_MAX;
         child = child->next, index++) {
        Bytes own = value->kind == TREE_OBJECT ? child->name : arena_text(arena, "%zu", index);
        Bytes path = name.len ? arena_text(arena, BYTES_FMT "." BYTES_FMT, BYTES_ARG(name), BYTES_ARG(own)) : own;
        add_json(arena, record, path, child);
    }
}

/* The place behind which it comes first. */
static EventPlace before(const EventPlace *place)
{
    EventPlace one = *place;
    if (one.index) {
        one.index--;
    } else {
        one.chunk--;
        one.index = UINT32_MAX;
    }
    return one;
}

static int find_event(Call *call, const LogGroup *group, const EventPlace *place, LogEvent *ret_event)
{
    EventPlace *behind = arena_new_of(call->arena, EventPlace);
    *behind = before(place);
    EventsQuery query = {.group = group, .from_ms = place->time_ms, .to_ms = place->time_ms + 1, .behind = behind};
    int code = events_next(events_open(&call->scope, &query), ret_event);
    if (code != STORE_ROW)
        return code == STORE_OK ? STORE_NOT_FOUND : code;
    bool is_it = ret_event->place.chunk == place->chunk && ret_event->place.index == place->index;
    return is_it ? STORE_OK : STORE_NOT_FOUND;
}

static Status tell_event(Call *call, const LogGroup *group, const LogEvent *event, LogsGetLogRecordOutput *out)
{
    Arena *arena = call->arena;
    LogsLogRecord *record = &out->log_record;
    Bytes message = arena_copy(arena, event->message);
    record->items = arena_take_array(arena, OWN_FIELDS + FIELDS_MAX, sizeof *record->items);
    add(record, TEXT("@timestamp"), arena_text(arena, "%lld", (long long)event->place.time_ms));
    add(record, TEXT("@ingestionTime"), arena_text(arena, "%lld", (long long)event->ingested_ms));
    add(record, TEXT("@message"), message);
    add(record, TEXT("@logStream"), event->stream);
    add(record, TEXT("@log"),
        arena_text(arena, BYTES_FMT ":" BYTES_FMT, BYTES_ARG(call->account), BYTES_ARG(group->name)));
    add(record, TEXT("@ptr"), record_pointer(arena, group, &event->place));
    const Tree *json = json_tree_read(arena, message, (TreeRules){.depth_max = JSON_DEPTH_MAX, .allows_twins = false});
    if (json && json->kind == TREE_OBJECT)
        add_json(arena, record, (Bytes){0}, json);
    return OK;
}

static Status get_log_record(Call *call, const LogsGetLogRecordInput *in, LogsGetLogRecordOutput *out)
{
    int64_t group_id;
    EventPlace place;
    LogGroup group;
    LogEvent event;
    if (!record_pointer_read(in->log_record_pointer, &group_id, &place))
        return fail(call, &LOGS_INVALID_PARAMETER, "The specified logRecordPointer is invalid.");
    int code = log_group_load(&call->scope, group_id, &group);
    bool is_own =
        code == STORE_OK && bytes_equal(group.account, call->account) && bytes_equal(group.region, call->region);
    if (code == STORE_OK && !is_own)
        code = STORE_NOT_FOUND;
    if (code == STORE_OK) {
        TRY(log_group_key_check(call, &group));
        code = find_event(call, &group, &place, &event);
    }
    if (code == STORE_NOT_FOUND)
        return fail(call, &LOGS_RESOURCE_NOT_FOUND, "The specified log record does not exist.");
    TRY(expect_ok(call, code));
    return tell_event(call, &group, &event, out);
}
