/* copy.h - what snapshot.c and copy.c have of each other. */
#pragma once
#include "store_internal.h"

#define SNAPSHOT_NAME_MAX 64

/* snapshot.c */
int check_name(const char *name, const char **ret_reason);
int snapshot_not_found(const char *name, const char **ret_reason);
/* <directory of the file>/snapshots[/<name><suffix>] */
void path_of(const Store *store, const char *name, const char *suffix, char out[static PATH_BYTES]);
/* copy.c */
void copies_remove_left(const Store *store);
