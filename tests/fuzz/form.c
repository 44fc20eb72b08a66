/* form.c - browsers' forms. However a form is cut, its fields and its file are the same; what is bound is bound. */
#include "form.h"
#include "fuzz.h"

static size_t write_file(void *context, Bytes bytes)
{
    buffer_append(context, bytes);
    return bytes.len;
}

static void take(Form *form, Arena *arena, Bytes body, size_t step, Buffer *file)
{
    *form = (Form){.file = {.write = write_file, .context = file}};
    EXPECT(form_begin(form, arena, TEXT("multipart/form-data; boundary=\"b\"")));
    form->file = (HttpSink){.write = write_file, .context = file};
    while (body.len) {
        size_t len = step < body.len ? step : body.len;
        form_take(form, bytes_slice(body, 0, len));
        body = bytes_slice(body, len, body.len - len);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static Form whole, pieces;
    Buffer one = {0}, other = {0};
    if (!size)
        return 0;
    Arena *arena = arena_new();
    Bytes body = {(const char *)data + 1, size - 1};
    take(&whole, arena, body, body.len + 1, &one);
    take(&pieces, arena, body, (size_t)data[0] + 1, &other);
    EXPECT(whole.fields_count <= FORM_FIELDS_MAX && pieces.fields_count <= FORM_FIELDS_MAX);
    if (!whole.is_malformed && !whole.is_too_large && !pieces.is_malformed && !pieces.is_too_large) {
        EXPECT(whole.state == pieces.state && whole.fields_count == pieces.fields_count);
        EXPECT(whole.has_file == pieces.has_file && bytes_equal(buffer_bytes(&one), buffer_bytes(&other)));
        for (size_t i = 0; i < whole.fields_count; i++)
            EXPECT(bytes_equal(whole.fields[i].value, pieces.fields[i].value));
    }
    (void)form_field(&whole, "key");
    buffer_done(&one);
    buffer_done(&other);
    arena_free(arena);
    return 0;
}
