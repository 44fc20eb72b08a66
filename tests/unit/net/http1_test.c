/* http1_test.c - HTTP/1.1 through the port. */
#include "fixture.h"
#include <zlib.h>

static void exchange(Owner *owner, Client *client, const char *request, const char *answer_end)
{
    client->in.len = 0;
    client_send_text(client, request);
    UNTIL(owner, client_has(client, answer_end));
}

static void pipelined_requests_are_answered_in_order(void **state)
{
    Owner owner;
    (void)state;
    owner_open(&owner, (NetOptions){0});
    Client *client = client_open(&owner);
    for (int i = 0; i < 50; i++) {
        char request[128];
        snprintf(request, sizeof request, "POST /%d HTTP/1.1\r\nHost: a\r\nContent-Length: 7\r\n\r\n<%05d>", i, i);
        client_send_text(client, request);
    }
    UNTIL(&owner, client_has(client, "<00049>"));
    assert_int_equal(client_count(client, "HTTP/1.1 200 OK\r\n"), 50);
    const char *at = client->in.ptr;
    for (int i = 0; i < 50; i++) {
        char body[16];
        snprintf(body, sizeof body, "<%05d>", i);
        at = memmem(at, client->in.len - (size_t)(at - client->in.ptr), body, strlen(body));
        assert_non_null(at);
    }
    assert_int_equal(net_open_requests(owner.net), 0);
    client_close(client);
    owner_close(&owner);
}

static void the_target_arrives_as_it_was_sent(void **state)
{
    Owner owner;
    (void)state;
    owner_open(&owner, (NetOptions){0});
    Client *client = client_open(&owner);
    exchange(&owner, client, "GET /a%2Fb%20c?x=%41&y HTTP/1.1\r\nHOST: Example\r\nX-Thing:  v \r\n\r\n", "\r\n\r\n");
    assert_string_equal(owner.path, "/a%2Fb%20c");
    assert_string_equal(owner.query, "x=%41&y");
    assert_string_equal(owner.host, "Example");
    assert_int_equal(owner.headers_count, 2);
    assert_false(owner.is_http2);
    assert_true(client_has(client, "x-amzn-requestid: 4f5\r\n"));
    assert_true(client_has(client, "\r\nDate: "));
    assert_true(client_has(client, "Content-Length: 0\r\n"));
    exchange(&owner, client, "GET http://proxied:80/path HTTP/1.1\r\nHost: a\r\n\r\n", "\r\n\r\n");
    assert_string_equal(owner.path, "/path");
    client_close(client);
    owner_close(&owner);
}

static void a_request_may_come_byte_by_byte(void **state)
{
    static const char request[] = "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello";
    Owner owner;
    (void)state;
    owner_open(&owner, (NetOptions){0});
    Client *client = client_open(&owner);
    for (size_t i = 0; i < sizeof request - 1; i++) {
        client_send(client, (Bytes){request + i, 1});
        owner_step(&owner);
    }
    UNTIL(&owner, client_has(client, "\r\n\r\nhello"));
    client_close(client);
    owner_close(&owner);
}

static void a_chunked_body_arrives_whole(void **state)
{
    Owner owner;
    (void)state;
    owner_open(&owner, (NetOptions){0});
    Client *client = client_open(&owner);
    exchange(
        &owner, client,
        "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n4;x=y\r\ndefg\r\n0\r\n\r\n",
        "\r\n\r\nabcdefg");
    client_close(client);
    owner_close(&owner);
}

static void expect_100_continue_is_answered_before_the_body(void **state)
{
    Owner owner;
    (void)state;
    owner_open(&owner, (NetOptions){0});
    Client *client = client_open(&owner);
    exchange(&owner, client, "PUT /echo HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n",
             "HTTP/1.1 100 Continue\r\n\r\n");
    exchange(&owner, client, "body", "\r\n\r\nbody");
    client_close(client);
    owner_close(&owner);
}

static void what_expects_100_and_is_too_large_is_refused_instead(void **state)
{
    Owner owner;
    (void)state;
    owner_open(&owner, (NetOptions){0});
    owner.body_max = 1000;
    Client *client = client_open(&owner);
    client_send_text(client, "PUT /x HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 1001\r\n\r\n");
    UNTIL(&owner, client->eof);
    assert_true(client_has(client, "HTTP/1.1 413 "));
    assert_true(client_has(client, "\r\n\r\nrefused"));
    assert_false(client_has(client, "100 Continue"));
    client_close(client);
    owner_close(&owner);
}

static void a_body_over_the_limit_is_dropped_and_the_connection_goes_on(void **state)
{
    static const char *const heads[] = {
        "POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 3000000\r\n\r\n",
        "POST /x HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n2dc6c0\r\n",
    };
    Owner owner;
    (void)state;
    owner_open(&owner, (NetOptions){0});
    owner.body_max = 100000;
    char *body = calloc(1, 3000000);
    for (int i = 0; i < 2; i++) {
        Client *client = client_open(&owner);
        client_send_text(client, heads[i]);
        client_send(client, (Bytes){body, 3000000});
        if (i)
            client_send_text(client, "\r\n0\r\n\r\n");
        UNTIL(&owner, client_has(client, "\r\n\r\nrefused"));
        assert_int_equal(owner.refused, 413);
        exchange(&owner, client, "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nagain", "\r\n\r\nagain");
        client_close(client);
    }
    free(body);
    owner_close(&owner);
}

static void large_bodies_pass_both_ways(void **state)
{
    Owner owner;
    (void)state;
    owner_open(&owner, (NetOptions){0});
    Client *client = client_open(&owner);
    char *body = calloc(1, BIG_BYTES), head[128];
    snprintf(head, sizeof head, "POST /size HTTP/1.1\r\nHost: a\r\nContent-Length: %zu\r\n\r\n", BIG_BYTES);
    client_send_text(client, head);
    client_send(client, (Bytes){body, BIG_BYTES});
    UNTIL(&owner, client_has(client, "\r\n\r\n10485760"));
    client->in.len = 0;
    client_send_text(client, "GET /big HTTP/1.1\r\nHost: a\r\n\r\n");
    UNTIL(&owner, client->in.len > BIG_BYTES);
    owner_rounds(&owner, 3);
    assert_int_equal(net_open_requests(owner.net), 0);
    free(body);
    client_close(client);
    owner_close(&owner);
}

static Buffer gzipped(const char *bytes, size_t len)
{
    Buffer out = {0};
    z_stream z = {0};
    assert_int_equal(deflateInit2(&z, 9, Z_DEFLATED, 16 + MAX_WBITS, 8, Z_DEFAULT_STRATEGY), Z_OK);
    size_t room = deflateBound(&z, len);
    z.next_in = (Bytef *)bytes;
    z.avail_in = (uInt)len;
    z.next_out = (Bytef *)buffer_reserve(&out, room);
    z.avail_out = (uInt)room;
    assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
    out.len = room - z.avail_out;
    deflateEnd(&z);
    return out;
}

static void send_encoded(Owner *owner, Client *client, const char *encoding, Bytes body, const char *answer_end)
{
    char head[160];
    client->in.len = 0;
    snprintf(head, sizeof head, "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Encoding: %s\r\nContent-Length: %zu\r\n\r\n",
             encoding, body.len);
    client_send_text(client, head);
    client_send(client, body);
    UNTIL(owner, client_has(client, answer_end));
}

static void gzip_bodies_are_inflated_within_the_limit(void **state)
{
    Owner owner;
    (void)state;
    owner_open(&owner, (NetOptions){0});
    owner.body_max = 100000;
    Client *client = client_open(&owner);
    char *zeros = calloc(1, 100001);
    Buffer text = gzipped("hello gzip", 10), bomb = gzipped(zeros, 100001), full = gzipped(zeros, 100000);
    send_encoded(&owner, client, "gzip", buffer_bytes(&text), "\r\n\r\nhello gzip");
    send_encoded(&owner, client, "gzip", buffer_bytes(&full), "HTTP/1.1 200 ");
    UNTIL(&owner, client->in.len > 100000);
    send_encoded(&owner, client, "gzip", buffer_bytes(&bomb), "\r\n\r\nrefused");
    assert_int_equal(owner.refused, 413);
    send_encoded(&owner, client, "gzip", bytes_slice(buffer_bytes(&text), 0, text.len - 9), "\r\n\r\nrefused");
    assert_int_equal(owner.refused, 400);
    send_encoded(&owner, client, "gzip", TEXT("no gzip at all"), "\r\n\r\nrefused");
    assert_int_equal(owner.refused, 400);
    send_encoded(&owner, client, "br", TEXT("x"), "\r\n\r\nrefused");
    assert_int_equal(owner.refused, 415);
    send_encoded(&owner, client, "aws-chunked", TEXT("1\r\nx\r\n0\r\n\r\n"), "\r\n\r\n1\r\nx\r\n0\r\n\r\n");
    buffer_done(&text);
    buffer_done(&bomb);
    buffer_done(&full);
    free(zeros);
    client_close(client);
    owner_close(&owner);
}

static void what_is_no_http_is_refused(void **state)
{
    static const char *const garbage[] = {
        "GARBAGE\r\n\r\n",
        "GET / HTTP/9.9\r\n\r\n",
        "GET / HTTP/1.1\r\nno colon here\r\n\r\n",
        "\x01\x02\x03\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999999999999999999\r\n\r\n",
        "PRX\r\n\r\n",
    };
    Owner owner;
    (void)state;
    owner_open(&owner, (NetOptions){0});
    for (size_t i = 0; i < sizeof garbage / sizeof *garbage; i++) {
        Client *client = client_open(&owner);
        client_send_text(client, garbage[i]);
        UNTIL(&owner, client->eof || client_has(client, "\r\n\r\n"));
        client_close(client);
    }
    Client *client = client_open(&owner);
    exchange(&owner, client, "GET / HTTP/1.1\r\nHost: a\r\n\r\n", "HTTP/1.1 200 ");
    client_close(client);
    owner_close(&owner);
}

static void too_many_headers_are_refused(void **state)
{
    Owner owner;
    (void)state;
    owner_open(&owner, (NetOptions){0});
    Client *client = client_open(&owner);
    client_send_text(client, "GET / HTTP/1.1\r\n");
    for (int i = 0; i < LIMIT_HEADERS + 1; i++)
        client_send_text(client, "a: b\r\n");
    client_send_text(client, "\r\n");
    UNTIL(&owner, client_has(client, "\r\n\r\nrefused"));
    assert_int_equal(owner.refused, 431);
    client_close(client);
    client = client_open(&owner);
    client_send_text(client, "GET / HTTP/1.1\r\nLong: ");
    for (int i = 0; i < LIMIT_HEADERS_BYTES; i++)
        client_send_text(client, "x");
    client_send_text(client, "\r\n\r\n");
    UNTIL(&owner, client->eof || client_has(client, "HTTP/1.1 431 "));
    client_close(client);
    owner_close(&owner);
}

static void a_request_answered_late_keeps_its_connection(void **state)
{
    Owner owner;
    (void)state;
    owner_open(&owner, (NetOptions){0});
    Client *client = client_open(&owner);
    client_send_text(client, "POST /hold HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nok");
    UNTIL(&owner, owner.held);
    owner_rounds(&owner, 5);
    assert_int_equal(net_open_requests(owner.net), 1);
    assert_int_equal(client->in.len, 0);
    owner_respond(&owner, owner.held);
    UNTIL(&owner, client_has(client, "\r\n\r\nok"));
    exchange(&owner, client, "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nagain", "\r\n\r\nagain");
    assert_int_equal(owner.gone, 0);
    client_close(client);
    owner_close(&owner);
}

static void a_client_gone_before_its_answer_is_told_and_still_answered(void **state)
{
    Owner owner;
    (void)state;
    owner_open(&owner, (NetOptions){0});
    Client *client = client_open(&owner);
    client_send_text(client, "GET /hold HTTP/1.1\r\nHost: a\r\n\r\n");
    UNTIL(&owner, owner.held);
    owner_rounds(&owner, 3);
    client_close(client);
    UNTIL(&owner, owner.gone == 1);
    owner_rounds(&owner, 3);
    assert_int_equal(net_open_requests(owner.net), 1);
    owner_respond(&owner, owner.held);
    UNTIL(&owner, net_open_requests(owner.net) == 0);
    assert_int_equal(owner.gone, 1);
    owner_close(&owner);
}

static void a_stream_goes_out_in_pieces(void **state)
{
    Owner owner;
    (void)state;
    owner_open(&owner, (NetOptions){0});
    Client *client = client_open(&owner);
    client_send_text(client, "GET /stream HTTP/1.1\r\nHost: a\r\n\r\n");
    UNTIL(&owner, owner.stream);
    UNTIL(&owner, client_has(client, "\r\n\r\n")); /* the head does not wait for the first piece */
    for (int i = 0; i < 3; i++) {
        client->in.len = 0;
        http_stream_write(owner.stream, TEXT("piece"));
        UNTIL(&owner, client_has(client, "5\r\npiece\r\n"));
        assert_int_equal(http_stream_backlog(owner.stream), 0);
        owner_rounds(&owner, 3);
    }
    http_stream_write(owner.stream, TEXT("last"));
    http_stream_end(owner.stream);
    UNTIL(&owner, client_has(client, "4\r\nlast\r\n0\r\n\r\n"));
    exchange(&owner, client, "GET /echo HTTP/1.1\r\nHost: a\r\n\r\n", "\r\n\r\n");
    assert_int_equal(owner.closed, 0);
    assert_int_equal(net_open_requests(owner.net), 0);
    client_close(client);
    owner_close(&owner);
}

/* Some clients take a chunk for a message (lifion-kinesis). */
static void each_write_to_a_stream_is_a_chunk(void **state)
{
    Owner owner;
    (void)state;
    owner_open(&owner, (NetOptions){0});
    Client *client = client_open(&owner);
    client_send_text(client, "GET /stream HTTP/1.1\r\nHost: a\r\n\r\n");
    UNTIL(&owner, owner.stream);
    http_stream_write(owner.stream, TEXT("initial-response"));
    http_stream_write(owner.stream, TEXT("first"));
    http_stream_write(owner.stream, TEXT("the second"));
    UNTIL(&owner, client_has(client, "second\r\n"));
    assert_true(client_has(client, "\r\n\r\n10\r\ninitial-response\r\n5\r\nfirst\r\nA\r\nthe second\r\n"));
    char large[20000];
    memset(large, 'x', sizeof large);
    http_stream_write(owner.stream, (Bytes){large, sizeof large});
    http_stream_write(owner.stream, TEXT("last"));
    UNTIL(&owner, client_has(client, "\r\n4\r\nlast\r\n"));
    assert_true(client_has(client, "\r\n4E20\r\nxxx"));
    http_stream_end(owner.stream);
    UNTIL(&owner, client_has(client, "\r\n0\r\n\r\n"));
    client_close(client);
    owner_close(&owner);
}

static void a_stream_whose_client_leaves_is_closed_once(void **state)
{
    Owner owner;
    (void)state;
    owner_open(&owner, (NetOptions){0});
    Client *client = client_open(&owner);
    client_send_text(client, "GET /stream HTTP/1.1\r\nHost: a\r\n\r\n");
    UNTIL(&owner, owner.stream && client_has(client, "\r\n\r\n"));
    owner_rounds(&owner, 3);
    client_close(client);
    UNTIL(&owner, owner.closed); /* without a write */
    owner_rounds(&owner, 3);
    assert_int_equal(owner.closed, 1);
    assert_int_equal(net_open_requests(owner.net), 0);
    owner_close(&owner);
}

static void a_stream_opened_for_a_client_that_left_is_closed(void **state)
{
    Owner owner;
    (void)state;
    owner_open(&owner, (NetOptions){0});
    for (int i = 0; i < 2; i++) {
        Client *client = client_open(&owner);
        client_send_text(client, "GET /hold HTTP/1.1\r\nHost: a\r\n\r\n");
        owner.held = NULL;
        owner.closed = owner.gone = 0;
        UNTIL(&owner, owner.held);
        owner_rounds(&owner, 3);
        client_close(client);
        UNTIL(&owner, owner.gone);
        owner_open_stream(&owner, owner.held);
        http_stream_write(owner.stream, TEXT("too late"));
        if (i)
            http_stream_end(owner.stream);
        UNTIL(&owner, net_open_requests(owner.net) == 0);
        assert_int_equal(owner.closed, i ? 0 : 1);
    }
    owner_close(&owner);
}

static void a_slow_reader_shows_in_the_backlog(void **state)
{
    Owner owner;
    (void)state;
    owner_open(&owner, (NetOptions){0});
    Client *client = client_open(&owner);
    client_send_text(client, "GET /stream HTTP/1.1\r\nHost: a\r\n\r\n");
    UNTIL(&owner, owner.stream);
    client->slow = true;
    char *bytes = calloc(1, BIG_BYTES);
    http_stream_write(owner.stream, (Bytes){bytes, BIG_BYTES});
    assert_int_equal(http_stream_backlog(owner.stream), BIG_BYTES);
    owner_rounds(&owner, 50);
    assert_true(http_stream_backlog(owner.stream) > 0);
    client->slow = false;
    UNTIL(&owner, http_stream_backlog(owner.stream) == 0);
    http_stream_end(owner.stream);
    UNTIL(&owner, client_has(client, "\r\n0\r\n\r\n"));
    free(bytes);
    client_close(client);
    owner_close(&owner);
}

static void closing_drops_what_is_open(void **state)
{
    Owner owner;
    (void)state;
    owner_open(&owner, (NetOptions){0});
    Client *streaming = client_open(&owner), *waiting = client_open(&owner), *silent = client_open(&owner),
           *half = client_open(&owner);
    client_send_text(streaming, "GET /stream HTTP/1.1\r\nHost: a\r\n\r\n");
    client_send_text(waiting, "GET /hold HTTP/1.1\r\nHost: a\r\n\r\n");
    client_send_text(half, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nfive");
    UNTIL(&owner, owner.stream && owner.held);
    owner_rounds(&owner, 5);
    owner_close(&owner);
    assert_int_equal(owner.closed, 1);
    assert_int_equal(owner.gone, 1);
    client_close(streaming);
    client_close(waiting);
    client_close(silent);
    client_close(half);
}

static void head_is_answered_without_a_body(void **state)
{
    Owner owner;
    (void)state;
    owner_open(&owner, (NetOptions){0});
    Client *client = client_open(&owner);
    exchange(&owner, client, "HEAD /big HTTP/1.1\r\nHost: a\r\n\r\n", "Content-Length: 10485760\r\n");
    exchange(&owner, client, "GET /echo HTTP/1.1\r\nHost: a\r\n\r\n", "\r\n\r\n");
    assert_true(client->in.len < 1000);
    client_close(client);
    owner_close(&owner);
}

static void bad_places_to_listen_are_told_apart(void **state)
{
    Owner owner;
    Net *second = NULL;
    const char *reason = "";
    (void)state;
    owner_open(&owner, (NetOptions){0});
    NetOptions options = {
        .loop = owner.loop, .host = "127.0.0.1", .port = net_port(owner.net), .on_request = owner_take};
    assert_int_equal(net_open(&options, &second, &reason), NET_PORT_TAKEN);
    assert_true(strlen(reason) > 0);
    options.host = "256.1.1.1";
    assert_int_equal(net_open(&options, &second, &reason), NET_BAD_HOST);
    options.host = "192.0.2.1";
    assert_int_equal(net_open(&options, &second, &reason), NET_BAD_HOST);
    assert_null(second);
    owner_close(&owner);
}

static void a_wake_ends_the_poll(void **state)
{
    Owner owner;
    (void)state;
    owner_open(&owner, (NetOptions){0});
    assert_true(loop_poll(owner.loop, 0));
    loop_wake(owner.loop);
    loop_wake(owner.loop);
    assert_false(loop_poll(owner.loop, -1));
    assert_true(loop_poll(owner.loop, 0));
    owner_close(&owner);
}

static void after_stop_accepting_open_connections_go_on(void **state)
{
    Owner owner;
    (void)state;
    owner_open(&owner, (NetOptions){0});
    Client *client = client_open(&owner);
    exchange(&owner, client, "GET / HTTP/1.1\r\nHost: a\r\n\r\n", "HTTP/1.1 200 ");
    net_stop_accepting(owner.net);
    exchange(&owner, client, "GET / HTTP/1.1\r\nHost: a\r\n\r\n", "HTTP/1.1 200 ");
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_port = htons(net_port(owner.net))};
    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    assert_int_equal(connect(fd, (struct sockaddr *)&at, sizeof at), -1);
    close(fd);
    client_close(client);
    owner_close(&owner);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pipelined_requests_are_answered_in_order),
        cmocka_unit_test(the_target_arrives_as_it_was_sent),
        cmocka_unit_test(a_request_may_come_byte_by_byte),
        cmocka_unit_test(a_chunked_body_arrives_whole),
        cmocka_unit_test(expect_100_continue_is_answered_before_the_body),
        cmocka_unit_test(what_expects_100_and_is_too_large_is_refused_instead),
        cmocka_unit_test(a_body_over_the_limit_is_dropped_and_the_connection_goes_on),
        cmocka_unit_test(large_bodies_pass_both_ways),
        cmocka_unit_test(gzip_bodies_are_inflated_within_the_limit),
        cmocka_unit_test(what_is_no_http_is_refused),
        cmocka_unit_test(too_many_headers_are_refused),
        cmocka_unit_test(a_request_answered_late_keeps_its_connection),
        cmocka_unit_test(a_client_gone_before_its_answer_is_told_and_still_answered),
        cmocka_unit_test(a_stream_goes_out_in_pieces),
        cmocka_unit_test(each_write_to_a_stream_is_a_chunk),
        cmocka_unit_test(a_stream_whose_client_leaves_is_closed_once),
        cmocka_unit_test(a_stream_opened_for_a_client_that_left_is_closed),
        cmocka_unit_test(a_slow_reader_shows_in_the_backlog),
        cmocka_unit_test(closing_drops_what_is_open),
        cmocka_unit_test(head_is_answered_without_a_body),
        cmocka_unit_test(bad_places_to_listen_are_told_apart),
        cmocka_unit_test(a_wake_ends_the_poll),
        cmocka_unit_test(after_stop_accepting_open_connections_go_on),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
