/* connection.h - the sockets of ours: each until its protocol is known, and for good where that is TLS or HTTP/2. */
#pragma once
#include "net_private.h"

/* Sends what was answered since the last round. */
void connections_flush(Net *net);
/* Frees those that were closed; after a flush, when no event of the round is left. */
void connections_bury(Net *net);
/* Closes those that were silent for too long. */
void connections_sweep(Net *net);
/* For a new one: closes one that never sent a request, else the one idle longest; nothing where all are busy. */
void connections_close_one(Net *net);
void connections_close_all(Net *net);
