/* rest_case.c */
#include "rest_case.h"
#include "xml_tree.h"
#include <ctype.h>
#include <stdlib.h>

static void free_json(void *json)
{
    json_decref(json);
}

static Bytes text_of_json(Arena *arena, const json_t *json)
{
    char *text = json_dumps(json, JSON_ENCODE_ANY | JSON_SORT_KEYS | JSON_ENSURE_ASCII);
    Bytes copy = arena_copy(arena, bytes_of(text ? text : "(nothing)"));
    free(text);
    return copy;
}

static const char *word(const RestCase *one, const char *key)
{
    const char *text = json_string_value(json_object_get(one->json, key));
    return text ? text : "";
}

/* With what stands for $ in its place. */
static Bytes filled_in(Arena *arena, const RestCase *one, Bytes text)
{
    Buffer out = {0};
    for (size_t i = 0; i < text.len; i++)
        if (one->each && text.ptr[i] == '$')
            buffer_append_text(&out, one->each);
        else
            buffer_append_char(&out, text.ptr[i]);
    Bytes copy = arena_copy(arena, buffer_bytes(&out));
    buffer_done(&out);
    return copy;
}

static Bytes lower_case(Arena *arena, const char *name)
{
    char *text = arena_take_raw(arena, strlen(name) + 1);
    for (size_t i = 0; i <= strlen(name); i++)
        text[i] = (char)tolower((unsigned char)name[i]);
    return bytes_of(text);
}

/* -- requests ---------------------------------------------------------------------------------------------------- */

static void add_header(HttpHead *head, Bytes name, Bytes value)
{
    HttpHeader *headers = (HttpHeader *)(uintptr_t)head->headers;
    headers[head->headers_count++] = (HttpHeader){name, value};
}

/* A value that is a list is a field that comes several times. */
static void read_headers(Arena *arena, const RestCase *one, HttpHead *head)
{
    const char *name;
    json_t *value;
    head->headers = arena_new_array(arena, HttpHeader, 64);
    json_object_foreach(json_object_get(one->json, "headers"), name, value)
    {
        for (size_t i = 0; i < json_array_size(value); i++)
            add_header(head, lower_case(arena, name), bytes_of(json_string_value(json_array_get(value, i))));
        if (json_is_string(value))
            add_header(head, lower_case(arena, name), filled_in(arena, one, bytes_of(json_string_value(value))));
    }
}

static Bytes body_of(Arena *arena, const RestCase *one)
{
    const json_t *body = json_object_get(one->json, "body");
    if (!body)
        return TEXT("");
    bool is_text = json_is_string(body);
    Bytes text = is_text ? (Bytes){json_string_value(body), json_string_length(body)} : text_of_json(arena, body);
    return filled_in(arena, one, text);
}

static WireRequest request_of(Arena *arena, const RestCase *one)
{
    WireRequest request = {.body = body_of(arena, one)};
    Bytes target = filled_in(arena, one, bytes_of(word(one, "send")));
    request.head.method = bytes_cut(&target, ' ');
    request.head.path = bytes_cut(&target, '?');
    request.head.query = target;
    read_headers(arena, one, &request.head);
    return request;
}

typedef struct Decoded {
    const OperationModel *operation; /* NULL: no template matches */
    void *value;
    int code;
    Bytes message;
} Decoded;

static Decoded decode(Arena *arena, const RestCase *one)
{
    Decoded decoded = {0};
    WireRequest request = request_of(arena, one);
    UriMatch match = uri_match(one->uris, arena, &request.head);
    if (!match.operation)
        return decoded;
    request.labels = match.labels;
    request.labels_count = match.labels_count;
    decoded.operation = tables_operation(one->tables, match.operation);
    decoded.value = arena_take(arena, decoded.operation->input->size);
    decoded.code = one->protocol->decode(arena, decoded.operation, &request, decoded.value, &decoded.message);
    return decoded;
}

Bytes case_request(Arena *arena, const RestCase *one)
{
    Decoded decoded = decode(arena, one);
    const char *operation = decoded.operation ? decoded.operation->name : "(none)";
    if (strcmp(operation, word(one, "operation")))
        return arena_text(arena, "it goes to %s, not to %s", operation, word(one, "operation"));
    if (decoded.code != WIRE_OK)
        return arena_text(arena, "it is refused: " BYTES_FMT, BYTES_ARG(decoded.message));
    json_t *held = shape_to_json(decoded.operation->input, decoded.value);
    arena_defer(arena, free_json, held);
    const json_t *expected = json_object_get(one->json, "expect");
    if (json_same(held, expected))
        return (Bytes){0};
    return arena_text(arena, "expected " BYTES_FMT "\n      got " BYTES_FMT, BYTES_ARG(text_of_json(arena, expected)),
                      BYTES_ARG(text_of_json(arena, held)));
}

Bytes case_refused(Arena *arena, const RestCase *one)
{
    Decoded decoded = decode(arena, one);
    if (json_is_true(json_object_get(one->json, "unknown")))
        return decoded.operation ? arena_text(arena, "it goes to %s", decoded.operation->name) : (Bytes){0};
    if (!decoded.operation)
        return TEXT("no operation matches");
    if (decoded.code == WIRE_OK) {
        json_t *held = shape_to_json(decoded.operation->input, decoded.value);
        arena_defer(arena, free_json, held);
        return arena_text(arena, "it is taken as " BYTES_FMT, BYTES_ARG(text_of_json(arena, held)));
    }
    return present(decoded.message) && bytes_is_utf8(decoded.message) ? (Bytes){0} : TEXT("no words say why");
}

/* -- answers ----------------------------------------------------------------------------------------------------- */

/* RFC 3339 leaves it open whether a whole second is written with a fraction: our times always have one. */
static void append_without_zeros(Buffer *out, Bytes text)
{
    static const char zeros[] = ".000Z";
    size_t len = sizeof zeros - 1;
    for (size_t i = 0; i < text.len; i++)
        if (text.len - i >= len && !memcmp(text.ptr + i, zeros, len)) {
            buffer_append_char(out, 'Z');
            i += len - 1;
        } else {
            buffer_append_char(out, text.ptr[i]);
        }
}

static Bytes without_zeros(Arena *arena, Bytes text)
{
    Buffer out = {0};
    append_without_zeros(&out, text);
    Bytes copy = arena_copy(arena, buffer_bytes(&out));
    buffer_done(&out);
    return copy;
}

static void append_attributes(Buffer *out, const XmlElement *element)
{
    Bytes last = {0};
    for (;;) { /* in the order of their names */
        const XmlAttribute *next = NULL;
        for (const XmlAttribute *at = element->attributes; at; at = at->next)
            if ((!present(last) || bytes_compare(at->name, last) > 0) &&
                (!next || bytes_compare(at->name, next->name) < 0))
                next = at;
        if (!next)
            return;
        buffer_append_format(out, " " BYTES_FMT "='" BYTES_FMT "'", BYTES_ARG(next->name), BYTES_ARG(next->value));
        last = next->name;
    }
}

/* A document so that two that say the same are equal: white space between elements left out. */
static void append_tree(Buffer *out, const XmlElement *element)
{
    buffer_append_format(out, "<" BYTES_FMT, BYTES_ARG(element->name));
    append_attributes(out, element);
    buffer_append_char(out, '>');
    if (!element->first)
        append_without_zeros(out, element->text);
    for (const XmlElement *child = element->first; child; child = child->next)
        append_tree(out, child);
    buffer_append_text(out, "</>");
}

static Bytes tree_of(Arena *arena, Bytes document)
{
    const XmlElement *root = xml_tree(arena, document);
    Buffer out = {0};
    if (!root)
        return arena_text(arena, "(no XML) " BYTES_FMT, BYTES_ARG(document));
    append_tree(&out, root);
    Bytes copy = arena_copy(arena, buffer_bytes(&out));
    buffer_done(&out);
    return copy;
}

static Bytes differs(Arena *arena, const char *what, Bytes expected, Bytes got)
{
    return bytes_equal(expected, got) ? (Bytes){0}
                                      : arena_text(arena, "%s: expected " BYTES_FMT "\n      got " BYTES_FMT, what,
                                                   BYTES_ARG(expected), BYTES_ARG(got));
}

static Bytes json_differs(Arena *arena, const json_t *expected, Bytes body)
{
    json_t *got = json_loadb(body.ptr, body.len, JSON_DECODE_ANY, NULL);
    if (got)
        arena_defer(arena, free_json, got);
    if (got && json_same(got, expected))
        return (Bytes){0};
    return arena_text(arena, "body: expected " BYTES_FMT "\n      got " BYTES_FMT,
                      BYTES_ARG(text_of_json(arena, expected)), BYTES_ARG(body));
}

static Bytes body_differs(Arena *arena, const RestCase *one, Bytes body)
{
    const json_t *expected = json_object_get(one->json, "body");
    if (!expected)
        return (Bytes){0};
    if (!json_is_string(expected))
        return json_differs(arena, expected, body);
    Bytes text = {json_string_value(expected), json_string_length(expected)};
    if (text.len && text.ptr[0] == '<')
        return differs(arena, "body", tree_of(arena, text), tree_of(arena, body));
    return differs(arena, "body", text, body);
}

static Bytes header_of(Arena *arena, const WireAnswer *answer, Bytes name)
{
    Bytes found = {0};
    for (size_t i = 0; i < answer->headers_count; i++)
        if (bytes_equal_ignoring_case(answer->headers[i].name, name))
            found = present(found) ? TEXT("(twice)") : without_zeros(arena, answer->headers[i].value);
    return found;
}

static Bytes headers_differ(Arena *arena, const RestCase *one, const WireAnswer *answer)
{
    const char *name;
    json_t *value;
    Bytes wrong = {0};
    json_object_foreach(json_object_get(one->json, "headers"), name, value)
    {
        Bytes got = header_of(arena, answer, bytes_of(name)), expected = bytes_of(json_string_value(value));
        if (present(got) != present(expected) || !bytes_equal(got, expected))
            wrong = arena_text(arena, "%s: expected %s, got %s", name, present(expected) ? expected.ptr : "none",
                               present(got) ? arena_cstr(arena, got) : "none");
    }
    return wrong;
}

static Bytes answer_differs(Arena *arena, const RestCase *one, WireAnswer *answer)
{
    int status = (int)json_integer_value(json_object_get(one->json, "status"));
    Bytes wrong = body_differs(arena, one, buffer_bytes(&answer->body));
    if (status && answer->status != status)
        wrong = arena_text(arena, "status: expected %d, got %d", status, answer->status);
    if (!present(wrong))
        wrong = headers_differ(arena, one, answer);
    buffer_done(&answer->body);
    return wrong;
}

Bytes case_answer(Arena *arena, const RestCase *one)
{
    const OperationModel *operation = tables_operation(one->tables, word(one, "operation"));
    WireAnswer answer = {.arena = arena};
    if (!operation)
        return TEXT("no operation has that name");
    void *value = arena_take(arena, operation->output->size);
    if (!shape_from_json(arena, operation->output, json_object_get(one->json, "output"), value))
        return TEXT("the output does not fit its shape");
    one->protocol->encode(&answer, one->tables->service, operation, value, TEXT("id"));
    return answer_differs(arena, one, &answer);
}

Bytes case_error(Arena *arena, const RestCase *one)
{
    const ErrorModel *error = tables_error(one->tables, word(one, "error"));
    const json_t *fields = json_object_get(one->json, "fields");
    if (!error)
        return TEXT("no error has that name");
    ErrorAnswer told = {.error = error, .message = bytes_of(word(one, "message")), .request_id = TEXT("id")};
    WireAnswer answer = {.arena = arena, .status = error->http_status};
    if (fields) {
        void *value = arena_take(arena, error->shape->size);
        if (!shape_from_json(arena, error->shape, fields, value))
            return TEXT("the fields do not fit their shape");
        told.fields = value;
    }
    one->protocol->encode_error(&answer, one->tables->service, &told);
    return answer_differs(arena, one, &answer);
}
