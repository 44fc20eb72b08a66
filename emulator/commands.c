/* commands.c */
#include "commands.h"
#include "http_client.h"
#include "store.h"
#include <stdio.h>

#define HEALTH_WAIT_S 5

static void print(Buffer *text)
{
    fwrite(text->ptr, 1, text->len, stdout);
    buffer_done(text);
}

void print_help(void)
{
    Buffer text = {0};
    buffer_append_text(
        &text,
        "Usage: evpoc-emu [setting]...          emulate, until SIGTERM or Ctrl-C\n       evpoc-emu config [setting]...   print the settings in force and where each comes from\n       evpoc-emu health [setting]...   ask the emulator of these settings how it is\n       evpoc-emu check [setting]...    look at all of the file in --data while no emulator has it\n       evpoc-emu ctl PAGE …            its admin API: clock, reset, snapshot, faults …; ctl alone lists them\nA local, offline emulator of " SERVICES_IN_WORDS
        " on one port.\n\n");
    settings_write_help(&text);
    buffer_append_text(
        &text,
        "  --help, --version\n\nEach setting can also be given as EVPOC_NAME in the environment or as a line of evpoc.toml.\nClients need nothing but AWS_ENDPOINT_URL=http://localhost:4566 and any credentials.\nhttp://localhost:4566/_evpoc/health tells how it is; /_evpoc/ca.pem is the CA that TLS clients may trust.\n");
    print(&text);
}

int command_config(const Config *config)
{
    Buffer text = {0};
    config_print(config, &text);
    print(&text);
    return 0;
}

int command_health(const Config *config)
{
    Asked asked = http_ask(config, "GET", "/_evpoc/ready", (Bytes){0}, HEALTH_WAIT_S);
    bool is_well = asked.status == 200;
    if (!asked.status)
        fprintf(stderr, "evpoc-emu: nobody answers at %s port %s\n", reachable_host(config_text(config, SETTING_HOST)),
                config_text(config, SETTING_PORT));
    else
        fprintf(is_well ? stdout : stderr, BYTES_FMT, BYTES_ARG(buffer_bytes(&asked.body)));
    buffer_done(&asked.body);
    return is_well ? 0 : 1;
}

static void print_line(void *context, const char *line)
{
    (void)context;
    puts(line);
}

int command_check(const Config *config)
{
    const char *reason = NULL;
    if (store_check(config_text(config, SETTING_DATA), print_line, NULL, &reason) == STORE_OK)
        return 0;
    fflush(stdout);
    fprintf(stderr, "evpoc-emu: %s\n", reason);
    return 1;
}
