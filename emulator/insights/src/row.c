/* row.c - what an event has under a name: its own fields, those of Lambda's lines, and those of its JSON. */
#include "row.h"
#include "budget.h"
#include "functions.h"

static const Tree *json_of(Context *context)
{
    Bytes message = context->event->message;
    if (context->is_json_read)
        return context->json;
    context->is_json_read = true;
    if (message.len && (*message.ptr == '{' || *message.ptr == ' ' || *message.ptr == '\n'))
        context->json = json_tree_read(context->arena, message, (TreeRules){INSIGHTS_JSON_DEPTH_MAX, true});
    return context->json;
}

static Cell of_event(Context *context, Bytes name)
{
    const InsightsEvent *event = context->event;
    if (bytes_is(name, "@timestamp"))
        return cell_time((double)event->time_ms);
    if (bytes_is(name, "@message"))
        return cell_text(event->message);
    if (bytes_is(name, "@logStream"))
        return cell_text(event->log_stream);
    if (bytes_is(name, "@log"))
        return cell_text(event->log);
    if (bytes_is(name, "@ingestionTime"))
        return cell_time((double)event->ingestion_ms);
    if (bytes_is(name, "@ptr"))
        return cell_text(event->pointer);
    return lambda_field(event, name);
}

Cell context_field(Context *context, size_t symbol)
{
    Row *row = context->row;
    if (row->known[symbol] || !context->event)
        return row->cells[symbol];
    Bytes name = context->query->symbols[symbol].name;
    const Tree *json;
    Cell cell = {0};
    if (*name.ptr == '@')
        cell = of_event(context, name);
    if (cell.kind == CELL_ABSENT && (json = json_of(context)))
        cell = cell_in_json(context->arena, json, name);
    row->cells[symbol] = cell;
    row->known[symbol] = true;
    return cell;
}

Row *row_new(Arena *arena, const InsightsQuery *query)
{
    Row *row = arena_new_of(arena, Row);
    row->cells = arena_new_array(arena, Cell, query->symbols_count + 1);
    row->known = arena_new_array(arena, bool, query->symbols_count + 1);
    return row;
}

Cell cell_copy(Arena *arena, const Cell *cell)
{
    Cell copy = *cell;
    if (cell->kind == CELL_JSON)
        copy = (Cell){.kind = CELL_TEXT, .text = cell_shown(arena, cell)};
    copy.text = arena_copy(arena, copy.text);
    return copy;
}
