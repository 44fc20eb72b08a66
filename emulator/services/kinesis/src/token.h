/* token.h - shard iterators and page tokens: opaque to clients, sealed with the service's secret, which lies in the
 * store: they outlive a restart, and one that was tampered with does not open. */
#pragma once
#include "state.h"

#define TOKEN_LIFE_MS INT64_C(300000) /* aws: Kinesis API: iterators and page tokens expire after 300 seconds */

typedef enum TokenKind { TOKEN_ITERATOR, TOKEN_SHARDS, TOKEN_STREAMS, TOKEN_CONSUMERS } TokenKind;

typedef struct Token {
    TokenKind kind;
    int64_t made_ms;
    int64_t stream_id;
    int64_t numbers[3]; /* the kind's own */
    Bytes account, region, name;
} Token;

Bytes token_seal(const Kinesis *kinesis, Arena *arena, const Token *token);
/* False: not ours, or of another kind. Its texts lie in the arena. */
MUST_CHECK bool token_open(const Kinesis *kinesis, Arena *arena, Bytes text, TokenKind kind, Token *ret_token);

/* Sealed too: a page token that is refused as AWS refuses one. */
MUST_CHECK Status page_token_open(Call *call, Bytes text, TokenKind kind, Token *ret_token);
