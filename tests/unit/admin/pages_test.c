/* pages_test.c - our own pages over a real port, with a throw-away service behind them. */
#include "../pipeline/fixture.h"
#include "admin.h"

static const Query insert = {"INSERT INTO thing VALUES (?1)"};
static const Query remove_all = {"DELETE FROM thing"};

TEST_OPERATION(Put, put, WRITES);
static Status put(Call *call, const TestInput *in, TestOutput *out)
{
    Statement *statement = statement_begin(call->store, &insert);
    bind_bytes(statement, 1, in->value);
    out->value = in->value;
    return expect_ok(call, statement_run(statement));
}

static int reset(void *service, Bytes account, Bytes region)
{
    const Fixture *fixture = service;
    (void)account, (void)region;
    return statement_run(statement_begin(fixture->runtime.store, &remove_all));
}

static void describe(void *service, void *json_object)
{
    (void)service;
    json_object_set_new(json_object, "things", json_integer(3));
}

static const Operation *const operations[] = {&Put, NULL};
static const char *const names[] = {"Put", "Get", NULL};
static const ServiceModel model = {.name = "test",
                                   .title = "Test",
                                   .target_prefix = "Test",
                                   .json_version = "1.1",
                                   .protocols = PROTOCOL_JSON,
                                   .body_max = 65536,
                                   .operations = names};
static const Service service = {.model = &model, .operations = operations, .reset = reset, .describe = describe};

typedef struct Setup {
    Fixture fixture;
    Admin *admin;
} Setup;

static int open_all(void **state)
{
    Setup *setup = calloc(1, sizeof *setup);
    assert_non_null(setup);
    Fixture *fixture = &setup->fixture;
    fixture_open(fixture, &service);
    fixture->runtime.services[fixture->runtime.services_count++] = (struct OpenService){&service, fixture};
    pipeline_keep_notes(fixture->pipeline, 10);
    clock_freeze(fixture->runtime.clock);
    AdminOptions options = {&fixture->runtime, fixture->pipeline, fixture->net, "memory"};
    setup->admin = admin_open(&options);
    *state = setup;
    return 0;
}

static int close_all(void **state)
{
    Setup *setup = *state;
    setup->fixture.runtime.services_count = 0;
    fixture_close(&setup->fixture);
    admin_close(setup->admin);
    free(setup);
    return 0;
}

static int ask(Fixture *fixture, const char *method, const char *page, const char *body)
{
    char request[1024];
    int len = snprintf(request, sizeof request,
                       "%s %s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
                       "Content-Type: application/json\r\nContent-Length: %zu\r\n\r\n%s",
                       method, page, strlen(body), body);
    return client_send(fixture, request, len);
}

static void assert_page(void **state, const char *request, const char *body, const char *expected)
{
    Setup *setup = *state;
    char method[16], page[128];
    assert_int_equal(sscanf(request, "%15s %127s", method, page), 2);
    assert_answer_has(&setup->fixture, ask(&setup->fixture, method, page, body), expected);
}

static void it_is_ready_when_main_says_so(void **state)
{
    Setup *setup = *state;
    assert_page(state, "GET /_evpoc/ready", "", " 503 ");
    assert_page(state, "GET /_evpoc/health", "", "\"status\":\"starting\"");
    admin_set_ready(setup->admin);
    assert_page(state, "GET /_evpoc/ready", "", " 200 ");
    assert_page(state, "GET /_evpoc/health", "", "\"status\":\"ok\"");
}

static void health_tells_what_a_service_says_of_itself(void **state)
{
    assert_page(state, "GET /_evpoc/health", "",
                "\"test\":{\"status\":\"running\",\"operations\":1,\"of\":2,\"things\":3}");
    assert_page(state, "GET /_localstack/health", "", "\"durability\":\"memory\"");
}

static void a_page_says_which_methods_it_takes(void **state)
{
    assert_page(state, "POST /_evpoc/health", "", " 405 ");
    assert_page(state, "POST /_evpoc/health", "", "/_evpoc/health takes GET.");
    assert_page(state, "GET /_evpoc/reset", "", "/_evpoc/reset takes POST.");
    assert_page(state, "GET /_evpoc/nothing", "",
                "No such page; there are /_evpoc/auth, /_evpoc/denied, /_evpoc/health, ");
}

static void the_clock_is_set_and_moved(void **state)
{
    assert_page(state, "POST /_evpoc/clock", "{\"set\": \"2026-01-31T12:00:00Z\", \"advance\": \"1d\"}",
                "\"now\":\"2026-02-01T12:00:00.000Z\",\"frozen\":true");
    assert_page(state, "GET /_evpoc/clock", "", "\"now_ms\":1769947200000");
    assert_page(state, "POST /_evpoc/clock", "{\"advance\": \"a while\"}", "advance: expected ms or a span");
    assert_page(state, "POST /_evpoc/clock", "{\"set\": -1}", " 400 ");
    assert_page(state, "POST /_evpoc/clock", "{\"advance\": \"-900000d\"}", "from 1970 to the year 9999");
    assert_page(state, "POST /_evpoc/clock", "{\"forward\": 1}", "no such member: forward");
    assert_page(state, "GET /_evpoc/clock", "", "\"now_ms\":1769947200000"); /* what was refused moved nothing */
}

static void a_reset_leaves_nothing_of_the_service(void **state)
{
    Setup *setup = *state;
    Fixture *fixture = &setup->fixture;
    free(client_answer(fixture, client_call(fixture, "Put", "a")));
    assert_answer_has(fixture, client_call(fixture, "Put", "a"), "InternalFailure"); /* it is there */
    assert_page(state, "POST /_evpoc/reset", "{\"service\": \"nothing\"}", " 404 ");
    assert_page(state, "POST /_evpoc/reset", "{\"service\": 7}", "service: expected a string");
    assert_page(state, "POST /_evpoc/reset", "{\"service\": \"test\"}", "{\"reset\":true}");
    assert_answer_has(fixture, client_call(fixture, "Put", "a"), " 200 ");
}

static void the_last_requests_are_shown_with_their_bodies(void **state)
{
    Setup *setup = *state;
    Fixture *fixture = &setup->fixture;
    free(client_answer(fixture, client_call(fixture, "Put", "seen")));
    assert_page(state, "GET /_evpoc/requests?operation=Put", "", "\"input\":{\"value\":\"seen\"}");
    assert_page(state, "GET /_evpoc/requests?limit=many", "", " 400 ");
    assert_page(state, "GET /_evpoc/metrics", "", "operation=\"Put\"");
}

#define test_with_pages(test) cmocka_unit_test_setup_teardown(test, open_all, close_all)

int main(void)
{
    const struct CMUnitTest tests[] = {
        test_with_pages(it_is_ready_when_main_says_so),
        test_with_pages(health_tells_what_a_service_says_of_itself),
        test_with_pages(a_page_says_which_methods_it_takes),
        test_with_pages(the_clock_is_set_and_moved),
        test_with_pages(a_reset_leaves_nothing_of_the_service),
        test_with_pages(the_last_requests_are_shown_with_their_bodies),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
