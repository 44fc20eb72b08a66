/* tunnel_test.c - connections that are handed on: bytes both ways, each end first, held back, hung up on. */
#include "fixture.h"
#include "net_private.h"

static const char ask[] = "GET /tunnel HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n";

/* Of the one tunnel of a test. */
static struct {
    HttpTunnel *tunnel;
    char got[64];
    size_t got_len, room;
    int ends, gone, taken;
} seen;

static size_t take(void *context, Bytes bytes)
{
    size_t len = bytes.len < seen.room ? bytes.len : seen.room;
    (void)context;
    memcpy(seen.got + seen.got_len, bytes.ptr, len);
    seen.got_len += len;
    seen.room -= len;
    return len;
}

static void note_end(void *context, bool is_gone)
{
    (void)context;
    seen.ends++;
    seen.gone += is_gone;
}

static void note_taken(void *context)
{
    (void)context;
    seen.taken++;
}

static void answer_tunnel(void *context, HttpRequest *request)
{
    static const HttpHeader header = {TEXT("upgrade"), TEXT("echo")};
    if (!bytes_is(request->path, "/tunnel") || !http_can_upgrade(request)) {
        owner_take(context, request);
        return;
    }
    HttpResponse head = {.headers = &header, .headers_count = 1};
    seen.tunnel = http_upgrade(request, &head, &(HttpTunnelUser){take, note_end, note_taken, NULL});
}

static Client *open_tunnel(Owner *owner, const char *behind)
{
    memset(&seen, 0, sizeof seen);
    seen.room = sizeof seen.got;
    owner_open(owner, (NetOptions){.request_s = 10});
    owner->net->options.on_request = answer_tunnel;
    Client *client = client_open(owner);
    client_send_text(client, ask);
    client_send_text(client, behind);
    UNTIL(owner, client_has(client, "\r\n\r\n"));
    assert_true(client_has(client, "HTTP/1.1 101 Switching Protocols\r\n"));
    return client;
}

static void close_all(Owner *owner, Client *client)
{
    UNTIL(owner, !net_connections(owner->net));
    assert_int_equal(net_held_bytes(owner->net), 0);
    client_close(client);
    owner_close(owner);
}

static void bytes_go_both_ways_and_each_side_closes_its_own(void **state)
{
    Owner owner;
    (void)state;
    Client *client = open_tunnel(&owner, "at once");
    UNTIL(&owner, seen.got_len == 7);
    assert_memory_equal(seen.got, "at once", 7);
    http_tunnel_write(seen.tunnel, TEXT("said back"));
    UNTIL(&owner, client_has(client, "said back"));
    client_send_text(client, ", and more");
    UNTIL(&owner, seen.got_len == 17);
    shutdown(client->fd, SHUT_WR);
    UNTIL(&owner, seen.ends == 1);
    assert_int_equal(seen.gone, 0);
    http_tunnel_write(seen.tunnel, TEXT("farewell"));
    http_tunnel_end(seen.tunnel);
    UNTIL(&owner, client->eof);
    assert_true(client_has(client, "farewell"));
    close_all(&owner, client);
}

static void a_user_that_is_full_is_called_again_when_it_goes_on(void **state)
{
    Owner owner;
    (void)state;
    Client *client = open_tunnel(&owner, "");
    seen.room = 3;
    client_send_text(client, "123456");
    UNTIL(&owner, seen.got_len == 3);
    shutdown(client->fd, SHUT_WR);
    owner_rounds(&owner, 5);
    assert_int_equal(seen.ends, 0); /* its end comes behind what it sent */
    seen.room = 10;
    http_tunnel_go_on(seen.tunnel);
    UNTIL(&owner, seen.ends == 1);
    assert_memory_equal(seen.got, "123456", 6);
    http_tunnel_end(seen.tunnel);
    close_all(&owner, client);
}

static void what_was_written_leaves_though_its_owner_has_ended(void **state)
{
    Owner owner;
    (void)state;
    Client *client = open_tunnel(&owner, "");
    client->slow = true;
    char *bytes = calloc(1, BIG_BYTES);
    http_tunnel_write(seen.tunnel, (Bytes){bytes, BIG_BYTES});
    assert_true(http_tunnel_backlog(seen.tunnel) > 0 && net_held_bytes(owner.net) > 0);
    http_tunnel_end(seen.tunnel);
    owner_rounds(&owner, 5);
    client->slow = false;
    UNTIL(&owner, client->eof);
    assert_true(client->in.len > BIG_BYTES);
    assert_int_equal(seen.ends, 0);
    free(bytes);
    close_all(&owner, client);
}

static void who_takes_nothing_is_hung_up_on_and_who_says_nothing_is_not(void **state)
{
    Owner owner;
    (void)state;
    Client *client = open_tunnel(&owner, "");
    for (int i = 0; i < 4; i++) {
        loop_pass_ms(owner.loop, 11000);
        owner_rounds(&owner, 3);
    }
    assert_int_equal(seen.ends, 0);
    client->slow = true;
    char *bytes = calloc(1, BIG_BYTES);
    http_tunnel_write(seen.tunnel, (Bytes){bytes, BIG_BYTES});
    owner_rounds(&owner, 20);
    for (int i = 0; i < 4 && !seen.ends; i++) {
        loop_pass_ms(owner.loop, 11000);
        owner_rounds(&owner, 3);
    }
    assert_true(seen.ends == 1 && seen.gone == 1 && !seen.taken);
    http_tunnel_write(seen.tunnel, TEXT("to nobody"));
    assert_int_equal(http_tunnel_backlog(seen.tunnel), 0);
    http_tunnel_end(seen.tunnel);
    free(bytes);
    close_all(&owner, client);
}

static void the_owner_knows_when_all_is_taken(void **state)
{
    Owner owner;
    (void)state;
    Client *client = open_tunnel(&owner, "");
    char *bytes = calloc(1, BIG_BYTES);
    http_tunnel_write(seen.tunnel, (Bytes){bytes, BIG_BYTES});
    UNTIL(&owner, seen.taken == 1);
    free(bytes);
    struct linger reset = {1, 0};
    setsockopt(client->fd, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
    client_close(client);
    UNTIL(&owner, seen.gone == 1);
    http_tunnel_end(seen.tunnel);
    UNTIL(&owner, !net_connections(owner.net));
    owner_close(&owner);
}

static void closing_ends_those_that_are_open(void **state)
{
    (void)state;
    for (int is_ended = 0; is_ended < 2; is_ended++) {
        Owner owner;
        Client *client = open_tunnel(&owner, "");
        char *bytes = calloc(1, BIG_BYTES);
        client->slow = true;
        http_tunnel_write(seen.tunnel, (Bytes){bytes, BIG_BYTES});
        if (is_ended)
            http_tunnel_end(seen.tunnel);
        owner_close(&owner);
        assert_int_equal(seen.gone, !is_ended);
        free(bytes);
        client_close(client);
    }
}

/* Its client goes between its request and the 101: the owner, who cannot know, has a tunnel all the same. */
static void one_that_never_began_has_its_end(void **state)
{
    Owner owner;
    (void)state;
    memset(&seen, 0, sizeof seen);
    owner_open(&owner, (NetOptions){0});
    owner.net->options.on_request = answer_tunnel;
    Client *client = client_open(&owner);
    client_send_text(client, "GET /tunnel HTTP/1.0\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n");
    UNTIL(&owner, seen.gone == 1);
    http_tunnel_end(seen.tunnel);
    UNTIL(&owner, client->eof);
    close_all(&owner, client);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bytes_go_both_ways_and_each_side_closes_its_own),
        cmocka_unit_test(a_user_that_is_full_is_called_again_when_it_goes_on),
        cmocka_unit_test(what_was_written_leaves_though_its_owner_has_ended),
        cmocka_unit_test(who_takes_nothing_is_hung_up_on_and_who_says_nothing_is_not),
        cmocka_unit_test(the_owner_knows_when_all_is_taken),
        cmocka_unit_test(closing_ends_those_that_are_open),
        cmocka_unit_test(one_that_never_began_has_its_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
