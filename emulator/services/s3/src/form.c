/* form.c - RFC 7578, RFC 2046. Behind the file nothing is read: aws: "the file … must be the last field in the form".
 */
#include "form.h"

#define HEAD_MAX 8192

static void free_held(void *form)
{
    buffer_done(&((Form *)form)->held);
}

/* The value of a parameter: name="x" or name=x; absent where there is none. */
static Bytes parameter(Bytes header, const char *name)
{
    Bytes rest = header, wanted = bytes_of(name);
    (void)bytes_cut(&rest, ';');
    while (present(rest)) {
        Bytes one = bytes_cut(&rest, ';');
        while (one.len && one.ptr[0] == ' ')
            one = bytes_slice(one, 1, one.len - 1);
        Bytes key = bytes_cut(&one, '=');
        if (!present(one) || !bytes_equal_ignoring_case(key, wanted))
            continue;
        if (one.len >= 2 && one.ptr[0] == '"' && one.ptr[one.len - 1] == '"')
            one = bytes_slice(one, 1, one.len - 2);
        return one;
    }
    return (Bytes){0};
}

bool form_begin(Form *form, Arena *arena, Bytes content_type)
{
    Bytes rest = content_type, type = bytes_cut(&rest, ';'), boundary = parameter(content_type, "boundary");
    if (!bytes_equal_ignoring_case(type, TEXT("multipart/form-data")) || !boundary.len)
        return false;
    form->arena = arena;
    form->mark = arena_text(arena, "\r\n--" BYTES_FMT, BYTES_ARG(boundary));
    form->state = FORM_FIELD; /* what stands before the first mark is nobody's */
    form->name = (Bytes){0};
    buffer_append(&form->held, TEXT("\r\n"));
    arena_defer(arena, free_held, form);
    return true;
}

static void drop(Form *form, size_t len)
{
    memmove(form->held.ptr, form->held.ptr + len, form->held.len - len);
    form->held.len -= len;
}

static ptrdiff_t find(const Form *form, Bytes what)
{
    const char *at = memmem(form->held.ptr, form->held.len, what.ptr, what.len);
    return at ? at - form->held.ptr : -1;
}

static void read_part_header(Form *form, Bytes line)
{
    Bytes value = line, name = bytes_cut(&value, ':');
    while (value.len && value.ptr[0] == ' ')
        value = bytes_slice(value, 1, value.len - 1);
    if (bytes_equal_ignoring_case(name, TEXT("content-disposition"))) {
        Bytes filename = parameter(value, "filename");
        form->name = arena_copy(form->arena, parameter(value, "name"));
        form->filename = present(filename) ? arena_copy(form->arena, filename) : (Bytes){0};
    }
    if (bytes_equal_ignoring_case(name, TEXT("content-type")))
        form->file_type = arena_copy(form->arena, value);
}

static bool take_head(Form *form)
{
    ptrdiff_t end = find(form, TEXT("\r\n\r\n"));
    form->is_malformed = end < 0 && form->held.len > HEAD_MAX;
    if (end < 0)
        return false;
    form->name = form->filename = form->file_type = (Bytes){0};
    Bytes head = {form->held.ptr, (size_t)end};
    while (present(head) && head.len) {
        Bytes line = bytes_cut(&head, '\n');
        if (line.len && line.ptr[line.len - 1] == '\r')
            line.len--;
        read_part_header(form, line);
    }
    drop(form, (size_t)end + 4);
    bool is_file = bytes_equal_ignoring_case(form->name, TEXT("file"));
    form->state = is_file ? FORM_FILE : FORM_FIELD;
    form->has_file = form->has_file || is_file;
    return true;
}

static void give(Form *form, size_t len)
{
    if (form->state == FORM_FILE && len)
        form->file.write(form->file.context, (Bytes){form->held.ptr, len});
}

static void keep_field(Form *form, Bytes value)
{
    form->fields_bytes += form->name.len + value.len;
    form->is_too_large = form->fields_bytes > FORM_BYTES_MAX || form->fields_count == FORM_FIELDS_MAX;
    if (!present(form->name) || form->is_too_large)
        return;
    form->fields[form->fields_count].name = form->name;
    form->fields[form->fields_count++].value = arena_copy(form->arena, value);
}

static bool take_body(Form *form)
{
    ptrdiff_t end = find(form, form->mark);
    size_t sure = form->held.len >= form->mark.len ? form->held.len - form->mark.len + 1 : 0;
    if (end < 0 && form->state == FORM_FIELD) {
        form->is_too_large = form->held.len > FORM_BYTES_MAX + HEAD_MAX;
        return false;
    }
    if (end < 0) {
        give(form, sure);
        drop(form, sure);
        return false;
    }
    if (form->state == FORM_FILE)
        give(form, (size_t)end);
    else
        keep_field(form, (Bytes){form->held.ptr, (size_t)end});
    drop(form, (size_t)end + form->mark.len);
    form->state = form->state == FORM_FILE ? FORM_END : FORM_AFTER;
    return true;
}

static bool take_after(Form *form)
{
    if (form->held.len < 2)
        return false;
    bool is_last = !memcmp(form->held.ptr, "--", 2);
    form->is_malformed = !is_last && memcmp(form->held.ptr, "\r\n", 2);
    drop(form, 2);
    form->state = is_last ? FORM_END : FORM_HEAD;
    return true;
}

static bool take_some(Form *form)
{
    switch (form->state) {
    case FORM_AFTER:
        return take_after(form);
    case FORM_HEAD:
        return take_head(form);
    case FORM_FIELD:
    case FORM_FILE:
        return take_body(form);
    case FORM_END:
        break;
    }
    return false;
}

void form_take(Form *form, Bytes bytes)
{
    if (form->state == FORM_END || form->is_malformed || form->is_too_large)
        return;
    buffer_append(&form->held, bytes);
    while (!form->is_malformed && !form->is_too_large && take_some(form))
        continue;
}

Bytes form_field(const Form *form, const char *name)
{
    for (size_t i = 0; i < form->fields_count; i++)
        if (bytes_equal_ignoring_case(form->fields[i].name, bytes_of(name)))
            return form->fields[i].value;
    return (Bytes){0};
}
