/* call_test.c - what a handler says with a Status, and the names of things. */
#include "call.h"
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>
#undef fail /* cmocka's: call.h has its own */

static const ErrorModel REFUSED = {"RefusedException", NULL, NULL, 400, true, "message", NULL};

#define assert_bytes(bytes, text)                                                                                      \
    do {                                                                                                               \
        Bytes seen_ = (bytes);                                                                                         \
        assert_int_equal(seen_.len, strlen(text));                                                                     \
        assert_memory_equal(seen_.ptr, text, seen_.len);                                                               \
    } while (0)

static Call call_of(Arena *arena, const char *region)
{
    return (Call){.arena = arena, .account = TEXT("123456789012"), .region = bytes_of(region)};
}

/* aws: IAM User Guide, "Identify AWS resources with Amazon Resource Names (ARNs)" */
static void an_arn_lies_in_the_partition_of_its_region(void **state)
{
    static const struct {
        const char *region, *arn, *root;
    } rows[] = {
        {"us-east-1", "arn:aws:kinesis:us-east-1:123456789012:stream/7", "arn:aws:iam::123456789012:root"},
        {"cn-north-1", "arn:aws-cn:kinesis:cn-north-1:123456789012:stream/7", "arn:aws-cn:iam::123456789012:root"},
        {"us-gov-west-1", "arn:aws-us-gov:kinesis:us-gov-west-1:123456789012:stream/7",
         "arn:aws-us-gov:iam::123456789012:root"},
        {"us-isob-east-1", "arn:aws-iso-b:kinesis:us-isob-east-1:123456789012:stream/7",
         "arn:aws-iso-b:iam::123456789012:root"},
    };
    (void)state;
    Arena *arena = arena_new();
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        Call call = call_of(arena, rows[i].region);
        assert_bytes(call_arn(&call, "kinesis", "stream/%d", 7), rows[i].arn);
        assert_bytes(call_root_arn(&call), rows[i].root);
    }
    arena_free(arena);
}

static void an_arn_is_split_at_its_first_five_colons(void **state)
{
    Arn arn;
    (void)state;
    assert_true(arn_parse(TEXT("arn:aws:kinesis:us-east-1:123456789012:stream/a/consumer/b:17"), &arn));
    assert_bytes(arn.partition, "aws");
    assert_bytes(arn.service, "kinesis");
    assert_bytes(arn.region, "us-east-1");
    assert_bytes(arn.account, "123456789012");
    assert_bytes(arn.resource, "stream/a/consumer/b:17");
    assert_true(arn_parse(TEXT("arn:aws:iam::123456789012:root"), &arn)); /* global: no region to agree with */
    assert_int_equal(arn.region.len, 0);
}

static void what_is_no_arn_leaves_the_answer_untouched(void **state)
{
    static const char *const wrong[] = {
        "",
        "arn",
        "orders",
        "arn:aws:kinesis:us-east-1:123456789012",
        "arn:aws:kinesis:us-east-1:123456789012:",
        "ARN:aws:kinesis:us-east-1:123456789012:stream/a",
        "arn:aws-cn:kinesis:us-east-1:123456789012:stream/a", /* the region lies in another partition */
        "arn:aws:kinesis:cn-north-1:123456789012:stream/a",
    };
    Arn arn = {.resource = TEXT("before")};
    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        assert_false(arn_parse(bytes_of(wrong[i]), &arn));
    assert_bytes(arn.resource, "before");
}

static void fail_keeps_the_error_and_its_words(void **state)
{
    int fields = 0;
    (void)state;
    Arena *arena = arena_new();
    Call call = call_of(arena, "us-east-1");
    Status status = fail_with(&call, &REFUSED, &fields, "%d of " BYTES_FMT, 3, BYTES_ARG(TEXT("five")));
    assert_false(is_ok(status));
    assert_false(is_pending(status));
    assert_ptr_equal(call.error, &REFUSED);
    assert_ptr_equal(call.error_fields, &fields);
    assert_bytes(call.message, "3 of five");
    status = fail(&call, &REFUSED, "again");
    assert_int_equal(status.code_, 1);
    assert_null(call.error_fields);
    assert_bytes(call.message, "again");
    arena_free(arena);
}

/* What was sent is echoed; JSON, CBOR and XML hold UTF-8 alone. */
static void a_message_is_always_utf8(void **state)
{
    (void)state;
    Arena *arena = arena_new();
    Call call = call_of(arena, "us-east-1");
    assert_false(is_ok(fail(&call, &REFUSED, "no stream %s", "caf\xc3\xa9")));
    assert_bytes(call.message, "no stream caf\xc3\xa9");
    assert_false(is_ok(fail(&call, &REFUSED, "no stream %s", "caf\xe9")));
    assert_bytes(call.message, "no stream caf?");
    arena_free(arena);
}

static Status tries(Call *call, int code, int *ret_reached)
{
    TRY(expect_ok(call, code));
    *ret_reached += 1;
    return OK;
}

static void a_fault_keeps_its_place_and_TRY_passes_it_on(void **state)
{
    int reached = 0;
    Call call = {0};
    (void)state;
    assert_true(is_ok(tries(&call, 0, &reached)));
    assert_int_equal(reached, 1);
    Status status = tries(&call, -5, &reached);
    assert_int_equal(reached, 1);
    assert_true(status.code_ < 0);
    assert_int_equal(call.fault_code, -5);
    assert_true(call.fault_line > 0 && strstr(call.fault_file, "call_test.c"));
    assert_null(call.error); /* ours: nobody is told */
}

static void a_share_of_a_batch_fails(void **state)
{
    int failed = 0;
    Runtime runtime = {.random = random_new_seeded(7)};
    Call call = {.runtime = &runtime};
    (void)state;
    for (int i = 0; i < 1000; i++)
        failed += call_item_fails(&call);
    assert_int_equal(failed, 0);
    call.failing_share = 1;
    for (int i = 0; i < 1000; i++)
        failed += call_item_fails(&call);
    assert_int_equal(failed, 1000);
    call.failing_share = 0.25;
    for (int i = 0; i < 10000; i++)
        failed += call_item_fails(&call);
    assert_in_range(failed - 1000, 2200, 2800);
    random_free(runtime.random);
}

static void done(void *context)
{
    ++*(int *)context;
}

static void a_source_that_nobody_reads_is_done_with_the_call(void **state)
{
    int times = 0, ends[2];
    (void)state;
    assert_int_equal(pipe(ends), 0);
    Arena *arena = arena_new();
    Call call = call_of(arena, "us-east-1");
    HttpSource source = {.done = done, .context = &times, .fd = ends[0]};
    call_answer_from(&call, &source);
    assert_int_equal(times, 0);
    arena_free(arena);
    assert_int_equal(times, 1);
    assert_int_equal(fcntl(ends[0], F_GETFD), -1);
    close(ends[1]);
}

static char order[8];
static void *open_it(Runtime *runtime)
{
    return &order[runtime->services_count];
}
static void *open_nothing(Runtime *runtime)
{
    (void)runtime;
    return NULL;
}
static void close_it(void *service)
{
    order[strlen(order)] = (char)('a' + ((char *)service - order));
}

static void services_are_closed_the_last_first(void **state)
{
    static const Service one = {.open = open_it, .close = close_it}, two = {.open = open_it, .close = close_it},
                         broken = {.open = open_nothing, .close = close_it};
    Runtime runtime = {0};
    (void)state;
    assert_true(runtime_open_service(&runtime, &one));
    assert_true(runtime_open_service(&runtime, &two));
    assert_false(runtime_open_service(&runtime, &broken));
    assert_ptr_equal(runtime_service(&runtime, &two), &order[1]);
    assert_null(runtime_service(&runtime, &broken));
    runtime_close_services(&runtime);
    assert_string_equal(order, "ba");
    assert_null(runtime_service(&runtime, &one));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_arn_lies_in_the_partition_of_its_region),
        cmocka_unit_test(an_arn_is_split_at_its_first_five_colons),
        cmocka_unit_test(what_is_no_arn_leaves_the_answer_untouched),
        cmocka_unit_test(fail_keeps_the_error_and_its_words),
        cmocka_unit_test(a_message_is_always_utf8),
        cmocka_unit_test(a_fault_keeps_its_place_and_TRY_passes_it_on),
        cmocka_unit_test(a_share_of_a_batch_fails),
        cmocka_unit_test(a_source_that_nobody_reads_is_done_with_the_call),
        cmocka_unit_test(services_are_closed_the_last_first),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
