/* gate.h - who may call at all: the name we were called by, and the web page that calls. Against pages of strangers in
 * a browser on this machine: one whose name was rebound to our address, or one that just sends us requests. */
#pragma once
#include "pipeline.h"

typedef struct Gate Gate;

Gate *gate_new(const char *allow_hosts, const char *allow_origins); /* NULL: nothing beyond the defaults */
Gate *gate_free(Gate *gate);                                        /* returns NULL */

typedef enum Door { DOOR_OPERATION, DOOR_PAGE } Door; /* AWS's operations; ours beside them, for our own origin alone */

/* NULL: it may come in; the headers of a CORS answer are set where its origin has leave. Else why not, for people. */
const char *gate_refusal(Gate *gate, HttpRequest *request, Door door);
bool gate_is_allowed_host(const Gate *gate, Bytes host); /* without a port */
/* A browser's question before it sends what a form could not. */
void gate_allow_domains(Gate *gate, const char *domains); /* with all that lies under them; NULL: none */
bool gate_is_preflight(const HttpRequest *request);
void gate_answer_preflight(HttpRequest *request, Bytes request_id); /* it was let in */
