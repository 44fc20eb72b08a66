/* http_client.h - one request to the emulator of these settings, as its own commands make it. */
#pragma once
#include "config.h"

typedef struct Asked {
    int status;  /* 0: nobody answers */
    Buffer body; /* the caller's to free */
} Asked;

/* body: JSON, or absent. Waits `wait_s` seconds at most. */
Asked http_ask(const Config *config, const char *method, const char *path, Bytes body, int wait_s);
/* Where a client on this machine reaches a listener: one on all addresses on the loopback one. */
const char *reachable_host(const char *host);
