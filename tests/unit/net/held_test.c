/* held_test.c - what clients make us hold is counted, from its coming until it is let go of. */
#include "h2_fixture.h"
#include "net_private.h"

#define MIB ((size_t)1024 * 1024)

static void what_the_arena_of_a_request_took_is_held_until_its_answer(void **state)
{
    Owner owner;
    (void)state;
    owner_open(&owner, (NetOptions){.held_max = 4 * MIB});
    Client *client = client_open(&owner);
    client_send_text(client, "GET /hold HTTP/1.1\r\nHost: a\r\n\r\n");
    UNTIL(&owner, owner.held);
    size_t before = net_held_bytes(owner.net);
    arena_take(owner.held->arena, 3 * MIB);
    assert_int_equal(net_held_bytes(owner.net), before);
    http_count_arena(owner.held);
    http_count_arena(owner.held);
    assert_in_range(net_held_bytes(owner.net), before + 3 * MIB, before + 4 * MIB);
    assert_true(http_has_room(owner.held));
    arena_take(owner.held->arena, 2 * MIB);
    http_count_arena(owner.held);
    assert_false(http_has_room(owner.held));
    owner_respond(&owner, owner.held);
    assert_true(net_held_bytes(owner.net) < MIB);
    UNTIL(&owner, net_held_bytes(owner.net) == 0);
    client_close(client);
    owner_close(&owner);
}

static void it_is_let_go_of_with_a_client_that_has_gone(void **state)
{
    Owner owner;
    (void)state;
    owner_open(&owner, (NetOptions){0});
    Client *client = h2_client_open(&owner);
    h2_request(client, "/hold", (Bytes){0});
    UNTIL(&owner, owner.held);
    arena_take(owner.held->arena, 3 * MIB);
    http_count_arena(owner.held);
    h2_client_close(client);
    UNTIL(&owner, owner.gone == 1);
    assert_true(net_held_bytes(owner.net) > 3 * MIB);
    owner_respond(&owner, owner.held);
    assert_int_equal(net_held_bytes(owner.net), 0);
    owner_close(&owner);
}

static void what_a_subscriber_has_not_taken_is_held(void **state)
{
    Owner owner;
    static char bytes[MIB];
    (void)state;
    owner_open(&owner, (NetOptions){.held_max = 4 * MIB});
    Client *client = client_open(&owner);
    client_send_text(client, "GET /stream HTTP/1.1\r\nHost: a\r\n\r\n");
    UNTIL(&owner, owner.stream);
    size_t before = net_held_bytes(owner.net);
    for (int i = 0; i < 4; i++)
        http_stream_write(owner.stream, (Bytes){bytes, sizeof bytes});
    assert_int_equal(net_held_bytes(owner.net), before + 4 * MIB);
    assert_false(http_stream_has_room(owner.stream));
    UNTIL(&owner, http_stream_backlog(owner.stream) == 0);
    assert_int_equal(net_held_bytes(owner.net), before);
    assert_true(http_stream_has_room(owner.stream));
    http_stream_end(owner.stream);
    UNTIL(&owner, net_held_bytes(owner.net) == 0);
    client_close(client);
    owner_close(&owner);
}

static void sweep_after(Owner *owner, int64_t ms)
{
    loop_pass_ms(owner->loop, ms);
    transfers_sweep(&owner->net->transfers);
}

static size_t body_so_far(const Owner *owner)
{
    const Transfer *transfer = owner->net->transfers.first;
    return transfer ? transfer->body.len : 0;
}

/* --request-timeout is two seconds: it takes ten to send this. */
static void a_steady_sender_is_not_cut_off(void **state)
{
    Owner owner;
    (void)state;
    owner_open(&owner, (NetOptions){.request_s = 2});
    Client *client = client_open(&owner);
    char piece[10000];
    memset(piece, 'x', sizeof piece);
    client_send_text(client, "POST /size HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\n");
    for (int i = 1; i <= 10; i++) {
        client_send(client, (Bytes){piece, sizeof piece});
        UNTIL(&owner, i == 10 ? client_has(client, "100000") : body_so_far(&owner) == sizeof piece * (size_t)i);
        sweep_after(&owner, 1000);
    }
    assert_false(client->eof);
    client_close(client);
    owner_close(&owner);
}

static void one_byte_a_second_is_no_steady_sender(void **state)
{
    Owner owner;
    (void)state;
    owner_open(&owner, (NetOptions){.request_s = 2});
    Client *client = client_open(&owner);
    client_send_text(client, "POST /size HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\n");
    for (size_t i = 1; i <= 3; i++) {
        client_send_text(client, "x");
        UNTIL(&owner, client->eof || body_so_far(&owner) == i);
        sweep_after(&owner, 1000);
    }
    UNTIL(&owner, client->eof);
    client_close(client);
    owner_close(&owner);
}

static void a_subscriber_that_takes_nothing_is_hung_up_on_when_memory_is_scarce(void **state)
{
    Owner owner;
    static char bytes[8 * MIB];
    (void)state;
    owner_open(&owner, (NetOptions){.held_max = 32 * MIB});
    Client *client = client_open(&owner);
    client_send_text(client, "GET /stream HTTP/1.1\r\nHost: a\r\n\r\n");
    UNTIL(&owner, owner.stream);
    client->slow = true;
    http_stream_write(owner.stream, (Bytes){bytes, sizeof bytes});
    owner_rounds(&owner, 20);
    sweep_after(&owner, 3600 * 1000);
    owner_rounds(&owner, 5);
    assert_int_equal(owner.closed, 0); /* it may pause */
    http_stream_write(owner.stream, (Bytes){bytes, sizeof bytes});
    http_stream_write(owner.stream, (Bytes){bytes, sizeof bytes});
    sweep_after(&owner, 0); /* scarce from now on */
    sweep_after(&owner, 3600 * 1000);
    UNTIL(&owner, owner.closed == 1 && net_held_bytes(owner.net) == 0);
    client_close(client);
    owner_close(&owner);
}

#define LONG_VALUE 3000

/* A request of one header that the table keeps, then of as many as are asked for, a byte each. */
static void send_headers_by_index(Client *client, int32_t id, int count, bool first)
{
    char block[LONG_VALUE + 512], *at = block;
    at += sprintf(at, "%s",
                  "\x82\x86\x84\x01\x01"
                  "a"); /* GET http / a */
    if (first) {
        at += sprintf(at, "%s", "\x40\x01x\x7f"); /* literal, kept: a name, then a length of 3000 */
        *at++ = (char)((LONG_VALUE - 127) % 128 | 128);
        *at++ = (char)((LONG_VALUE - 127) / 128);
        memset(at, 'v', LONG_VALUE);
        at += LONG_VALUE;
    }
    memset(at, 0xbe, (size_t)count);
    at += count;
    size_t len = (size_t)(at - block);
    unsigned char head[9] = {
        (unsigned char)(len >> 16), (unsigned char)(len >> 8), (unsigned char)len, 1, 4, 0, 0, 0, 0};
    head[7] = (unsigned char)(id >> 8);
    head[8] = (unsigned char)id;
    client_send(client, (Bytes){(char *)head, sizeof head});
    client_send(client, (Bytes){block, len});
}

static void headers_that_unfold_are_held_and_have_a_bound_a_connection(void **state)
{
    Owner owner;
    (void)state;
    owner_open(&owner, (NetOptions){0});
    Client *client = client_open(&owner);
    client_send_text(client, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
    client_send(client, (Bytes){"\0\0\0\4\0\0\0\0\0", 9});
    for (int i = 0; i < 200; i++) /* 20 x 3000 each, never ended: 12 MB of headers in 10 KB */
        send_headers_by_index(client, 2 * i + 1, 19, i == 0);
    UNTIL(&owner, client->out_sent == client->out.len);
    owner_rounds(&owner, 20);
    assert_in_range(net_held_bytes(owner.net), MIB, 4 * MIB);
    assert_int_equal(owner.answered, 0);
    client_close(client);
    UNTIL(&owner, net_held_bytes(owner.net) == 0);
    owner_close(&owner);
}

static void a_header_block_that_goes_on_ends_its_connection(void **state)
{
    Owner owner;
    (void)state;
    owner_open(&owner, (NetOptions){0});
    Client *client = client_open(&owner);
    client_send_text(client, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
    client_send(client, (Bytes){"\0\0\0\4\0\0\0\0\0", 9});
    client_send(client, (Bytes){"\0\0\3\1\0\0\0\0\1\x82\x86\x84", 12});
    for (size_t sent = 0; sent <= LIMIT_H2_BLOCK_BYTES + READ_BYTES; sent += 9)
        client_send(client, (Bytes){"\0\0\0\x9\0\0\0\0\1", 9});
    UNTIL(&owner, client->eof);
    client_close(client);
    assert_int_equal(net_held_bytes(owner.net), 0);
    owner_close(&owner);
}

static int slowly_taken;

static void take_slowly(void *context, HttpRequest *request)
{
    int64_t until = monotonic_ns() + 30 * 1000000;
    while (monotonic_ns() < until)
        continue;
    slowly_taken++;
    owner_take(context, request);
}

static Client *gzip_client(Owner *owner)
{
    static const char body[] = "\x1f\x8b\x08\0\0\0\0\0\0\x3\xab\0\0\x83\x16\xdc\x8c\x1\0\0\0"; /* "x" */
    Client *client = client_open(owner);
    client_send_text(client, "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Encoding: gzip\r\nContent-Length: 21\r\n\r\n");
    client_send(client, (Bytes){body, sizeof body - 1});
    return client;
}

/* A round does not take all that are to be inflated, and forgets none; others don't wait for them. */
static void what_costs_much_waits_for_the_next_round(void **state)
{
    Owner owner;
    Client *clients[3];
    (void)state;
    owner_open(&owner, (NetOptions){0});
    owner.net->options.on_request = take_slowly;
    slowly_taken = 0;
    for (int i = 0; i < 3; i++)
        clients[i] = gzip_client(&owner);
    while (!slowly_taken)
        owner_step(&owner);
    Client *quick = client_open(&owner);
    client_send_text(quick, "GET /echo HTTP/1.1\r\nHost: a\r\n\r\n");
    while (owner.answered < 4) {
        int before = slowly_taken;
        owner_step(&owner);
        assert_true(slowly_taken - before <= 3); /* before it waits for events, and after; and the quick one */
    }
    for (int i = 0; i < 3; i++) {
        UNTIL(&owner, client_has(clients[i], "\r\n\r\nx"));
        client_close(clients[i]);
    }
    UNTIL(&owner, client_has(quick, " 200 "));
    client_close(quick);
    owner_close(&owner);
}

static void one_that_waits_may_leave(void **state)
{
    Owner owner;
    Client *clients[4];
    (void)state;
    owner_open(&owner, (NetOptions){0});
    owner.net->options.on_request = take_slowly;
    slowly_taken = 0;
    for (int i = 0; i < 4; i++)
        clients[i] = gzip_client(&owner);
    for (int rounds = 0; !owner.net->transfers.waiting_first && rounds < 1000; rounds++)
        owner_step(&owner);
    for (int i = 0; i < 4; i++)
        client_close(clients[i]);
    UNTIL(&owner, net_connections(owner.net) == 0 && net_held_bytes(owner.net) == 0);
    owner_close(&owner);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_the_arena_of_a_request_took_is_held_until_its_answer),
        cmocka_unit_test(it_is_let_go_of_with_a_client_that_has_gone),
        cmocka_unit_test(what_a_subscriber_has_not_taken_is_held),
        cmocka_unit_test(a_steady_sender_is_not_cut_off),
        cmocka_unit_test(one_byte_a_second_is_no_steady_sender),
        cmocka_unit_test(a_subscriber_that_takes_nothing_is_hung_up_on_when_memory_is_scarce),
        cmocka_unit_test(headers_that_unfold_are_held_and_have_a_bound_a_connection),
        cmocka_unit_test(a_header_block_that_goes_on_ends_its_connection),
        cmocka_unit_test(what_costs_much_waits_for_the_next_round),
        cmocka_unit_test(one_that_waits_may_leave),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
