/* admin.h - our own pages beside AWS's, of the emulator as a whole: /_evpoc/health and its like. Those of a service are
 * its own. */
#pragma once
#include "net.h"
#include "pipeline.h"

typedef struct Admin Admin;

typedef struct AdminOptions {
    Runtime *runtime;
    Pipeline *pipeline;
    Net *net;
    const char *durability;
} AdminOptions;

Admin *admin_open(const AdminOptions *options); /* registers its pages with the pipeline; all of options outlives it */
void admin_set_ready(Admin *admin);             /* from now on /_evpoc/ready answers 200 */
Admin *admin_close(Admin *admin);
