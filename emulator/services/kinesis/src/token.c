/* token.c - base64 of: 0 0 0 0 0 0 0 1 │ nonce │ MAC │ sealed fields. AWS's begin with the same eight bytes. */
#include "token.h"
#include "base64.h"

#define HEAD_BYTES  8
#define FIXED_BYTES (1 + 5 * 8 + 3)
#define SEALED_AT   (HEAD_BYTES + crypto_secretbox_NONCEBYTES)
#define OVERHEAD    (SEALED_AT + crypto_secretbox_MACBYTES)
#define TOKEN_MAX   512 /* aws: Kinesis API, GetRecords: ShardIterator has up to 512 characters */
#define STRING_MAX  128

static const unsigned char head[HEAD_BYTES] = {0, 0, 0, 0, 0, 0, 0, 1};

static char *write_int64(char *to, int64_t value)
{
    for (int i = 8; i--;)
        *to++ = (char)(unsigned char)((uint64_t)value >> (8 * i));
    return to;
}

static char *write_string(char *to, Bytes text)
{
    size_t len = text.len > STRING_MAX ? STRING_MAX : text.len;
    *to++ = (char)(unsigned char)len;
    if (len)
        memcpy(to, text.ptr, len);
    return to + len;
}

static size_t write_fields(char *plain, const Token *token)
{
    char *to = plain;
    *to++ = (char)token->kind;
    to = write_int64(to, token->made_ms);
    to = write_int64(to, token->stream_id);
    for (int i = 0; i < 3; i++)
        to = write_int64(to, token->numbers[i]);
    to = write_string(to, token->account);
    to = write_string(to, token->region);
    to = write_string(to, token->name);
    return (size_t)(to - plain);
}

Bytes token_seal(const Kinesis *kinesis, Arena *arena, const Token *token)
{
    char plain[FIXED_BYTES + 3 * STRING_MAX];
    size_t plain_len = write_fields(plain, token), len = OVERHEAD + plain_len;
    unsigned char *sealed = (unsigned char *)arena_take_raw(arena, len);
    memcpy(sealed, head, HEAD_BYTES);
    randombytes_buf(sealed + HEAD_BYTES, crypto_secretbox_NONCEBYTES);
    crypto_secretbox_easy(sealed + SEALED_AT, (const unsigned char *)plain, plain_len, sealed + HEAD_BYTES,
                          kinesis->secret);
    return base64_text(arena, (Bytes){(const char *)sealed, len});
}

static int64_t read_int64(Bytes *rest)
{
    uint64_t value = 0;
    for (int i = 0; i < 8; i++)
        value = value << 8 | (unsigned char)rest->ptr[i];
    *rest = bytes_slice(*rest, 8, rest->len - 8);
    return (int64_t)value;
}

static Bytes read_string(Bytes *rest)
{
    size_t len = rest->len ? (unsigned char)rest->ptr[0] : 0;
    if (rest->len < 1 + len)
        return (Bytes){0};
    Bytes text = bytes_slice(*rest, 1, len);
    *rest = bytes_slice(*rest, 1 + len, rest->len - 1 - len);
    return text;
}

static void read_fields(Bytes plain, Token *token)
{
    token->kind = (TokenKind)(unsigned char)plain.ptr[0];
    Bytes rest = bytes_slice(plain, 1, plain.len - 1);
    token->made_ms = read_int64(&rest);
    token->stream_id = read_int64(&rest);
    for (int i = 0; i < 3; i++)
        token->numbers[i] = read_int64(&rest);
    token->account = read_string(&rest);
    token->region = read_string(&rest);
    token->name = read_string(&rest);
}

bool token_open(const Kinesis *kinesis, Arena *arena, Bytes text, TokenKind kind, Token *ret_token)
{
    if (text.len > TOKEN_MAX + 4)
        return false;
    char *sealed = arena_take_raw(arena, base64_decoded_max(text.len) + 1);
    ptrdiff_t len = base64_decode(sealed, text);
    if (len < (ptrdiff_t)(OVERHEAD + FIXED_BYTES) || memcmp(sealed, head, HEAD_BYTES))
        return false;
    char *plain = arena_take_raw(arena, (size_t)len);
    if (crypto_secretbox_open_easy((unsigned char *)plain, (const unsigned char *)sealed + SEALED_AT,
                                   (size_t)len - SEALED_AT, (const unsigned char *)sealed + HEAD_BYTES,
                                   kinesis->secret))
        return false;
    read_fields((Bytes){plain, (size_t)len - OVERHEAD}, ret_token);
    return ret_token->kind == kind;
}

Status page_token_open(Call *call, Bytes text, TokenKind kind, Token *ret_token)
{
    if (!token_open(call->service, call->arena, text, kind, ret_token) ||
        !bytes_equal(ret_token->account, call->account) || !bytes_equal(ret_token->region, call->region))
        return fail(call, &KINESIS_INVALID_ARGUMENT, "NextToken is invalid.");
    if (call->now_ms - ret_token->made_ms > TOKEN_LIFE_MS)
        return fail(call, &KINESIS_EXPIRED_NEXT_TOKEN, "NextToken has expired.");
    return OK;
}
