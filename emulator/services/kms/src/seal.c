/* seal.c - nonce ‖ MAC and ciphertext. */
#include "seal.h"
#include <sodium.h>

#define OVERHEAD (crypto_secretbox_NONCEBYTES + crypto_secretbox_MACBYTES)

_Static_assert(SEAL_SECRET_BYTES == crypto_secretbox_KEYBYTES, "tokens are sealed with the secret itself");

int seal_secret_load(Store *store, const SealTable *table, unsigned char secret[static SEAL_SECRET_BYTES])
{
    Statement *get = statement_begin(store, &table->get);
    int code = statement_one(get);
    if (code == STORE_ROW) {
        Bytes kept = column_bytes(get, 0);
        bool is_whole = kept.len == SEAL_SECRET_BYTES;
        if (is_whole)
            memcpy(secret, kept.ptr, kept.len);
        statement_end(get);
        return is_whole ? STORE_OK : STORE_BROKEN;
    }
    if (code != STORE_NOT_FOUND)
        return code;
    randombytes_buf(secret, SEAL_SECRET_BYTES);
    Statement *put = statement_begin(store, &table->put);
    bind_bytes(put, 1, (Bytes){(const char *)secret, SEAL_SECRET_BYTES});
    return statement_run(put);
}

static void key_of(const unsigned char *secret, int64_t owner, unsigned char key[crypto_secretbox_KEYBYTES])
{
    crypto_generichash(key, crypto_secretbox_KEYBYTES, (const unsigned char *)&owner, sizeof owner, secret,
                       SEAL_SECRET_BYTES);
}

Bytes seal(const unsigned char secret[static SEAL_SECRET_BYTES], Arena *arena, int64_t owner, Bytes data)
{
    unsigned char key[crypto_secretbox_KEYBYTES];
    unsigned char *sealed = (unsigned char *)arena_take_raw(arena, OVERHEAD + data.len);
    key_of(secret, owner, key);
    randombytes_buf(sealed, crypto_secretbox_NONCEBYTES);
    crypto_secretbox_easy(sealed + crypto_secretbox_NONCEBYTES, (const unsigned char *)data.ptr, data.len, sealed, key);
    return (Bytes){(const char *)sealed, OVERHEAD + data.len};
}

bool unseal(const unsigned char secret[static SEAL_SECRET_BYTES], Arena *arena, int64_t owner, Bytes *data)
{
    unsigned char key[crypto_secretbox_KEYBYTES];
    const unsigned char *sealed = (const unsigned char *)data->ptr;
    if (data->len < OVERHEAD)
        return false;
    unsigned char *opened = (unsigned char *)arena_take_raw(arena, data->len - OVERHEAD + 1);
    key_of(secret, owner, key);
    if (crypto_secretbox_open_easy(opened, sealed + crypto_secretbox_NONCEBYTES,
                                   data->len - crypto_secretbox_NONCEBYTES, sealed, key))
        return false;
    *data = (Bytes){(const char *)opened, data->len - OVERHEAD};
    return true;
}
