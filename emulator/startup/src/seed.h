/* seed.h */
#pragma once
#include "startup.h"

#define SEED_DEFAULT "/etc/evpoc/seed.json"

/* False: logged. */
bool seed(const StartupOptions *options);
