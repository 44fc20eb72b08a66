/* http2_test.c - HTTP/2 with prior knowledge through the port. */
#include "h2_fixture.h"

static void one_connection_carries_many_requests(void **state)
{
    Owner owner;
    (void)state;
    owner_open(&owner, (NetOptions){0});
    Client *client = h2_client_open(&owner);
    for (int i = 0; i < 500; i++)
        h2_request(client, "/echo?q=%20", TEXT("hello two"));
    UNTIL(&owner, h2_of(client)->open == 0);
    for (int32_t id = 1; id < 1000; id += 2) {
        assert_int_equal(h2_stream(client, id)->status, 200);
        assert_int_equal(h2_stream(client, id)->error, 0);
        assert_string_equal(h2_stream(client, id)->length, "9");
        assert_true(bytes_is(buffer_bytes(&h2_stream(client, id)->body), "hello two"));
    }
    assert_true(owner.is_http2);
    assert_string_equal(owner.query, "q=%20");
    assert_string_equal(owner.host, "local.example:4566");
    UNTIL(&owner, net_open_requests(owner.net) == 0);
    h2_client_close(client);
    owner_close(&owner);
}

static void the_preface_may_come_byte_by_byte(void **state)
{
    static const char start[] = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\4\0\0\0\0\0";
    Owner owner;
    (void)state;
    owner_open(&owner, (NetOptions){0});
    Client *client = client_open(&owner);
    for (size_t i = 0; i < sizeof start - 1; i++) {
        client_send(client, (Bytes){start + i, 1});
        owner_step(&owner);
    }
    UNTIL(&owner, client->in.len > 9);
    assert_int_equal(client->in.ptr[3], NGHTTP2_SETTINGS);
    client_close(client);
    owner_close(&owner);
}

static void half_a_preface_and_the_end_is_no_loop(void **state)
{
    Owner owner;
    (void)state;
    owner_open(&owner, (NetOptions){0});
    Client *client = client_open(&owner);
    client_send_text(client, "PR");
    owner_rounds(&owner, 5);
    shutdown(client->fd, SHUT_WR);
    UNTIL(&owner, client->eof);
    client_close(client);
    owner_close(&owner);
}

static void a_large_answer_passes_a_small_window(void **state)
{
    Owner owner;
    (void)state;
    owner_open(&owner, (NetOptions){0});
    Client *client = h2_client_open(&owner);
    int32_t first = h2_request(client, "/big", (Bytes){0}), second = h2_request(client, "/big", (Bytes){0});
    int32_t small = h2_request(client, "/echo", TEXT("between"));
    UNTIL(&owner, h2_of(client)->open == 0);
    assert_int_equal(h2_stream(client, first)->body.len, BIG_BYTES);
    assert_int_equal(h2_stream(client, second)->body.len, BIG_BYTES);
    assert_int_equal(h2_stream(client, small)->body.len, 7);
    h2_client_close(client);
    owner_close(&owner);
}

static void a_large_body_is_taken(void **state)
{
    Owner owner;
    (void)state;
    owner_open(&owner, (NetOptions){0});
    Client *client = h2_client_open(&owner);
    char *bytes = calloc(1, BIG_BYTES);
    int32_t id = h2_request(client, "/size", (Bytes){bytes, BIG_BYTES});
    UNTIL(&owner, h2_stream(client, id)->closed);
    assert_true(bytes_is(buffer_bytes(&h2_stream(client, id)->body), "10485760"));
    free(bytes);
    h2_client_close(client);
    owner_close(&owner);
}

static void a_body_over_the_limit_is_refused_before_its_end(void **state)
{
    Owner owner;
    (void)state;
    owner_open(&owner, (NetOptions){0});
    owner.body_max = 50000;
    char *bytes = calloc(1, BIG_BYTES);
    for (int told = 0; told < 2; told++) {
        Client *client = h2_client_open(&owner);
        int32_t id =
            h2_request_with(client, "/size", (Bytes){bytes, BIG_BYTES}, told ? "content-length" : NULL, "10485760");
        UNTIL(&owner, h2_stream(client, id)->closed);
        assert_int_equal(h2_stream(client, id)->status, 413);
        assert_true(bytes_is(buffer_bytes(&h2_stream(client, id)->body), "refused"));
        assert_int_equal(h2_stream(client, id)->error, NGHTTP2_NO_ERROR);
        int32_t next = h2_request(client, "/echo", TEXT("goes on"));
        UNTIL(&owner, h2_stream(client, next)->closed);
        assert_int_equal(h2_stream(client, next)->status, 200);
        h2_client_close(client);
    }
    free(bytes);
    owner_close(&owner);
}

static void expect_100_continue_is_answered(void **state)
{
    Owner owner;
    (void)state;
    owner_open(&owner, (NetOptions){0});
    Client *client = h2_client_open(&owner);
    int32_t id = h2_request_with(client, "/echo", TEXT("x"), "expect", "100-continue");
    UNTIL(&owner, h2_stream(client, id)->closed);
    assert_int_equal(h2_stream(client, id)->informational, 100);
    assert_int_equal(h2_stream(client, id)->status, 200);
    h2_client_close(client);
    owner_close(&owner);
}

static void too_many_headers_are_refused(void **state)
{
    Owner owner;
    nghttp2_nv headers[LIMIT_HEADERS + 10];
    (void)state;
    owner_open(&owner, (NetOptions){0});
    Client *client = h2_client_open(&owner);
    headers[0] = h2_nv(":method", "GET");
    headers[1] = h2_nv(":scheme", "http");
    headers[2] = h2_nv(":path", "/");
    headers[3] = h2_nv(":authority", "a");
    for (int i = 4; i < LIMIT_HEADERS + 10; i++)
        headers[i] = h2_nv("a", "b");
    int32_t id = nghttp2_submit_request(h2_of(client)->session, NULL, headers, LIMIT_HEADERS + 10, NULL, NULL);
    UNTIL(&owner, h2_stream(client, id)->closed);
    assert_int_equal(h2_stream(client, id)->status, 431);
    h2_client_close(client);
    owner_close(&owner);
}

/* The JavaScript SDK closes its session right after SubscribeToShard: it says GOAWAY and goes on reading. */
static void a_stream_outlives_the_clients_goaway(void **state)
{
    Owner owner;
    (void)state;
    owner_open(&owner, (NetOptions){0});
    Client *client = h2_client_open(&owner);
    int32_t id = h2_request(client, "/stream", TEXT("{}"));
    UNTIL(&owner, owner.stream && h2_stream(client, id)->status == 200);
    nghttp2_submit_goaway(h2_of(client)->session, NGHTTP2_FLAG_NONE, 0, NGHTTP2_NO_ERROR, NULL, 0);
    owner_rounds(&owner, 10);
    for (int i = 1; i <= 3; i++) {
        http_stream_write(owner.stream, TEXT("event"));
        UNTIL(&owner, h2_stream(client, id)->body.len == (size_t)i * 5);
    }
    assert_int_equal(owner.closed, 0);
    http_stream_end(owner.stream);
    UNTIL(&owner, h2_stream(client, id)->closed);
    UNTIL(&owner, client->eof); /* then nothing keeps the connection */
    assert_int_equal(owner.closed, 0);
    h2_client_close(client);
    owner_close(&owner);
}

static void a_stream_goes_out_in_pieces_beside_other_requests(void **state)
{
    Owner owner;
    (void)state;
    owner_open(&owner, (NetOptions){0});
    Client *client = h2_client_open(&owner);
    int32_t id = h2_request(client, "/stream", (Bytes){0});
    UNTIL(&owner, owner.stream);
    UNTIL(&owner, h2_stream(client, id)->status == 200);
    for (int i = 1; i <= 3; i++) {
        http_stream_write(owner.stream, TEXT("piece"));
        int32_t other = h2_request(client, "/echo", TEXT("x"));
        UNTIL(&owner, h2_stream(client, id)->body.len == (size_t)i * 5 && h2_stream(client, other)->closed);
        assert_int_equal(http_stream_backlog(owner.stream), 0);
    }
    http_stream_write(owner.stream, TEXT("last"));
    http_stream_end(owner.stream);
    UNTIL(&owner, h2_stream(client, id)->closed);
    assert_int_equal(h2_stream(client, id)->body.len, 19);
    assert_int_equal(owner.closed, 0);
    h2_client_close(client);
    owner_close(&owner);
}

static void a_cancelled_stream_is_closed_once(void **state)
{
    Owner owner;
    (void)state;
    owner_open(&owner, (NetOptions){0});
    Client *client = h2_client_open(&owner);
    int32_t id = h2_request(client, "/stream", (Bytes){0});
    UNTIL(&owner, owner.stream);
    nghttp2_submit_rst_stream(h2_of(client)->session, NGHTTP2_FLAG_NONE, id, NGHTTP2_CANCEL);
    UNTIL(&owner, owner.closed);
    owner_rounds(&owner, 3);
    assert_int_equal(owner.closed, 1);
    assert_int_equal(net_open_requests(owner.net), 0);
    h2_client_close(client);
    owner_close(&owner);
}

static void a_client_gone_leaves_nothing_open(void **state)
{
    Owner owner;
    (void)state;
    owner_open(&owner, (NetOptions){0});
    Client *client = h2_client_open(&owner);
    h2_request(client, "/hold", TEXT("x"));
    h2_request(client, "/stream", TEXT("x"));
    h2_request(client, "/big", TEXT("x"));
    UNTIL(&owner, owner.held && owner.stream && owner.answered);
    h2_client_close(client);
    UNTIL(&owner, owner.gone == 1 && owner.closed == 1);
    assert_int_equal(net_open_requests(owner.net), 1);
    owner_respond(&owner, owner.held);
    assert_int_equal(net_open_requests(owner.net), 0);
    owner_close(&owner);
}

static void a_client_that_takes_nothing_shows_in_the_backlog(void **state)
{
    Owner owner;
    (void)state;
    owner_open(&owner, (NetOptions){0});
    Client *client = h2_client_over(client_open(&owner), true);
    int32_t id = h2_request(client, "/stream", (Bytes){0});
    UNTIL(&owner, owner.stream);
    char *bytes = calloc(1, BIG_BYTES);
    http_stream_write(owner.stream, (Bytes){bytes, BIG_BYTES});
    UNTIL(&owner, h2_stream(client, id)->body.len == 65535);
    owner_rounds(&owner, 10);
    assert_int_equal(http_stream_backlog(owner.stream), BIG_BYTES - 65535);
    nghttp2_session_set_local_window_size(h2_of(client)->session, NGHTTP2_FLAG_NONE, 0, 2 * (int32_t)BIG_BYTES);
    nghttp2_session_set_local_window_size(h2_of(client)->session, NGHTTP2_FLAG_NONE, id, 2 * (int32_t)BIG_BYTES);
    UNTIL(&owner, h2_stream(client, id)->body.len == BIG_BYTES);
    assert_int_equal(http_stream_backlog(owner.stream), 0);
    http_stream_end(owner.stream);
    UNTIL(&owner, h2_stream(client, id)->closed);
    free(bytes);
    h2_client_close(client);
    owner_close(&owner);
}

static void a_socket_that_is_not_read_does_not_fill_our_memory(void **state)
{
    Owner owner;
    (void)state;
    owner_open(&owner, (NetOptions){0});
    Client *client = h2_client_open(&owner);
    nghttp2_settings_entry wide = {NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE, 64 * 1024 * 1024};
    nghttp2_submit_settings(h2_of(client)->session, NGHTTP2_FLAG_NONE, &wide, 1);
    nghttp2_session_set_local_window_size(h2_of(client)->session, NGHTTP2_FLAG_NONE, 0, 64 * 1024 * 1024);
    int32_t id = h2_request(client, "/stream", (Bytes){0});
    UNTIL(&owner, owner.stream);
    client->slow = true;
    char *bytes = calloc(1, BIG_BYTES);
    http_stream_write(owner.stream, (Bytes){bytes, BIG_BYTES});
    owner_rounds(&owner, 20);
    assert_true(http_stream_backlog(owner.stream) > 0);
    client->slow = false;
    UNTIL(&owner, h2_stream(client, id)->body.len == BIG_BYTES);
    free(bytes);
    h2_client_close(client);
    UNTIL(&owner, owner.closed);
    owner_close(&owner);
}

static void ping_is_answered(void **state)
{
    Owner owner;
    (void)state;
    owner_open(&owner, (NetOptions){0});
    Client *client = h2_client_open(&owner);
    nghttp2_submit_ping(h2_of(client)->session, NGHTTP2_FLAG_NONE, (const uint8_t *)"12345678");
    UNTIL(&owner, h2_of(client)->pings == 1);
    h2_client_close(client);
    owner_close(&owner);
}

static void what_is_no_http2_after_the_preface_closes_the_connection(void **state)
{
    Owner owner;
    (void)state;
    owner_open(&owner, (NetOptions){0});
    for (int i = 0; i < 2; i++) {
        Client *client = client_open(&owner);
        client_send_text(client, i ? "PRI * HTTP/1.1\r\n\r\nnothing" : "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
        client_send_text(client, "GET / HTTP/1.1\r\nHost: a\r\n\r\nand more of what is no frame at all");
        UNTIL(&owner, client->eof);
        client_close(client);
    }
    owner_close(&owner);
}

static void closing_drops_what_is_open(void **state)
{
    Owner owner;
    (void)state;
    owner_open(&owner, (NetOptions){0});
    Client *client = h2_client_open(&owner);
    h2_request(client, "/hold", TEXT("x"));
    h2_request(client, "/stream", TEXT("x"));
    h2_request(client, "/big", TEXT("x"));
    UNTIL(&owner, owner.held && owner.stream && owner.answered);
    owner_close(&owner);
    assert_int_equal(owner.gone, 1);
    assert_int_equal(owner.closed, 1);
    h2_client_close(client);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_connection_carries_many_requests),
        cmocka_unit_test(the_preface_may_come_byte_by_byte),
        cmocka_unit_test(half_a_preface_and_the_end_is_no_loop),
        cmocka_unit_test(a_large_answer_passes_a_small_window),
        cmocka_unit_test(a_large_body_is_taken),
        cmocka_unit_test(a_body_over_the_limit_is_refused_before_its_end),
        cmocka_unit_test(expect_100_continue_is_answered),
        cmocka_unit_test(too_many_headers_are_refused),
        cmocka_unit_test(a_stream_outlives_the_clients_goaway),
        cmocka_unit_test(a_stream_goes_out_in_pieces_beside_other_requests),
        cmocka_unit_test(a_cancelled_stream_is_closed_once),
        cmocka_unit_test(a_client_gone_leaves_nothing_open),
        cmocka_unit_test(a_client_that_takes_nothing_shows_in_the_backlog),
        cmocka_unit_test(a_socket_that_is_not_read_does_not_fill_our_memory),
        cmocka_unit_test(ping_is_answered),
        cmocka_unit_test(what_is_no_http2_after_the_preface_closes_the_connection),
        cmocka_unit_test(closing_drops_what_is_open),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
