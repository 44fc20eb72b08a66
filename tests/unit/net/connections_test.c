/* connections_test.c - connections as such: none is forgotten, none stays for ever. */
#include "connection.h"
#include "h2_fixture.h"
#include "net_private.h"

#define MINUTES ((int64_t)60 * 1000)

static Client *tls_open(Owner *owner, gnutls_certificate_credentials_t credentials)
{
    Client *client = client_open(owner);
    gnutls_init(&client->tls, GNUTLS_CLIENT | GNUTLS_NONBLOCK | GNUTLS_NO_SIGNAL);
    gnutls_set_default_priority(client->tls);
    gnutls_credentials_set(client->tls, GNUTLS_CRD_CERTIFICATE, credentials);
    gnutls_transport_set_int(client->tls, client->fd);
    return client;
}

static void every_connection_is_counted_until_it_is_closed(void **state)
{
    Owner owner;
    gnutls_certificate_credentials_t credentials;
    (void)state;
    owner_open(&owner, (NetOptions){0});
    gnutls_certificate_allocate_credentials(&credentials);
    Client *silent = client_open(&owner), *http1 = client_open(&owner), *http2 = h2_client_open(&owner),
           *tls = tls_open(&owner, credentials);
    client_send_text(http1, "GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    client_send_text(tls, "GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    int32_t id = h2_request(http2, "/", (Bytes){0});
    UNTIL(&owner, client_has(http1, " 200 ") && client_has(tls, " 200 ") && h2_stream(http2, id)->closed);
    assert_int_equal(owner.net->connections, 5); /* HTTP/1.1 inside TLS is two */
    client_close(silent);
    client_close(http1);
    h2_client_close(http2);
    client_close(tls);
    UNTIL(&owner, owner.net->connections == 0);
    gnutls_certificate_free_credentials(credentials);
    owner_close(&owner);
}

static void after(Owner *owner, int64_t ms)
{
    loop_pass_ms(owner->loop, ms);
    connections_sweep(owner->net);
    connections_flush(owner->net);
    connections_bury(owner->net);
}

static void who_says_nothing_is_closed(void **state)
{
    Owner owner;
    (void)state;
    owner_open(&owner, (NetOptions){0});
    Client *silent = client_open(&owner), *half = client_open(&owner), *tls = client_open(&owner);
    client_send_text(half, "P");
    client_send_text(tls, "\x16\x03");
    UNTIL(&owner, owner.net->connections == 3);
    owner_rounds(&owner, 3);
    after(&owner, MINUTES / 2);
    assert_int_equal(owner.net->connections, 3);
    after(&owner, 2 * MINUTES);
    assert_int_equal(owner.net->connections, 0);
    UNTIL(&owner, silent->eof && half->eof && tls->eof);
    client_close(silent);
    client_close(half);
    client_close(tls);
    owner_close(&owner);
}

static void http2_without_a_stream_ends_with_a_goaway_after_a_while(void **state)
{
    Owner owner;
    (void)state;
    owner_open(&owner, (NetOptions){0});
    Client *idle = h2_client_open(&owner), *busy = h2_client_open(&owner);
    int32_t id = h2_request(idle, "/", (Bytes){0});
    int32_t stream = h2_request(busy, "/stream", (Bytes){0});
    UNTIL(&owner, h2_stream(idle, id)->closed && owner.stream && h2_stream(busy, stream)->status);
    after(&owner, 5 * MINUTES);
    assert_int_equal(owner.net->connections, 2);
    after(&owner, 11 * MINUTES);
    assert_int_equal(owner.net->connections, 1);
    UNTIL(&owner, idle->eof);
    assert_int_equal(h2_of(idle)->goaways, 1);
    http_stream_end(owner.stream);
    UNTIL(&owner, h2_stream(busy, stream)->closed);
    h2_client_close(idle);
    h2_client_close(busy);
    owner_close(&owner);
}

static void an_idle_loop_sleeps(void **state)
{
    Owner owner;
    (void)state;
    owner_open(&owner, (NetOptions){0});
    Client *held = client_open(&owner), *streaming = client_open(&owner), *two = h2_client_open(&owner),
           *half = client_open(&owner);
    client_send_text(held, "GET /hold HTTP/1.1\r\nHost: a\r\n\r\n");
    client_send_text(streaming, "GET /stream HTTP/1.1\r\nHost: a\r\n\r\n");
    client_send_text(half, "P");
    int32_t id = h2_request(two, "/", (Bytes){0});
    UNTIL(&owner, owner.held && owner.stream && h2_stream(two, id)->closed);
    owner_rounds(&owner, 5);
    int64_t before = monotonic_ns();
    assert_true(loop_poll(owner.loop, 30));
    assert_true(monotonic_ns() - before > 25 * 1000000);
    owner_respond(&owner, owner.held);
    client_close(held);
    client_close(streaming);
    h2_client_close(two);
    client_close(half);
    owner_close(&owner);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_connection_is_counted_until_it_is_closed),
        cmocka_unit_test(who_says_nothing_is_closed),
        cmocka_unit_test(http2_without_a_stream_ends_with_a_goaway_after_a_while),
        cmocka_unit_test(an_idle_loop_sleeps),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
