/* seal.h - records of encrypted streams, as they lie in the file: each sealed under a key of its stream's own, which
 * comes of a secret that its service keeps in the file, too. KMS's keys say who may read, and when. */
#pragma once
#include "arena.h"
#include "store.h"

#define SEAL_SECRET_BYTES 32

/* The table in which a service keeps its secret. */
typedef struct SealTable {
    Query get, put;
} SealTable;
#define SEAL_TABLE(name)                                                                                               \
    {                                                                                                                  \
        {"SELECT secret FROM " name " WHERE id = 1"},                                                                  \
        {                                                                                                              \
            "INSERT INTO " name " (id, secret) VALUES (1, ?1)"                                                         \
        }                                                                                                              \
    }

/* Made once per file. The store's codes. */
MUST_CHECK int seal_secret_load(Store *store, const SealTable *table, unsigned char secret[static SEAL_SECRET_BYTES]);

/* owner: whose the bytes are; only by the same are they opened. */
Bytes seal(const unsigned char secret[static SEAL_SECRET_BYTES], Arena *arena, int64_t owner, Bytes data);
/* false: they aren't as they were sealed. */
MUST_CHECK bool unseal(const unsigned char secret[static SEAL_SECRET_BYTES], Arena *arena, int64_t owner, Bytes *data);
