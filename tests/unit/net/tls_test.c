/* tls_test.c - TLS through the port, with HTTP/1.1 and HTTP/2 inside, negotiated or not. */
#include "h2_fixture.h"
#include <gnutls/x509.h>
#include <sys/stat.h>

typedef struct Trust {
    gnutls_certificate_credentials_t credentials;
} Trust;

static Trust trust_nobody(void)
{
    Trust trust;
    assert_int_equal(gnutls_certificate_allocate_credentials(&trust.credentials), 0);
    return trust;
}

static Trust trust_ca_of(Net *net)
{
    Trust trust = trust_nobody();
    Arena *arena = arena_new();
    Bytes pem = net_ca_pem(net, arena);
    assert_true(present(pem));
    gnutls_datum_t datum = {(unsigned char *)pem.ptr, (unsigned)pem.len};
    assert_int_equal(gnutls_certificate_set_x509_trust_mem(trust.credentials, &datum, GNUTLS_X509_FMT_PEM), 1);
    arena_free(arena);
    return trust;
}

/* alpn NULL: none offered. */
static Client *tls_open(Owner *owner, Trust trust, const char *alpn)
{
    Client *client = client_open(owner);
    gnutls_datum_t protocol = {(unsigned char *)alpn, alpn ? (unsigned)strlen(alpn) : 0};
    gnutls_init(&client->tls, GNUTLS_CLIENT | GNUTLS_NONBLOCK | GNUTLS_NO_SIGNAL);
    gnutls_set_default_priority(client->tls);
    gnutls_credentials_set(client->tls, GNUTLS_CRD_CERTIFICATE, trust.credentials);
    if (alpn)
        gnutls_alpn_set_protocols(client->tls, &protocol, 1, 0);
    gnutls_transport_set_int(client->tls, client->fd);
    return client;
}

static void check_http1(Owner *owner, Trust trust, const char *alpn)
{
    Client *client = tls_open(owner, trust, alpn);
    client_send_text(client, "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 6\r\n\r\nsecret");
    UNTIL(owner, client_has(client, "\r\n\r\nsecret"));
    assert_true(owner->is_tls && !owner->is_http2);
    client->in.len = 0;
    client_send_text(client, "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nagain");
    UNTIL(owner, client_has(client, "\r\n\r\nagain"));
    client_close(client);
}

static void check_http2(Owner *owner, Trust trust, const char *alpn)
{
    Client *client = h2_client_over(tls_open(owner, trust, alpn), false);
    int32_t id = h2_request(client, "/echo", TEXT("secret"));
    UNTIL(owner, h2_stream(client, id)->closed);
    assert_int_equal(h2_stream(client, id)->status, 200);
    assert_true(bytes_is(buffer_bytes(&h2_stream(client, id)->body), "secret"));
    assert_true(owner->is_tls && owner->is_http2);
    h2_client_close(client);
}

static void both_protocols_are_spoken_inside_with_and_without_alpn(void **state)
{
    Owner owner;
    (void)state;
    owner_open(&owner, (NetOptions){0});
    Trust trust = trust_nobody();
    check_http1(&owner, trust, NULL);
    check_http1(&owner, trust, "http/1.1");
    check_http1(&owner, trust, "something/else");
    check_http2(&owner, trust, NULL); /* as the Java SDK does */
    check_http2(&owner, trust, "h2");
    check_http2(&owner, trust, "http/1.1");
    gnutls_certificate_free_credentials(trust.credentials);
    owner_close(&owner);
}

static void verify_name(Client *client, gnutls_typed_vdata_st *name)
{
    unsigned int flaws = 1;
    gnutls_typed_vdata_st purpose = {GNUTLS_DT_KEY_PURPOSE_OID, (unsigned char *)GNUTLS_KP_TLS_WWW_SERVER, 0};
    gnutls_typed_vdata_st asked[] = {*name, purpose};
    assert_int_equal(gnutls_certificate_verify_peers(client->tls, asked, 2, &flaws), 0);
    assert_int_equal(flaws, 0);
}

static void our_certificate_is_good_for_all_local_names(void **state)
{
    static const char *const names[] = {"localhost", "host.docker.internal"};
    Owner owner;
    (void)state;
    owner_open(&owner, (NetOptions){0});
    Trust trust = trust_ca_of(owner.net);
    Client *client = tls_open(&owner, trust, NULL);
    UNTIL(&owner, client->tls_ready);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        gnutls_typed_vdata_st name = {GNUTLS_DT_DNS_HOSTNAME, (unsigned char *)names[i], 0};
        verify_name(client, &name);
    }
    unsigned char v4[4] = {127, 0, 0, 1}, v6[16] = {[15] = 1};
    gnutls_typed_vdata_st name4 = {GNUTLS_DT_IP_ADDRESS, v4, sizeof v4};
    gnutls_typed_vdata_st name6 = {GNUTLS_DT_IP_ADDRESS, v6, sizeof v6};
    verify_name(client, &name4);
    verify_name(client, &name6);
    client_close(client);
    gnutls_certificate_free_credentials(trust.credentials);
    owner_close(&owner);
}

static void the_ca_is_kept_in_its_directory_and_its_key_is_private(void **state)
{
    char directory[] = "/tmp/evpoc-tls-XXXXXX", path[64];
    static const char *const files[] = {"ca.pem", "ca-key.pem", "server.pem", "server-key.pem"};
    Arena *arena = arena_new();
    Bytes pem[2];
    (void)state;
    assert_non_null(mkdtemp(directory));
    for (int i = 0; i < 2; i++) {
        Owner owner;
        owner_open(&owner, (NetOptions){.tls_directory = directory});
        pem[i] = net_ca_pem(owner.net, arena);
        owner_close(&owner);
    }
    assert_true(present(pem[0]) && bytes_equal(pem[0], pem[1]));
    for (size_t i = 0; i < 4; i++) {
        struct stat about;
        snprintf(path, sizeof path, "%s/%s", directory, files[i]);
        assert_int_equal(stat(path, &about), 0);
        assert_int_equal(about.st_mode & 0777, 0600);
        unlink(path);
    }
    rmdir(directory);
    arena_free(arena);
}

static void a_given_certificate_is_used_and_a_bad_one_refused(void **state)
{
    char directory[] = "/tmp/evpoc-tls-XXXXXX", certificate[64], key[64];
    const char *reason = "";
    Arena *arena = arena_new();
    Owner owner;
    Net *none = NULL;
    (void)state;
    assert_non_null(mkdtemp(directory));
    snprintf(certificate, sizeof certificate, "%s/server.pem", directory);
    snprintf(key, sizeof key, "%s/server-key.pem", directory);
    Loop *loop = loop_new();
    NetOptions options = {
        .loop = loop, .host = "127.0.0.1", .on_request = owner_take, .certificate_path = certificate, .key_path = key};
    assert_int_equal(net_open(&options, &none, &reason), NET_BAD_CERTIFICATE);
    loop_free(loop);
    assert_true(strlen(reason) > 0);
    owner_open(&owner, (NetOptions){.tls_directory = directory});
    net_ca_pem(owner.net, arena);
    owner_close(&owner);
    owner_open(&owner, (NetOptions){.certificate_path = certificate, .key_path = key});
    Trust trust = trust_nobody();
    check_http1(&owner, trust, NULL);
    assert_false(present(net_ca_pem(owner.net, arena)));
    gnutls_certificate_free_credentials(trust.credentials);
    owner_close(&owner);
    unlink(certificate);
    unlink(key);
    for (int i = 0; i < 2; i++) {
        snprintf(key, sizeof key, "%s/%s", directory, i ? "ca.pem" : "ca-key.pem");
        unlink(key);
    }
    rmdir(directory);
    arena_free(arena);
}

static void large_bodies_pass_both_ways_inside_tls(void **state)
{
    Owner owner;
    char *bytes = calloc(1, BIG_BYTES), head[128];
    (void)state;
    owner_open(&owner, (NetOptions){0});
    Trust trust = trust_nobody();
    Client *http1 = tls_open(&owner, trust, NULL), *http2 = h2_client_over(tls_open(&owner, trust, "h2"), false);
    snprintf(head, sizeof head, "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: %zu\r\n\r\n", BIG_BYTES);
    client_send_text(http1, head);
    client_send(http1, (Bytes){bytes, BIG_BYTES});
    int32_t id = h2_request(http2, "/echo", (Bytes){bytes, BIG_BYTES});
    UNTIL(&owner, http1->in.len > BIG_BYTES && h2_stream(http2, id)->body.len == BIG_BYTES);
    client_close(http1);
    h2_client_close(http2);
    free(bytes);
    gnutls_certificate_free_credentials(trust.credentials);
    owner_close(&owner);
}

static void a_stream_inside_tls_is_closed_when_its_client_leaves(void **state)
{
    Owner owner;
    (void)state;
    owner_open(&owner, (NetOptions){0});
    Trust trust = trust_nobody();
    for (int politely = 0; politely < 2; politely++) {
        Client *client = tls_open(&owner, trust, NULL);
        owner.closed = 0;
        client_send_text(client, "GET /stream HTTP/1.1\r\nHost: a\r\n\r\n");
        UNTIL(&owner, owner.stream);
        http_stream_write(owner.stream, TEXT("event"));
        UNTIL(&owner, client_has(client, "5\r\nevent\r\n"));
        owner_rounds(&owner, 3);
        if (politely)
            gnutls_bye(client->tls, GNUTLS_SHUT_WR);
        client_close(client);
        UNTIL(&owner, owner.closed == 1);
    }
    UNTIL(&owner, net_open_requests(owner.net) == 0);
    gnutls_certificate_free_credentials(trust.credentials);
    owner_close(&owner);
}

static void a_slow_reader_inside_tls_shows_in_the_backlog(void **state)
{
    Owner owner;
    (void)state;
    owner_open(&owner, (NetOptions){0});
    Trust trust = trust_nobody();
    Client *client = tls_open(&owner, trust, NULL);
    client_send_text(client, "GET /stream HTTP/1.1\r\nHost: a\r\n\r\n");
    UNTIL(&owner, owner.stream);
    client->slow = true;
    char *bytes = calloc(1, BIG_BYTES);
    http_stream_write(owner.stream, (Bytes){bytes, BIG_BYTES});
    owner_rounds(&owner, 100);
    assert_true(http_stream_backlog(owner.stream) > 0);
    client->slow = false;
    UNTIL(&owner, http_stream_backlog(owner.stream) == 0);
    http_stream_end(owner.stream);
    UNTIL(&owner, client_has(client, "\r\n0\r\n\r\n"));
    free(bytes);
    client_close(client);
    gnutls_certificate_free_credentials(trust.credentials);
    owner_close(&owner);
}

static void a_client_inside_tls_that_takes_nothing_is_closed(void **state)
{
    Owner owner;
    (void)state;
    owner_open(&owner, (NetOptions){.request_s = 10});
    Trust trust = trust_nobody();
    Client *client = tls_open(&owner, trust, NULL);
    client_send_text(client, "GET /big HTTP/1.1\r\nHost: a\r\n\r\n");
    client->slow = true;
    UNTIL(&owner, owner.answered == 1);
    owner_rounds(&owner, 20);
    assert_int_equal(net_connections(owner.net), 2); /* its own, and libmicrohttpd's behind it */
    for (int i = 0; i < 4; i++) {
        loop_pass_ms(owner.loop, 11000);
        owner_rounds(&owner, 3);
    }
    assert_int_equal(net_connections(owner.net), 0);
    client_close(client);
    gnutls_certificate_free_credentials(trust.credentials);
    owner_close(&owner);
}

static void what_only_looks_like_tls_is_closed(void **state)
{
    Owner owner;
    (void)state;
    owner_open(&owner, (NetOptions){0});
    Client *client = client_open(&owner);
    client_send_text(client, "\x16no handshake at all, but long enough for a record's head");
    UNTIL(&owner, client->eof);
    client_close(client);
    owner_close(&owner);
}

static void closing_drops_tls_connections_in_every_phase(void **state)
{
    Owner owner;
    (void)state;
    owner_open(&owner, (NetOptions){0});
    Trust trust = trust_nobody();
    Client *silent = tls_open(&owner, trust, NULL), *streaming = tls_open(&owner, trust, NULL),
           *half = client_open(&owner);
    client_send_text(half, "\x16\x03\x01");
    client_send_text(streaming, "GET /stream HTTP/1.1\r\nHost: a\r\n\r\n");
    UNTIL(&owner, silent->tls_ready && owner.stream);
    owner_close(&owner);
    assert_int_equal(owner.closed, 1);
    client_close(silent);
    client_close(streaming);
    client_close(half);
    gnutls_certificate_free_credentials(trust.credentials);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(both_protocols_are_spoken_inside_with_and_without_alpn),
        cmocka_unit_test(our_certificate_is_good_for_all_local_names),
        cmocka_unit_test(the_ca_is_kept_in_its_directory_and_its_key_is_private),
        cmocka_unit_test(a_given_certificate_is_used_and_a_bad_one_refused),
        cmocka_unit_test(large_bodies_pass_both_ways_inside_tls),
        cmocka_unit_test(a_stream_inside_tls_is_closed_when_its_client_leaves),
        cmocka_unit_test(a_slow_reader_inside_tls_shows_in_the_backlog),
        cmocka_unit_test(a_client_inside_tls_that_takes_nothing_is_closed),
        cmocka_unit_test(what_only_looks_like_tls_is_closed),
        cmocka_unit_test(closing_drops_tls_connections_in_every_phase),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
