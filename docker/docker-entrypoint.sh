#!/bin/sh
# Where Testcontainers' LocalStack module starts the image: no arguments needed.
exec /usr/bin/evpoc-emu "$@"
