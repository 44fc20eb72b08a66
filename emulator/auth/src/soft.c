/* soft.c - notes of what was asked for, and the page that tells them. */
#include "soft.h"
#include "map.h"
#include "minimal.h"
#include "wire.h"
#include <stdlib.h>

#define NOTES_MAX 20000 /* then no new ones are made, which is told */

struct Notes {
    Arena *arena;
    Map *known; /* "principal NUL action NUL resource" → Note */
    Note **items;
    size_t count, room;
    bool is_full;
};

static void begin(Notes *notes)
{
    notes->arena = arena_new();
    notes->known = map_new();
    notes->count = 0;
    notes->is_full = false;
}

static void end(Notes *notes)
{
    map_free(notes->known);
    arena_free(notes->arena);
}

Notes *notes_new(void)
{
    Notes *notes = calloc(1, sizeof *notes);
    if (!notes)
        abort();
    begin(notes);
    return notes;
}

Notes *notes_free(Notes *notes)
{
    if (notes) {
        end(notes);
        free(notes->items);
    }
    free(notes);
    return NULL;
}

static Note *new_note(Notes *notes, Bytes key)
{
    if (notes->count == NOTES_MAX) {
        notes->is_full = true;
        return NULL;
    }
    if (notes->count == notes->room) {
        notes->room = notes->room ? 2 * notes->room : 64;
        notes->items = realloc(notes->items, notes->room * sizeof *notes->items);
        if (!notes->items)
            abort();
    }
    Note *note = arena_new_of(notes->arena, Note);
    notes->items[notes->count++] = note;
    map_put(notes->known, key, note);
    return note;
}

static void tell(const Call *call, const Note *note)
{
    log_event(call->runtime->log, LOG_WARN, "policies would deny it", "principal",
              arena_cstr(call->arena, note->principal), "action", arena_cstr(call->arena, note->action), "resource",
              arena_cstr(call->arena, note->resource), NULL);
}

void soft_note(Auth *auth, const Question *question, const Decision *decision)
{
    Notes *notes = auth->notes;
    const Principal *principal = question->actor->principal;
    Bytes who = principal->kind == PRINCIPAL_NOBODY ? principal->arn : principal->basis;
    Buffer key = {0};
    buffer_append(&key, who);
    buffer_append_char(&key, 0);
    buffer_append(&key, question->need->action);
    buffer_append_char(&key, 0);
    bool is_pattern = present(question->need->noted);
    Bytes resource = is_pattern ? question->need->noted : decision->resource;
    buffer_append(&key, resource);
    Note *note = map_get(notes->known, buffer_bytes(&key));
    bool is_denied = decision->ground != GROUND_NONE, is_new = !note;
    if (!note && (note = new_note(notes, buffer_bytes(&key))))
        *note = (Note){arena_copy(notes->arena, who),
                       arena_copy(notes->arena, question->need->action),
                       arena_copy(notes->arena, resource),
                       question->call->operation->model->name,
                       0,
                       false,
                       false,
                       false};
    buffer_done(&key);
    if (!note)
        return;
    note->count++;
    note->is_pattern = is_pattern;
    note->is_granted = decision->was_granted;
    if (is_denied && (is_new || !note->is_denied))
        tell(question->call, note);
    note->is_denied = note->is_denied || is_denied;
}

static json_t *text(Bytes bytes)
{
    return json_stringn(bytes.ptr, bytes.len);
}

static json_t *denied_list(const Notes *notes)
{
    json_t *list = json_array();
    for (size_t i = 0; i < notes->count; i++) {
        const Note *note = notes->items[i];
        if (!note->is_denied)
            continue;
        json_array_append_new(list, json_pack("{s:o, s:o, s:o, s:s, s:I}", "principal", text(note->principal), "action",
                                              text(note->action), "resource", text(note->resource), "operation",
                                              note->operation, "count", (json_int_t)note->count));
    }
    return list;
}

static void forget(Notes *notes)
{
    end(notes);
    begin(notes);
}

void denied_page(void *context, HttpRequest *request, HttpResponse *response)
{
    Notes *notes = ((Auth *)context)->notes;
    Bytes wanted =
        present(request->query) ? query_parameter(request->arena, request->query, TEXT("principal")) : (Bytes){0};
    if (page_is(request, "DELETE"))
        forget(notes);
    json_t *answer = json_object();
    json_object_set_new(answer, "denied", denied_list(notes));
    json_object_set_new(answer, "policies", minimal_policies(notes->items, notes->count, wanted));
    if (notes->is_full)
        json_object_set_new(answer, "is_full", json_true());
    page_answer(response, answer);
}
