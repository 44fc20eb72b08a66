/* library.h - libcurl, loaded when the first request is made: linked, it and what it brings (Kerberos, LDAP, SSH,
 * OpenSSL) would cost each emulator 3 MiB of memory, and the smallest image 10 MB, for what few use. */
#pragma once
#define CURL_DISABLE_TYPECHECK
#include <curl/curl.h>
#include <stdbool.h>

#define CURL_FUNCTIONS(X)                                                                                              \
    X(curl_easy_cleanup)                                                                                               \
    X(curl_easy_getinfo)                                                                                               \
    X(curl_easy_init)                                                                                                  \
    X(curl_easy_setopt)                                                                                                \
    X(curl_free)                                                                                                       \
    X(curl_global_cleanup)                                                                                             \
    X(curl_global_init)                                                                                                \
    X(curl_multi_add_handle)                                                                                           \
    X(curl_multi_assign)                                                                                               \
    X(curl_multi_cleanup)                                                                                              \
    X(curl_multi_info_read)                                                                                            \
    X(curl_multi_init)                                                                                                 \
    X(curl_multi_remove_handle)                                                                                        \
    X(curl_multi_setopt)                                                                                               \
    X(curl_multi_socket_action)                                                                                        \
    X(curl_slist_append)                                                                                               \
    X(curl_slist_free_all)                                                                                             \
    X(curl_url)                                                                                                        \
    X(curl_url_cleanup)                                                                                                \
    X(curl_url_get)                                                                                                    \
    X(curl_url_set)

/* Members have the functions' names without curl_, which are macros where they are called. */
#define CURL_MEMBER(function) __typeof__(function) *function##_;
typedef struct Curl {
    void *library; /* NULL: not loaded */
    CURL_FUNCTIONS(CURL_MEMBER)
} Curl;

/* False: it isn't there. */
bool curl_load(Curl *curl);
