/* seed.h - the seed file: AWS inputs that are run at the start. */
#pragma once
#include "startup.h"

#define SEED_DEFAULT "/etc/evpoc/seed.json"

/* False: logged. */
bool seed(const StartupOptions *options);
