/* options.c - the command line. */
#include "options.h"
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>

static const char help[] =
    "Usage: evpoc-emu [option]...\n"
    "A local, offline emulator of Kinesis, Glue Schema Registry, DynamoDB, CloudWatch, STS and KMS on one port.\n"
    "\n"
    "  --port N            port to listen on, 0 for any free one                     (4566)\n"
    "  --host ADDRESS      address to listen on                                      (127.0.0.1)\n"
    "  --data DIR          where evpoc.db is kept; made if it isn't there            (./evpoc-data)\n"
    "  --durability WHAT   commit: acknowledged writes survive kill -9               (commit)\n"
    "                      fsync:  they survive a power cut, too\n"
    "                      memory: nothing is kept, --data is not used\n"
    "  --account ID        account of clients whose access key is not 12 digits      (000000000000)\n"
    "  --region NAME       region of clients that sign for none                      (us-east-1)\n"
    "  --tls-cert FILE     certificate for TLS clients, with --tls-key FILE          (made when needed)\n"
    "  --seed N            the same ids in every run                                 (random)\n"
    "  --log-level LEVEL   debug (a line a request), info, warn, error               (info)\n"
    "  --log-format FORM   human, json, auto (human on a terminal)                   (auto)\n"
    "  --help, --version\n"
    "\n"
    "Clients need nothing but AWS_ENDPOINT_URL=http://localhost:4566 and any credentials.\n"
    "http://localhost:4566/_evpoc/health tells how it is; /_evpoc/ca.pem is the CA that TLS clients may trust.\n";

enum {
    OPT_PORT = 1,
    OPT_HOST,
    OPT_DATA,
    OPT_DURABILITY,
    OPT_ACCOUNT,
    OPT_REGION,
    OPT_CERT,
    OPT_KEY,
    OPT_SEED,
    OPT_LEVEL,
    OPT_FORMAT,
    OPT_HELP,
    OPT_VERSION
};

static const struct option known[] = {
    {"port", required_argument, NULL, OPT_PORT},         {"host", required_argument, NULL, OPT_HOST},
    {"data", required_argument, NULL, OPT_DATA},         {"durability", required_argument, NULL, OPT_DURABILITY},
    {"account", required_argument, NULL, OPT_ACCOUNT},   {"region", required_argument, NULL, OPT_REGION},
    {"tls-cert", required_argument, NULL, OPT_CERT},     {"tls-key", required_argument, NULL, OPT_KEY},
    {"seed", required_argument, NULL, OPT_SEED},         {"log-level", required_argument, NULL, OPT_LEVEL},
    {"log-format", required_argument, NULL, OPT_FORMAT}, {"help", no_argument, NULL, OPT_HELP},
    {"version", no_argument, NULL, OPT_VERSION},         {NULL, 0, NULL, 0},
};

static const char *const durabilities[] = {
    [DURABILITY_COMMIT] = "commit", [DURABILITY_FSYNC] = "fsync", [DURABILITY_MEMORY] = "memory", NULL};
static const char *const levels[] = {
    [LOG_DEBUG] = "debug", [LOG_INFO] = "info", [LOG_WARN] = "warn", [LOG_ERROR] = "error", NULL};
static const char *const formats[] = {[LOG_AUTO] = "auto", [LOG_HUMAN] = "human", [LOG_JSON] = "json", NULL};

const char *durability_name(Durability durability)
{
    return durabilities[durability];
}

static bool wrong(const char *option, const char *value, const char *expected)
{
    fprintf(stderr, "evpoc-emu: --%s %s: expected %s\n", option, value, expected);
    return false;
}

static bool choose(const char *const *names, const char *value, int *ret_choice)
{
    for (int i = 0; names[i]; i++)
        if (!strcmp(names[i], value)) {
            *ret_choice = i;
            return true;
        }
    return false;
}

static bool read_port(const char *value, Options *options)
{
    uint64_t port;
    if (!bytes_to_uint64(bytes_of(value), &port) || port > 65535)
        return wrong("port", value, "a number from 0 to 65535");
    options->port = (uint16_t)port;
    return true;
}

static bool read_account(const char *value, Options *options)
{
    if (strlen(value) != 12 || strspn(value, "0123456789") != 12)
        return wrong("account", value, "12 digits");
    options->account = value;
    return true;
}

static bool read_seed(const char *value, Options *options)
{
    options->has_seed = bytes_to_uint64(bytes_of(value), &options->seed);
    return options->has_seed || wrong("seed", value, "a whole number");
}

static bool read_choice(int option, const char *value, Options *options)
{
    int choice;
    if (option == OPT_DURABILITY && !choose(durabilities, value, &choice))
        return wrong("durability", value, "commit, fsync or memory");
    if (option == OPT_LEVEL && !choose(levels, value, &choice))
        return wrong("log-level", value, "debug, info, warn or error");
    if (option == OPT_FORMAT && !choose(formats, value, &choice))
        return wrong("log-format", value, "human, json or auto");
    if (option == OPT_DURABILITY)
        options->durability = (Durability)choice;
    else if (option == OPT_LEVEL)
        options->log_level = (LogLevel)choice;
    else
        options->log_format = (LogFormat)choice;
    return true;
}

static bool read_option(int option, const char *value, Options *options)
{
    switch (option) {
    case OPT_PORT:
        return read_port(value, options);
    case OPT_ACCOUNT:
        return read_account(value, options);
    case OPT_SEED:
        return read_seed(value, options);
    case OPT_HOST:
        options->host = value;
        return true;
    case OPT_DATA:
        options->data = value;
        return true;
    case OPT_REGION:
        options->region = value;
        return true;
    case OPT_CERT:
        options->certificate = value;
        return true;
    case OPT_KEY:
        options->key = value;
        return true;
    default:
        return read_choice(option, value, options);
    }
}

int options_read(int argc, char **argv, Options *ret_options)
{
    *ret_options = (Options){.host = "127.0.0.1",
                             .port = 4566,
                             .data = "evpoc-data",
                             .account = "000000000000",
                             .region = "us-east-1",
                             .log_level = LOG_INFO};
    for (int option; (option = getopt_long(argc, argv, "", known, NULL)) != -1;) {
        if (option == OPT_HELP)
            return fputs(help, stdout), 0;
        if (option == OPT_VERSION)
            return puts("evpoc-emu " EVPOC_VERSION), 0;
        if (option == '?' || !read_option(option, optarg, ret_options))
            return fputs("evpoc-emu --help tells the options.\n", stderr), 2;
    }
    if (optind < argc)
        return fprintf(stderr, "evpoc-emu: %s: not an option; evpoc-emu --help tells them.\n", argv[optind]), 2;
    if (!ret_options->certificate != !ret_options->key)
        return fputs("evpoc-emu: --tls-cert and --tls-key go together.\n", stderr), 2;
    return -1;
}
