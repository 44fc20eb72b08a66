/* rest.c - what restJson1 and restXml have in common: members travel in the path, the query, header fields, the status
 * and the body, as the model says. smithy.io, "HTTP bindings". */
#include "rest.h"
#include "budget.h"
#include "text_value.h"

typedef struct RestReader {
    Arena *arena;
    const WireRequest *request;
    Bytes *message;
    struct Parameter {
        Bytes name, value;
    } * parameters; /* of the query, decoded; in order */
    size_t parameters_count;
    bool passes_empty_numbers;
} RestReader;

static int wrong_type(RestReader *reader, const Field *field, Bytes text)
{
    if (!bytes_is_utf8(text))
        return wire_fail(reader->arena, reader->message, WIRE_MALFORMED, BYTES_FMT " is not UTF-8",
                         BYTES_ARG(field->name));
    return wire_fail(reader->arena, reader->message, WIRE_WRONG_TYPE,
                     "'" BYTES_FMT "' at " BYTES_FMT " can not be converted to %s",
                     BYTES_ARG(bytes_utf8_prefix(text, 100)), BYTES_ARG(field->name), field->shape->name);
}

static int read_text(RestReader *reader, const Field *field, Bytes text, void *out)
{
    TimeFormat usual = field->location == IN_HEADER ? TIME_HTTP_DATE : TIME_ISO_8601;
    return text_read(reader->arena, field->shape, usual, text, out) ? WIRE_OK : wrong_type(reader, field, text);
}

static int read_query(RestReader *reader)
{
    Bytes rest = reader->request->head.query;
    Growing parameters = growing_new(reader->arena, sizeof *reader->parameters);
    while (present(rest)) {
        Bytes value = bytes_cut(&rest, '&');
        if (!value.len)
            continue;
        Bytes name = bytes_cut(&value, '=');
        struct Parameter *parameter = growing_add(&parameters);
        if (!percent_decode(reader->arena, name, true, &parameter->name) ||
            !percent_decode(reader->arena, present(value) ? value : TEXT(""), true, &parameter->value) ||
            !bytes_is_utf8(parameter->name) || !bytes_is_utf8(parameter->value))
            return wire_fail(reader->arena, reader->message, WIRE_MALFORMED, "The query is not well-formed");
    }
    reader->parameters = (struct Parameter *)(void *)parameters.items;
    reader->parameters_count = parameters.count;
    return WIRE_OK;
}

static int read_path_member(RestReader *reader, const Shape *shape, const Field *field, void *out)
{
    for (size_t i = 0; i < reader->request->labels_count; i++) {
        const UriLabel *label = &reader->request->labels[i];
        if (bytes_equal(label->name, field->name))
            return read_text(reader, field, label->value, field_slot(reader->arena, shape, field, out));
    }
    return WIRE_OK;
}

/* All the parameters of that name. */
static int read_query_list(RestReader *reader, const Shape *list, Bytes name, AnyList *out)
{
    Growing items = growing_new(reader->arena, list->member->size);
    for (size_t i = 0; i < reader->parameters_count; i++) {
        const struct Parameter *parameter = &reader->parameters[i];
        if (bytes_equal(parameter->name, name) &&
            !text_read(reader->arena, list->member, TIME_ISO_8601, parameter->value, growing_add(&items)))
            return wire_fail(reader->arena, reader->message, WIRE_WRONG_TYPE,
                             "'" BYTES_FMT "' can not be converted to %s",
                             BYTES_ARG(bytes_utf8_prefix(parameter->value, 100)), list->member->name);
    }
    *out = growing_list(&items);
    return WIRE_OK;
}

/* smithy.io, httpQueryParams: a server puts every parameter into the map, those of other members, too. Each name once:
 * the last value, or all of them in a map of lists. */
static int read_query_map(RestReader *reader, const Shape *map, AnyList *out)
{
    Growing entries = growing_new(reader->arena, map->entry_size);
    int code = WIRE_OK;
    for (size_t i = 0; i < reader->parameters_count && code == WIRE_OK; i++) {
        const struct Parameter *parameter = &reader->parameters[i];
        budget_work(reader->arena, reader->parameters_count);
        char *entry = growing_add(&entries);
        *(Bytes *)(void *)entry = parameter->name;
        if (map->member->kind == KIND_LIST)
            code =
                read_query_list(reader, map->member, parameter->name, (AnyList *)(void *)(entry + map->value_offset));
        else
            *(Bytes *)(void *)(entry + map->value_offset) = parameter->value;
    }
    *out = growing_map(&entries);
    return code;
}

static bool is_number(const Shape *shape)
{
    return shape->kind == KIND_INTEGER || shape->kind == KIND_LONG;
}

static int read_query_member(RestReader *reader, const Shape *shape, const Field *field, void *out)
{
    if (field->shape->kind == KIND_MAP)
        return reader->parameters_count
                   ? read_query_map(reader, field->shape, field_slot(reader->arena, shape, field, out))
                   : WIRE_OK;
    for (size_t i = 0; i < reader->parameters_count; i++) {
        if (!bytes_equal(reader->parameters[i].name, field->name))
            continue;
        if (reader->passes_empty_numbers && !reader->parameters[i].value.len && is_number(field->shape))
            continue;
        void *slot = field_slot(reader->arena, shape, field, out);
        if (field->shape->kind == KIND_LIST)
            return read_query_list(reader, field->shape, field->name, slot);
        return read_text(reader, field, reader->parameters[i].value, slot);
    }
    return WIRE_OK;
}

static Bytes trimmed(Bytes text)
{
    while (text.len && (text.ptr[0] == ' ' || text.ptr[0] == '\t'))
        text = bytes_slice(text, 1, text.len - 1);
    while (text.len && (text.ptr[text.len - 1] == ' ' || text.ptr[text.len - 1] == '\t'))
        text.len--;
    return text;
}

/* "a \"b\"": what stands between quotes, with \ taken off. Cuts it and its comma off *rest. */
static Bytes cut_quoted(Arena *arena, Bytes *rest)
{
    char *text = arena_take_raw(arena, rest->len);
    size_t len = 0, at = 1;
    for (; at < rest->len && rest->ptr[at] != '"'; at++) {
        if (rest->ptr[at] == '\\' && at + 1 < rest->len)
            at++;
        text[len++] = rest->ptr[at];
    }
    Bytes behind = bytes_slice(*rest, at, rest->len - at);
    bytes_cut(&behind, ',');
    *rest = behind;
    return (Bytes){text, len};
}

/* One item of a header's list: up to the next comma; an HTTP date has one of its own. */
static Bytes cut_item(Arena *arena, const Shape *member, Bytes *rest)
{
    *rest = trimmed(*rest);
    if (rest->len && rest->ptr[0] == '"')
        return cut_quoted(arena, rest);
    Bytes whole = *rest, item = bytes_cut(rest, ',');
    bool is_date = member->kind == KIND_TIMESTAMP && present(*rest) && member->time != TIME_ISO_8601 &&
                   member->time != TIME_SECONDS;
    if (is_date) {
        Bytes second = bytes_cut(rest, ',');
        item.len = (size_t)(second.ptr - whole.ptr) + second.len;
    }
    return trimmed(item);
}

static int read_header_items(RestReader *reader, const Field *field, Bytes rest, Growing *items)
{
    const Shape *member = field->shape->member;
    while (present(rest)) {
        Bytes item = cut_item(reader->arena, member, &rest);
        if (!text_read(reader->arena, member, TIME_HTTP_DATE, item, growing_add(items)))
            return wrong_type(reader, field, item);
    }
    return WIRE_OK;
}

/* RFC 9110 5.3: fields of one name are one list. */
static int read_header_list(RestReader *reader, const Field *field, AnyList *out)
{
    const HttpHead *head = &reader->request->head;
    Growing items = growing_new(reader->arena, field->shape->member->size);
    int code = WIRE_OK;
    for (size_t i = 0; i < head->headers_count && code == WIRE_OK; i++)
        if (bytes_equal(head->headers[i].name, field->name))
            code = read_header_items(reader, field, head->headers[i].value, &items);
    *out = growing_list(&items);
    return code;
}

static int read_header_member(RestReader *reader, const Shape *shape, const Field *field, void *out)
{
    Bytes value = http_head_field(&reader->request->head, field->name.ptr);
    if (!present(value) || (!value.len && field->shape->kind != KIND_STRING))
        return WIRE_OK;
    void *slot = field_slot(reader->arena, shape, field, out);
    return field->shape->kind == KIND_LIST ? read_header_list(reader, field, slot)
                                           : read_text(reader, field, value, slot);
}

static int read_headers_member(RestReader *reader, const Shape *shape, const Field *field, void *out)
{
    const HttpHead *head = &reader->request->head;
    Growing entries = growing_new(reader->arena, field->shape->entry_size);
    for (size_t i = 0; i < head->headers_count; i++) {
        Bytes name = head->headers[i].name;
        if (!bytes_starts_with(name, field->name))
            continue;
        if (!bytes_is_utf8(name) || !bytes_is_utf8(head->headers[i].value))
            return wrong_type(reader, field, head->headers[i].value);
        char *entry = growing_add(&entries);
        *(Bytes *)(void *)entry = bytes_slice(name, field->name.len, name.len - field->name.len);
        *(Bytes *)(void *)(entry + field->shape->value_offset) = head->headers[i].value;
    }
    if (entries.count)
        *(AnyList *)field_slot(reader->arena, shape, field, out) = growing_map(&entries);
    return WIRE_OK;
}

static int read_head_member(RestReader *reader, const Shape *shape, const Field *field, void *out)
{
    switch (field->location) {
    case IN_PATH:
        return read_path_member(reader, shape, field, out);
    case IN_QUERY:
        return read_query_member(reader, shape, field, out);
    case IN_HEADER:
        return read_header_member(reader, shape, field, out);
    case IN_HEADERS:
        return read_headers_member(reader, shape, field, out);
    default:
        return WIRE_OK;
    }
}

const Field *rest_payload(const Shape *shape)
{
    for (size_t i = 0; i < shape->fields_count; i++)
        if (shape->fields[i].location == IN_PAYLOAD)
            return &shape->fields[i];
    return NULL;
}

bool rest_has_body(const Shape *shape)
{
    for (size_t i = 0; i < shape->fields_count; i++)
        if (shape->fields[i].location == IN_BODY)
            return true;
    return false;
}

static int read_body(RestReader *reader, const RestBody *body, const OperationModel *operation, void *out)
{
    const Shape *shape = operation->input;
    const Field *payload = rest_payload(shape);
    Bytes bytes = reader->request->body;
    if (!bytes.len && (!payload || payload->shape->kind >= KIND_STRUCTURE || !payload->streaming))
        return WIRE_OK;
    if (!payload)
        return rest_has_body(shape) ? body->decode(reader->arena, operation->root, shape, bytes, out, reader->message)
                                    : WIRE_OK;
    void *slot = field_slot(reader->arena, shape, payload, out);
    if (payload->shape->kind == KIND_STRING && !bytes_is_utf8(bytes))
        return wrong_type(reader, payload, bytes);
    if (payload->shape->kind == KIND_BLOB || payload->shape->kind == KIND_STRING)
        return *(Bytes *)slot = (Bytes){bytes.ptr ? bytes.ptr : "", bytes.len}, WIRE_OK;
    return body->decode(reader->arena, payload->name.ptr, payload->shape, bytes, slot, reader->message);
}

int rest_decode(Arena *arena, const RestBody *body, const OperationModel *operation, const WireRequest *request,
                void *ret, Bytes *ret_message)
{
    RestReader reader = {
        .arena = arena, .request = request, .message = ret_message, .passes_empty_numbers = body->passes_empty_numbers};
    const Shape *shape = operation->input;
    int code = read_query(&reader);
    for (size_t i = 0; i < shape->fields_count && code == WIRE_OK; i++)
        code = read_head_member(&reader, shape, &shape->fields[i], ret);
    return code == WIRE_OK ? read_body(&reader, body, operation, ret) : code;
}

static Bytes scalar_text(Arena *arena, const Shape *shape, const void *value)
{
    Buffer text = {0};
    text_append(&text, shape, TIME_HTTP_DATE, value);
    Bytes copy = arena_copy(arena, buffer_bytes(&text));
    buffer_done(&text);
    return copy;
}

/* Strings with a comma or a quote are quoted in a list. */
static void append_item(Buffer *out, const Shape *shape, const void *value)
{
    Bytes text = shape->kind == KIND_STRING ? *(const Bytes *)value : (Bytes){0};
    if (shape->kind != KIND_STRING || (bytes_find(text, ',') < 0 && bytes_find(text, '"') < 0)) {
        text_append(out, shape, TIME_HTTP_DATE, value);
        return;
    }
    buffer_append_char(out, '"');
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] == '"' || text.ptr[i] == '\\')
            buffer_append_char(out, '\\');
        buffer_append_char(out, text.ptr[i]);
    }
    buffer_append_char(out, '"');
}

static Bytes list_text(Arena *arena, const Shape *list_shape, const AnyList *list)
{
    Buffer text = {0};
    for (size_t i = 0; i < list->len; i++) {
        if (i)
            buffer_append(&text, TEXT(", "));
        append_item(&text, list_shape->member, list_item(list, i, list_shape->member->size));
    }
    Bytes copy = arena_copy(arena, buffer_bytes(&text));
    buffer_done(&text);
    return copy;
}

static void write_headers(WireAnswer *answer, const Field *field, const AnyList *map)
{
    for (size_t i = 0; i < map->len; i++) {
        const char *entry = list_item(map, i, field->shape->entry_size);
        Bytes name = *(const Bytes *)(const void *)entry;
        wire_answer_add(answer, arena_text(answer->arena, BYTES_FMT BYTES_FMT, BYTES_ARG(field->name), BYTES_ARG(name)),
                        *(const Bytes *)(const void *)(entry + field->shape->value_offset));
    }
}

static void write_head_member(WireAnswer *answer, const Field *field, const void *value)
{
    if (field->location == IN_STATUS)
        answer->status = *(const int32_t *)value;
    else if (field->location == IN_HEADERS)
        write_headers(answer, field, value);
    else if (field->location == IN_HEADER && field->shape->kind == KIND_LIST)
        wire_answer_add(answer, field->name, list_text(answer->arena, field->shape, value));
    else if (field->location == IN_HEADER)
        wire_answer_add(answer, field->name, scalar_text(answer->arena, field->shape, value));
}

void rest_encode_head(WireAnswer *answer, const Shape *shape, const void *value)
{
    for (size_t i = 0; i < shape->fields_count; i++) {
        const Field *field = &shape->fields[i];
        if (!is_in_answers_body(field) && field->location != IN_PAYLOAD && field_is_present(shape, field, value))
            write_head_member(answer, field, field_value(field, value));
    }
}

static bool has_header(const WireAnswer *answer, const char *name)
{
    for (size_t i = 0; i < answer->headers_count; i++)
        if (bytes_is(answer->headers[i].name, name))
            return true;
    return false;
}

/* Of a member with this name and these namespaces; a service whose documents bear one of its own has it on all. */
static XmlRoot root_of(const ServiceModel *service, const char *name, const char *xml_namespace, const char *prefix)
{
    return (XmlRoot){name, xml_namespace ? xml_namespace : service->xml_namespace, prefix};
}

static void write_payload(WireAnswer *answer, const RestBody *body, const ServiceModel *service, const Shape *shape,
                          const void *value)
{
    const Field *payload = rest_payload(shape);
    XmlRoot root = root_of(service, payload->name.ptr, payload->xml_namespace, payload->xml_prefix);
    if (!field_is_present(shape, payload, value))
        return;
    const void *member = field_value(payload, value);
    bool is_bytes = payload->shape->kind == KIND_BLOB || payload->shape->kind == KIND_STRING;
    if (is_bytes)
        buffer_append(&answer->body, *(const Bytes *)member);
    else
        body->encode(&answer->body, &root, payload->shape, member);
    if (!has_header(answer, "content-type"))
        wire_answer_add(answer, TEXT("content-type"),
                        !is_bytes                             ? bytes_of(body->content_type)
                        : payload->shape->kind == KIND_STRING ? TEXT("text/plain")
                                                              : TEXT("application/octet-stream"));
}

static bool has_answers_body(const Shape *shape)
{
    for (size_t i = 0; i < shape->fields_count; i++)
        if (is_in_answers_body(&shape->fields[i]))
            return true;
    return false;
}

void rest_encode(WireAnswer *answer, const RestBody *body, const ServiceModel *service, const OperationModel *operation,
                 const void *value)
{
    const Shape *shape = operation->output;
    answer->status = operation->status;
    rest_encode_head(answer, shape, value);
    if (rest_payload(shape)) {
        write_payload(answer, body, service, shape, value);
    } else if (operation->has_output && (has_answers_body(shape) || body->is_never_empty)) {
        XmlRoot root =
            root_of(service, shape->xml_name ? shape->xml_name : shape->name, shape->xml_namespace, shape->xml_prefix);
        body->encode(&answer->body, &root, shape, value);
        wire_answer_add(answer, TEXT("content-type"), bytes_of(body->content_type));
    }
}
