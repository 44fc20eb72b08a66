/* sniff.h - new sockets. */
#pragma once
#include "net_private.h"

void connection_open(Net *net, int fd); /* takes the socket */
