/* config_test.c - settings: who wins, what is refused, and what was perhaps meant. */
#include "config.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#define NONE ((const char *[]){NULL})

static Config *read_settings(const char *const *arguments, const char *const *environment)
{
    Config *config;
    Buffer message = {0};
    if (!config_read(arguments, environment, &config, &message))
        fail_msg("%.*s", BYTES_ARG(buffer_bytes(&message)));
    buffer_done(&message);
    return config;
}

static void assert_refused(const char *const *arguments, const char *const *environment, const char *expected)
{
    Config *config;
    Buffer message = {0};
    assert_false(config_read(arguments, environment, &config, &message));
    assert_null(config);
    buffer_append_char(&message, 0);
    assert_string_equal(message.ptr, expected);
    buffer_done(&message);
}

/* A file of these lines; the caller frees and unlinks. */
static char *file_of(const char *text)
{
    char *path = strdup("/tmp/evpoc-config-XXXXXX");
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, text, strlen(text)), (ssize_t)strlen(text));
    close(fd);
    return path;
}

static void without_a_word_the_defaults_hold(void **state)
{
    (void)state;
    Config *config = read_settings(NONE, NONE);
    assert_int_equal(config_integer(config, SETTING_PORT), 4566);
    assert_string_equal(config_text(config, SETTING_HOST), "127.0.0.1");
    assert_string_equal(config_text(config, SETTING_ACCOUNT), "000000000000");
    assert_false(config_has(config, SETTING_SEED));
    assert_string_equal(config_origin(config, SETTING_PORT), "default");
    config_free(config);
}

static void what_kubernetes_tells_of_services_is_no_setting(void **state)
{
    (void)state;
    Config *config = read_settings(
        NONE, (const char *[]){"EVPOC_EMU_SERVICE_HOST=10.0.0.7", "EVPOC_EMU_SERVICE_PORT=4566",
                               "EVPOC_EMU_SERVICE_PORT_HTTP=4566", "EVPOC_EMU_PORT=tcp://10.0.0.7:4566",
                               "EVPOC_EMU_PORT_4566_TCP_ADDR=10.0.0.7", "EVPOC_PORT=tcp://10.0.0.7:4566", NULL});
    assert_int_equal(config_integer(config, SETTING_PORT), 4566);
    config_free(config);
}

static void a_flag_wins_over_the_environment_and_that_over_the_file(void **state)
{
    (void)state;
    char *path = file_of("# ours\nport = 1\n'host' = \"h\\\"\"\nlog-level = 'warn' # loud\nseed = 1_000\n");
    char variable[64];
    snprintf(variable, sizeof variable, "EVPOC_CONFIG=%s", path);
    Config *config = read_settings(
        (const char *[]){"--port=3", "--log-format", "json", NULL},
        (const char *[]){"HOME=/", "EVPOC_PORT=2", "EVPOC_LOG_LEVEL=error", "EVPOC_DATA=", variable, NULL});
    assert_int_equal(config_integer(config, SETTING_PORT), 3);
    assert_string_equal(config_origin(config, SETTING_PORT), "--port");
    assert_string_equal(config_text(config, SETTING_LOG_LEVEL), "error");
    assert_string_equal(config_origin(config, SETTING_LOG_LEVEL), "EVPOC_LOG_LEVEL");
    assert_string_equal(config_text(config, SETTING_HOST), "h\"");
    assert_int_equal(config_integer(config, SETTING_SEED), 1000);
    assert_string_equal(config_text(config, SETTING_DATA), "evpoc-data");
    assert_int_equal(config_choice(config, SETTING_LOG_FORMAT), 2);
    config_free(config);
    unlink(path);
    free(path);
}

static void an_unknown_name_is_told_the_nearest_one(void **state)
{
    (void)state;
    assert_refused((const char *[]){"--prot", "1", NULL}, NONE,
                   "--prot: there is no such setting; did you mean --port?");
    assert_refused(NONE, (const char *[]){"EVPOC_LOGLEVEL=info", NULL},
                   "EVPOC_LOGLEVEL: there is no such setting; did you mean EVPOC_LOG_LEVEL?");
    assert_refused((const char *[]){"--something-else", NULL}, NONE, "--something-else: there is no such setting");
    assert_refused((const char *[]){"port", NULL}, NONE, "port: not a setting; they begin with --");
}

static void a_wrong_value_is_told_what_is_expected(void **state)
{
    (void)state;
    assert_refused((const char *[]){"--port", "65536", NULL}, NONE,
                   "--port 65536: expected a whole number from 0 to 65535");
    assert_refused((const char *[]){"--port", NULL}, NONE, "--port : expected a whole number from 0 to 65535");
    assert_refused((const char *[]){"--seed=x", NULL}, NONE, "--seed x: expected a whole number from 0 on");
    assert_refused((const char *[]){"--durability=disk", NULL}, NONE,
                   "--durability disk: expected commit, fsync or memory");
    assert_refused((const char *[]){"--account=12", NULL}, NONE, "--account 12: expected 12 digits");
    assert_refused((const char *[]){"--tls-cert=a", NULL}, NONE, "tls-cert and tls-key go together");
}

static void a_line_of_the_file_that_is_wrong_is_named(void **state)
{
    (void)state;
    static const struct {
        const char *text, *message;
    } cases[] = {
        {"port = 1\nprot = 2\n", ":2: prot: there is no such setting; did you mean port?"},
        {"[server]\n", ":1: tables are not used here: name = value only"},
        {"\n\nport\n", ":3: expected name = value"},
        {"port = [1]\n", ":1: expected a value: \"text\", a whole number, true or false"},
        {"port = 1 2\n", ":1: expected the end of the line after the value"},
        {"host = \"a\n", ":1: expected a value: \"text\", a whole number, true or false"},
        {"host = \"\\q\"\n", ":1: expected a value: \"text\", a whole number, true or false"},
        {"host = ''\n", ":1 : expected something"},
        {"port = 99999999999999999999", ":1 99999999999999999999: expected a whole number from 0 to 65535"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char *path = file_of(cases[i].text), expected[256];
        snprintf(expected, sizeof expected, "%s%s", path, cases[i].message);
        assert_refused((const char *[]){"--config", path, NULL}, NONE, expected);
        unlink(path);
        free(path);
    }
    assert_refused((const char *[]){"--config=/nowhere/evpoc.toml", NULL}, NONE,
                   "/nowhere/evpoc.toml: No such file or directory");
}

/* Runs in a directory where an evpoc.toml of this text lies. */
static void assert_found_file(const char *text, const char *expected)
{
    char folder[] = "/tmp/evpoc-config-XXXXXX", before[4096];
    assert_non_null(mkdtemp(folder));
    assert_non_null(getcwd(before, sizeof before));
    assert_int_equal(chdir(folder), 0);
    FILE *file = fopen("evpoc.toml", "w");
    assert_non_null(file);
    fputs(text, file);
    fclose(file);
    if (expected)
        assert_refused(NONE, NONE, expected);
    else
        config_free(read_settings(NONE, NONE));
    if (!strstr(text, "config ="))
        config_free(read_settings((const char *[]){"--config", "evpoc.toml", NULL}, NONE));
    unlink("evpoc.toml");
    assert_int_equal(chdir(before), 0);
    rmdir(folder);
}

static void a_file_that_merely_lies_there_runs_no_programs(void **state)
{
    (void)state;
    assert_found_file(
        "port = 1\nhooks = \"init\"\n",
        "evpoc.toml:2: hooks runs programs, so it is not taken from a file that merely lies here; if it is "
        "meant: --config evpoc.toml, or --hooks");
}

static void a_file_that_merely_lies_there_names_no_directory_elsewhere(void **state)
{
    (void)state;
    static const char *const elsewhere[] = {"data = '/etc'\n", "data = '..'\n", "data = 'a/../../b'\n"};
    for (size_t i = 0; i < sizeof elsewhere / sizeof *elsewhere; i++)
        assert_found_file(elsewhere[i], "evpoc.toml:1: data lies outside of this directory, and this file merely lies "
                                        "here; if it is meant: --config evpoc.toml, or --data");
    assert_found_file("data = 'a/..b/c'\n", NULL);
    assert_found_file("config = 'other.toml'\n", "evpoc.toml:1: a file names no other");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(without_a_word_the_defaults_hold),
        cmocka_unit_test(what_kubernetes_tells_of_services_is_no_setting),
        cmocka_unit_test(a_flag_wins_over_the_environment_and_that_over_the_file),
        cmocka_unit_test(an_unknown_name_is_told_the_nearest_one),
        cmocka_unit_test(a_wrong_value_is_told_what_is_expected),
        cmocka_unit_test(a_line_of_the_file_that_is_wrong_is_named),
        cmocka_unit_test(a_file_that_merely_lies_there_runs_no_programs),
        cmocka_unit_test(a_file_that_merely_lies_there_names_no_directory_elsewhere),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
