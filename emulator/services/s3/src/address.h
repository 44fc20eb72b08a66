/* address.h - where a request's bucket stands: in the path, or in the host. */
#pragma once
#include "call.h"

/* The name of a bucket that a host begins with; absent: it names none. domains: --s3-hosts; NULL: none. */
Bytes bucket_of_host(const char *domains, Bytes host);
/* The path in which the bucket stands first. */
Bytes s3_path(void *service, Arena *arena, const HttpHead *head);
