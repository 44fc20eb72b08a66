/* library.c */
#include "library.h"
#include <dlfcn.h>
#include <stddef.h>
#include <string.h>

static const char *const names[] = {"libcurl-gnutls.so.4", "libcurl.so.4"};

typedef struct Function {
    const char *name;
    size_t at; /* in Curl */
} Function;

#define CURL_ROW(function) {#function, offsetof(Curl, function##_)},
static const Function functions[] = {CURL_FUNCTIONS(CURL_ROW)};

bool curl_load(Curl *curl)
{
    void *library = NULL;
    for (size_t i = 0; !library && i < sizeof names / sizeof *names; i++)
        library = dlopen(names[i], RTLD_NOW | RTLD_LOCAL);
    for (size_t i = 0; library && i < sizeof functions / sizeof *functions; i++) {
        void *function = dlsym(library, functions[i].name);
        if (!function) {
            dlclose(library);
            return false;
        }
        memcpy((char *)curl + functions[i].at, &function, sizeof function);
    }
    curl->library = library;
    return library != NULL;
}
