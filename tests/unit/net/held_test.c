/* held_test.c - what clients make us hold is counted, from its coming until it is let go of. */
#include "h2_fixture.h"

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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_the_arena_of_a_request_took_is_held_until_its_answer),
        cmocka_unit_test(it_is_let_go_of_with_a_client_that_has_gone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
