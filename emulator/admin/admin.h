/* admin.h - our own pages beside AWS's: /_evpoc/health, /_evpoc/ready, /_evpoc/ca.pem, /_evpoc/glue/failures. */
#pragma once
#include "glue.h"
#include "kinesis.h"
#include "net.h"
#include "pipeline.h"

typedef struct Admin Admin;

typedef struct AdminOptions {
    Host *host;
    Pipeline *pipeline;
    Net *net;
    Kinesis *kinesis; /* whose limits can be changed */
    Glue *glue;
    const char *durability;
} AdminOptions;

Admin *admin_open(const AdminOptions *options); /* registers its pages with the pipeline; all of options outlives it */
void admin_set_ready(Admin *admin);             /* from now on /_evpoc/ready answers 200 */
Admin *admin_close(Admin *admin);
