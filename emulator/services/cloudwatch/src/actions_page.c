/* actions_page.c - /_evpoc/cloudwatch/actions: the services that alarms' actions name are not here; this is what they
 * would have got. The newest 100 of all accounts and regions. */
#include "pages.h"
#include "state.h"
#include "store.h"

static const Query list = {"SELECT account, region, name, time_ms, data FROM cloudwatch_alarm_history"
                           " WHERE type = 'Action' ORDER BY time_ms DESC, id DESC LIMIT 100"};

static json_t *text(Bytes bytes)
{
    return json_stringn(bytes.ptr, bytes.len);
}

static json_t *describe(Statement *row)
{
    Bytes data = column_bytes(row, 4);
    json_t *read = json_loadb(data.ptr, data.len, 0, NULL), *action = json_object();
    json_object_set_new(action, "alarm", text(column_bytes(row, 2)));
    json_object_set_new(action, "account", text(column_bytes(row, 0)));
    json_object_set_new(action, "region", text(column_bytes(row, 1)));
    json_object_set_new(action, "time_ms", json_integer(column_int64(row, 3)));
    json_object_set(action, "action", json_object_get(read, "notificationResource"));
    const char *message = json_string_value(json_object_get(read, "publishedMessage"));
    if (message)
        json_object_set_new(action, "message", json_loads(message, 0, NULL));
    json_decref(read);
    return action;
}

void alarm_actions_page(void *context, HttpRequest *request, HttpResponse *response)
{
    const Cloudwatch *cloudwatch = context;
    json_t *actions = json_array();
    (void)request;
    Statement *rows = statement_begin(cloudwatch->runtime->store, &list);
    while (statement_step(rows) == STORE_ROW)
        json_array_append_new(actions, describe(rows));
    page_answer(response, json_pack("{s:o}", "actions", actions));
}
