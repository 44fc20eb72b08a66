/* seal.c - nonce ‖ MAC and ciphertext, under a key of the stream's own. */
#include "seal.h"
#include <sodium.h>

static const Query get_secret = {"SELECT secret FROM firehose_secret WHERE id = 1"};
static const Query put_secret = {"INSERT INTO firehose_secret (id, secret) VALUES (1, ?1)"};

static void key_of(const Firehose *firehose, const DeliveryStream *stream, unsigned char key[crypto_secretbox_KEYBYTES])
{
    crypto_generichash(key, crypto_secretbox_KEYBYTES, (const unsigned char *)&stream->id, sizeof stream->id,
                       firehose->secret, sizeof firehose->secret);
}

Bytes record_seal(const Firehose *firehose, Arena *arena, const DeliveryStream *stream, Bytes data)
{
    unsigned char key[crypto_secretbox_KEYBYTES];
    size_t len = crypto_secretbox_NONCEBYTES + crypto_secretbox_MACBYTES + data.len;
    unsigned char *sealed = (unsigned char *)arena_take_raw(arena, len);
    key_of(firehose, stream, key);
    randombytes_buf(sealed, crypto_secretbox_NONCEBYTES);
    crypto_secretbox_easy(sealed + crypto_secretbox_NONCEBYTES, (const unsigned char *)data.ptr, data.len, sealed, key);
    return (Bytes){(const char *)sealed, len};
}

bool record_unseal(const Firehose *firehose, Arena *arena, const DeliveryStream *stream, Bytes *data)
{
    unsigned char key[crypto_secretbox_KEYBYTES];
    const unsigned char *sealed = (const unsigned char *)data->ptr;
    size_t overhead = crypto_secretbox_NONCEBYTES + crypto_secretbox_MACBYTES;
    if (data->len < overhead)
        return false;
    unsigned char *opened = (unsigned char *)arena_take_raw(arena, data->len - overhead + 1);
    key_of(firehose, stream, key);
    if (crypto_secretbox_open_easy(opened, sealed + crypto_secretbox_NONCEBYTES,
                                   data->len - crypto_secretbox_NONCEBYTES, sealed, key))
        return false;
    *data = (Bytes){(const char *)opened, data->len - overhead};
    return true;
}

/* Made once per file. */
int seal_load_secret(Firehose *firehose)
{
    Statement *get = statement_begin(firehose->store, &get_secret);
    int code = statement_one(get);
    if (code == STORE_ROW) {
        Bytes secret = column_bytes(get, 0);
        bool is_whole = secret.len == sizeof firehose->secret;
        if (is_whole)
            memcpy(firehose->secret, secret.ptr, secret.len);
        statement_end(get);
        return is_whole ? STORE_OK : STORE_BROKEN;
    }
    if (code != STORE_NOT_FOUND)
        return code;
    randombytes_buf(firehose->secret, sizeof firehose->secret);
    Statement *put = statement_begin(firehose->store, &put_secret);
    bind_bytes(put, 1, (Bytes){(const char *)firehose->secret, sizeof firehose->secret});
    return statement_run(put);
}
