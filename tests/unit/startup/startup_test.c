/* startup_test.c - the seed file's entries become calls in order, and hooks run one after the other; where one of them
 * fails, there is no start. */
#include "../pipeline/fixture.h"
#include "startup.h"
#include <ftw.h>
#include <sys/stat.h>

static const Query insert = {"INSERT INTO thing VALUES (?1)"};
static const ErrorModel TAKEN = {"ResourceInUseException", NULL, NULL, 400, true, "message", NULL};
static const ErrorModel REFUSED = {"LimitExceededException", NULL, NULL, 400, true, "message", NULL};
static char made[64]; /* by CreateStream, in order */

TEST_OPERATION(CreateStream, create_stream, WRITES);
static Status create_stream(Call *call, const TestInput *in, TestOutput *out)
{
    (void)out;
    if (bytes_is(in->value, "taken"))
        return fail(call, &TAKEN, "It is there already.");
    if (bytes_is(in->value, "refused"))
        return fail(call, &REFUSED, "There are too many.");
    size_t len = strlen(made);
    snprintf(made + len, sizeof made - len, BYTES_FMT " ", BYTES_ARG(in->value));
    Statement *statement = statement_begin(call->store, &insert);
    bind_bytes(statement, 1, in->value);
    return expect_ok(call, statement_run(statement));
}

static const Operation *const operations[] = {&CreateStream, NULL};
static const char *const names[] = {"CreateStream", NULL};
/* The seed's list "streams" asks the service of this name. */
static const ServiceModel model = {.name = "kinesis",
                                   .title = "Test",
                                   .target_prefix = "Test",
                                   .json_version = "1.1",
                                   .protocols = PROTOCOL_JSON,
                                   .body_max = 65536,
                                   .operations = names};
static const Service service = {.model = &model, .operations = operations};

typedef struct Setup {
    Fixture fixture;
    char folder[64];
    Startup *startup;
    int told; /* the log's other end */
} Setup;

static int open_all(void **state)
{
    Setup *setup = calloc(1, sizeof *setup);
    int ends[2];
    assert_non_null(setup);
    fixture_open(&setup->fixture, &service);
    snprintf(setup->folder, sizeof setup->folder, "/tmp/evpoc-startup-XXXXXX");
    assert_non_null(mkdtemp(setup->folder));
    assert_int_equal(pipe(ends), 0);
    log_free(setup->fixture.runtime.log);
    setup->fixture.runtime.log = log_new(ends[1], LOG_WARN, LOG_JSON, setup->fixture.runtime.clock);
    setup->told = ends[0];
    made[0] = '\0';
    *state = setup;
    return 0;
}

static int remove_it(const char *path, const struct stat *status, int kind, struct FTW *place)
{
    (void)status, (void)kind, (void)place;
    return remove(path);
}

static int close_all(void **state)
{
    Setup *setup = *state;
    startup_close(setup->startup);
    fixture_close(&setup->fixture);
    nftw(setup->folder, remove_it, 8, FTW_DEPTH | FTW_PHYS);
    close(setup->told);
    free(setup);
    return 0;
}

static const char *write_file(const Setup *setup, const char *name, const char *text, mode_t mode)
{
    static char path[128];
    snprintf(path, sizeof path, "%s/%s", setup->folder, name);
    FILE *file = fopen(path, "we");
    assert_non_null(file);
    fputs(text, file);
    fclose(file);
    assert_int_equal(chmod(path, mode), 0);
    return path;
}

static void assert_told(const Setup *setup, const char *expected)
{
    char text[2048];
    ssize_t len = read(setup->told, text, sizeof text - 1);
    assert_true(len > 0);
    text[len] = '\0';
    if (!strstr(text, expected))
        print_error("no \"%s\" in: %s\n", expected, text);
    assert_non_null(strstr(text, expected));
}

static bool starts(Setup *setup, const char *seed_file, const char *hooks)
{
    StartupOptions options = {&setup->fixture.runtime, setup->fixture.pipeline, seed_file, hooks, "http://localhost:1"};
    setup->startup = startup_open(&options);
    return setup->startup != NULL;
}

static bool seeds(Setup *setup, const char *text)
{
    return starts(setup, write_file(setup, "seed.json", text, 0600), setup->folder);
}

static void a_seed_file_is_run_in_order_and_what_is_there_is_left(void **state)
{
    assert_true(seeds(
        *state,
        "{\"calls\": [{\"service\": \"kinesis\", \"operation\": \"CreateStream\", \"input\": {\"value\": \"c\"}}],"
        " \"streams\": [{\"value\": \"b\"}, {\"value\": \"taken\"}, {\"value\": \"a\"}]}"));
    assert_string_equal(made, "b a c "); /* lists first, then calls */
}

static void a_seed_that_is_refused_stops_the_start_with_its_place(void **state)
{
    assert_false(seeds(*state, "{\"streams\": [{\"value\": \"a\"}, {\"value\": \"refused\"}, {\"value\": \"b\"}]}"));
    assert_string_equal(made, "a ");
    assert_told(*state, "seed.json: streams[1]: CreateStream was refused: LimitExceededException: There are too many.");
}

static void a_seed_is_checked_as_a_request_is(void **state)
{
    assert_false(seeds(*state, "{\"streams\": [{\"value\": 7}]}"));
    assert_told(*state, "SerializationException");
}

static void an_operation_that_is_not_there_stops_the_start(void **state)
{
    assert_false(seeds(*state, "{\"calls\": [{\"service\": \"kinesis\", \"operation\": \"MakeTea\", \"input\": {}}]}"));
    assert_told(*state, "calls[0]: MakeTea was refused: UnknownOperationException");
}

static void what_is_no_seed_file_says_why(void **state)
{
    Setup *setup = *state;
    assert_false(seeds(setup, "{\"strams\": []}"));
    assert_told(setup, "strams[0]: no such list; there are streams, tables, registries, schemas and calls");
    assert_false(seeds(setup, "{\"streams\": {}}"));
    assert_told(setup, "streams[0]: expected a list");
    assert_false(seeds(setup, "{\"streams\":\n ["));
    assert_told(setup, "seed.json:2: ");
    assert_false(seeds(setup, "{\"calls\": [{\"service\": \"kinesis\"}]}"));
    assert_told(setup, "calls[0]: expected ");
    assert_false(starts(setup, "/nowhere/seed.json", setup->folder));
    assert_told(setup, "/nowhere/seed.json");
}

/* The state in which it is no longer running. */
static StartupState steps(Setup *setup)
{
    StartupState now = STARTUP_RUNS;
    for (int round = 0; now == STARTUP_RUNS && round < ROUNDS_MAX; round++) {
        now = startup_step(setup->startup);
        if (now == STARTUP_RUNS)
            loop_poll(setup->fixture.runtime.loop, 10);
    }
    return now;
}

static void assert_written(const Setup *setup, const char *expected)
{
    char path[128], text[256] = "";
    snprintf(path, sizeof path, "%s/said.txt", setup->folder);
    FILE *file = fopen(path, "re");
    size_t len = file ? fread(text, 1, sizeof text - 1, file) : 0;
    if (file)
        fclose(file);
    text[len] = '\0';
    assert_string_equal(text, expected);
}

#define SAYS(word) "#!/bin/sh\necho " word " >>\"${0%/*}/said.txt\"\n"

static void hooks_run_in_the_order_of_their_names(void **state)
{
    Setup *setup = *state;
    write_file(setup, "20-second", SAYS("second $AWS_ENDPOINT_URL"), 0700);
    write_file(setup, "10-first", SAYS("first $AWS_DEFAULT_REGION") "sleep 0.05\n", 0700);
    write_file(setup, "30-third", SAYS("third"), 0700);
    write_file(setup, ".hidden", SAYS("hidden"), 0700);
    write_file(setup, "15-not-executable", SAYS("never"), 0600);
    assert_true(starts(setup, NULL, setup->folder));
    assert_int_equal(startup_hooks(setup->startup), 3);
    assert_told(setup, "15-not-executable is not executable: not run");
    assert_int_equal(steps(setup), STARTUP_DONE);
    assert_written(setup, "first us-east-1\nsecond http://localhost:1\nthird\n");
}

static void a_hook_that_fails_ends_the_start_and_no_other_runs(void **state)
{
    Setup *setup = *state;
    write_file(setup, "1", SAYS("first"), 0700);
    write_file(setup, "2", "#!/bin/sh\nexit 3\n", 0700);
    write_file(setup, "3", SAYS("never"), 0700);
    assert_true(starts(setup, NULL, setup->folder));
    assert_int_equal(steps(setup), STARTUP_FAILED);
    assert_told(setup, "/2 failed with exit status 3");
    assert_written(setup, "first\n");
    assert_int_equal(startup_step(setup->startup), STARTUP_FAILED);
}

static void a_hook_that_cannot_be_run_ends_the_start(void **state)
{
    Setup *setup = *state;
    write_file(setup, "1", "#!/no/such/interpreter\n", 0700);
    assert_true(starts(setup, NULL, setup->folder));
    assert_int_equal(steps(setup), STARTUP_FAILED);
}

static void a_hook_that_is_killed_ends_the_start(void **state)
{
    Setup *setup = *state;
    write_file(setup, "1", "#!/bin/sh\nkill -9 $$\n", 0700);
    assert_true(starts(setup, NULL, setup->folder));
    assert_int_equal(steps(setup), STARTUP_FAILED);
    assert_told(setup, "was ended by signal 9");
}

static void a_directory_of_hooks_that_is_asked_for_must_be_there(void **state)
{
    Setup *setup = *state;
    assert_false(starts(setup, NULL, "/nowhere/hooks"));
    assert_told(setup, "hooks in /nowhere/hooks: No such file or directory");
    assert_true(starts(setup, NULL, setup->folder)); /* an empty one is fine */
    assert_int_equal(steps(setup), STARTUP_DONE);
}

#define test_of_start(test) cmocka_unit_test_setup_teardown(test, open_all, close_all)

int main(void)
{
    const struct CMUnitTest tests[] = {
        test_of_start(a_seed_file_is_run_in_order_and_what_is_there_is_left),
        test_of_start(a_seed_that_is_refused_stops_the_start_with_its_place),
        test_of_start(a_seed_is_checked_as_a_request_is),
        test_of_start(an_operation_that_is_not_there_stops_the_start),
        test_of_start(what_is_no_seed_file_says_why),
        test_of_start(hooks_run_in_the_order_of_their_names),
        test_of_start(a_hook_that_fails_ends_the_start_and_no_other_runs),
        test_of_start(a_hook_that_cannot_be_run_ends_the_start),
        test_of_start(a_hook_that_is_killed_ends_the_start),
        test_of_start(a_directory_of_hooks_that_is_asked_for_must_be_there),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
