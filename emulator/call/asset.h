/* asset.h - files that are part of the program: a folder's, embedded by assets() of Assets.cmake. */
#pragma once
#include "page.h"

typedef struct Asset {
    const char *path;     /* within the folder */
    const char *type;     /* of its content */
    const char *etag;     /* with its quotes */
    Bytes bytes, gzipped; /* the latter absent where it is no smaller */
} Asset;

/* The file of that path, or 404; 304 where the client has it; packed where the client takes that. Nothing is copied.
 * assets ends with a NULL path. */
void asset_answer(const Asset *assets, Bytes path, HttpRequest *request, HttpResponse *response);
