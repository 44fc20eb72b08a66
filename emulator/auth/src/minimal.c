/* minimal.c - a statement for each set of actions, with the resources that they were asked for on: nothing in it is
 * wider than what was asked for, and none of its statements can be left out. */
#include "minimal.h"
#include "buffer.h"
#include <stdlib.h>

static int compare(const void *a, const void *b)
{
    const Note *one = *(Note *const *)a, *other = *(Note *const *)b;
    int order = bytes_compare(one->principal, other->principal);
    if (!order)
        order = bytes_compare(one->resource, other->resource);
    return order ? order : bytes_compare(one->action, other->action);
}

/* What would be a wildcard or a variable is spelled out. */
static json_t *exactly(const Note *note)
{
    Bytes resource = note->resource;
    Buffer out = {0};
    if (bytes_is(resource, "*") || note->is_pattern)
        return json_stringn(resource.ptr, resource.len);
    for (size_t i = 0; i < resource.len; i++)
        if (resource.ptr[i] && strchr("*?$", resource.ptr[i]))
            buffer_append_format(&out, "${%c}", resource.ptr[i]);
        else
            buffer_append_char(&out, resource.ptr[i]);
    json_t *text = json_stringn(out.ptr ? out.ptr : "", out.len);
    buffer_done(&out);
    return text;
}

static json_t *statement_of(json_t *statements, json_t *actions)
{
    size_t at;
    json_t *statement;
    json_array_foreach(statements, at, statement) if (json_equal(json_object_get(statement, "Action"),
                                                                 actions)) return json_object_get(statement,
                                                                                                  "Resource");
    json_t *resources = json_array();
    json_array_append_new(statements,
                          json_pack("{s:s, s:O, s:o}", "Effect", "Allow", "Action", actions, "Resource", resources));
    return resources;
}

/* Those of one principal, by resource. */
static json_t *policy_of(Note *const *notes, size_t count)
{
    json_t *statements = json_array();
    for (size_t from = 0, to; from < count; from = to) {
        json_t *actions = json_array();
        for (to = from; to < count && bytes_equal(notes[to]->resource, notes[from]->resource); to++)
            if (!notes[to]->is_granted)
                json_array_append_new(actions, json_stringn(notes[to]->action.ptr, notes[to]->action.len));
        if (json_array_size(actions))
            json_array_append_new(statement_of(statements, actions), exactly(notes[from]));
        json_decref(actions);
    }
    return json_pack("{s:s, s:o}", "Version", "2012-10-17", "Statement", statements);
}

json_t *minimal_policies(Note **notes, size_t count, Bytes wanted)
{
    json_t *policies = json_object();
    if (count)
        qsort(notes, count, sizeof(Note *), compare);
    for (size_t from = 0, to; from < count; from = to) {
        Bytes principal = notes[from]->principal;
        for (to = from; to < count && bytes_equal(notes[to]->principal, principal);)
            to++;
        if (!present(wanted) || bytes_equal(wanted, principal))
            json_object_setn_new(policies, principal.ptr, principal.len, policy_of(notes + from, to - from));
    }
    return policies;
}
