/* tunnel.h - a connection that was handed on, as its carrier sees it. */
#pragma once
#include "transfer.h"

/* The 101 has left: from here on the socket is the tunnel's, until carrier->tunnel_over. first: what the client has
 * sent behind its head already. */
void tunnel_start(HttpTunnel *tunnel, int fd, Bytes first);
/* The carrier has let go: true where its owner has ended it, so that the transfer may be freed. */
bool tunnel_is_over(HttpTunnel *tunnel);
/* Whatever state it is in: its client is gone. */
void tunnel_drop(HttpTunnel *tunnel);
void tunnel_free(HttpTunnel *tunnel);
