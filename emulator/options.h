/* options.h - what the command line says. */
#pragma once
#include "log.h"
#include "store.h"

typedef struct Options {
    const char *host;
    uint16_t port;
    const char *data; /* directory */
    Durability durability;
    const char *account, *region;
    const char *certificate, *key; /* PEM files, or NULL: made when the first TLS client comes */
    LogLevel log_level;
    LogFormat log_format;
    bool has_seed;
    uint64_t seed;
} Options;

/* Fills in the defaults and what argv says. Returns -1 to go on, else the exit status (after --help, --version or a
 * mistake, which it has told). */
int options_read(int argc, char **argv, Options *ret_options);
const char *durability_name(Durability durability);
