/* door.h - the pipeline without a socket: this file's http_… functions stand where net's would, so a request goes its
 * whole way (gate, route, decode, validate, admit, handler, commit, encode) in this process. */
#pragma once
#include "config.h"
#include "pipeline.h"

typedef struct Door {
    Runtime runtime;
    Pipeline *pipeline;
    Config *config;
} Door;

/* All services on a store in memory, at a clock that stands, with the settings of a command line (ends with NULL).
 * False: it could not be opened; why is printed. */
bool door_open(Door *door, const char *const *options);
void door_close(Door *door);

typedef struct DoorAnswer {
    bool is_there;
    const char *trouble; /* what is not played here; NULL: none */
    int status;
    HttpHeader *headers;
    size_t headers_count;
    Bytes body;
} DoorAnswer;

/* In the arena of the request, which stays the caller's. */
DoorAnswer door_ask(Door *door, const HttpRequest *request);
