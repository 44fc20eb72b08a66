/* overview.c - /_evpoc/: what runs and what was asked last, for people with a browser. The page is the folder
 * overview/; it shows what /_evpoc/health and /_evpoc/requests answer. */
#include "asset.h"
#include "state.h"

extern const Asset overview_files[];

void overview_page(void *context, HttpRequest *request, HttpResponse *response)
{
    (void)context;
    asset_answer(overview_files, TEXT("index.html"), request, response);
}

void overview_file_page(void *context, HttpRequest *request, HttpResponse *response)
{
    Bytes path = request->path;
    size_t root = sizeof "/_evpoc/overview/" - 1;
    (void)context;
    asset_answer(overview_files, bytes_slice(path, root, path.len - root), request, response);
}
