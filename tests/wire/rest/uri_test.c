/* uri_test.c - every operation of Lambda's and S3's models is found by a request that is made from its own template. */
#include "buffer.h"
#include "tables.h"
#include "uri.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

/* What a request needs beside its path: parameters and fields that the operation can't do without. */
typedef struct Sent {
    HttpHeader headers[16];
    Buffer target;
    bool has_query;
    HttpHead head;
} Sent;

static void add_parameter(Sent *sent, Bytes text)
{
    buffer_append_char(&sent->target, sent->has_query ? '&' : '?');
    buffer_append(&sent->target, text);
    sent->has_query = true;
}

static void add_required(Sent *sent, Arena *arena, const Shape *input)
{
    for (size_t i = 0; i < input->fields_count; i++) {
        const Field *field = &input->fields[i];
        if (field->required && field->location == IN_QUERY)
            add_parameter(sent, arena_text(arena, BYTES_FMT "=1", BYTES_ARG(field->name)));
        if (field->required && field->location == IN_HEADER)
            sent->headers[sent->head.headers_count++] = (HttpHeader){field->name, TEXT("1")};
    }
}

/* "/{Bucket}/{Key+}?acl" with a value for each label. */
static void send(Sent *sent, Arena *arena, const OperationModel *operation)
{
    Bytes query = bytes_of(operation->uri), path = bytes_cut(&query, '?');
    *sent = (Sent){.head = {.method = bytes_of(operation->method), .headers = sent->headers}};
    while (present(path)) {
        Bytes literal = bytes_cut(&path, '{'), label = present(path) ? bytes_cut(&path, '}') : TEXT("");
        buffer_append(&sent->target, literal);
        if (label.len)
            buffer_append_text(&sent->target, label.ptr[label.len - 1] == '+' ? "some/key" : "a%20b");
    }
    if (present(query))
        add_parameter(sent, query);
    add_required(sent, arena, operation->input);
    Bytes target = buffer_bytes(&sent->target);
    sent->head.path = bytes_cut(&target, '?');
    sent->head.query = target;
}

/* Two operations with one URI are told apart by the host alone. */
static bool is_told_by_host(const OperationModel *operation)
{
    return !strcmp(operation->name, "ListDirectoryBuckets");
}

/* An older form of another, with the same URI. */
static bool is_replaced(const ServiceModel *service, const OperationModel *operation)
{
    for (const struct OperationUri *uri = service->uris; uri->method; uri++)
        if (!strcmp(uri->operation, operation->name))
            return false;
    return true;
}

static size_t labels_of(const char *uri)
{
    size_t count = 0;
    for (; *uri; uri++)
        count += *uri == '{';
    return count;
}

static void find_itself(const Tables *tables, const UriTable *uris, const OperationModel *operation)
{
    Arena *arena = arena_new();
    Sent sent;
    send(&sent, arena, operation);
    UriMatch match = uri_match(uris, arena, &sent.head);
    print_message("%s %s %.*s\n", operation->name, operation->method, BYTES_ARG(buffer_bytes(&sent.target)));
    assert_non_null(match.operation);
    assert_string_equal(match.operation, operation->name);
    assert_int_equal(match.labels_count, labels_of(operation->uri));
    for (size_t i = 0; i < match.labels_count; i++)
        assert_true(bytes_is(match.labels[i].value, "a b") || bytes_is(match.labels[i].value, "some/key"));
    assert_non_null(tables_operation(tables, match.operation));
    buffer_done(&sent.target);
    arena_free(arena);
}

static void every_operation_finds_itself(const Tables *tables)
{
    size_t count = 0;
    if (!tables->service)
        skip();
    UriTable *uris = uri_table_new(tables->service);
    for (const OperationModel *const *at = tables->operations; *at; at++)
        if (!is_told_by_host(*at) && !is_replaced(tables->service, *at)) {
            find_itself(tables, uris, *at);
            count++;
        }
    uri_table_free(uris);
    print_message("%zu operations of %s\n", count, tables->name);
    assert_true(count > 80);
}

static void every_operation_of_lambda_finds_itself(void **state)
{
    (void)state;
    every_operation_finds_itself(&TABLES_OF_LAMBDA);
}

static void every_operation_of_s3_finds_itself(void **state)
{
    (void)state;
    every_operation_finds_itself(&TABLES_OF_S3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_operation_of_lambda_finds_itself),
        cmocka_unit_test(every_operation_of_s3_finds_itself),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
