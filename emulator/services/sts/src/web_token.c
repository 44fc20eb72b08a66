/* web_token.c - JSON Web Tokens (RFC 7519). */
#include "web_token.h"
#include "base64.h"

#define TOKEN_CLAIMS_BYTES 65536

/* The claims of a JSON Web Token; its signature is not looked at. NULL: it is none. */
json_t *web_claims(Call *call, Bytes token)
{
    Bytes rest = token;
    (void)bytes_cut(&rest, '.');
    Bytes body = present(rest) ? bytes_cut(&rest, '.') : (Bytes){0};
    if (!present(rest) || !body.len || body.len > TOKEN_CLAIMS_BYTES)
        return NULL;
    size_t padded = (body.len + 3) / 4 * 4;
    char *text = arena_take_raw(call->arena, padded), *json = arena_take_raw(call->arena, padded);
    for (size_t i = 0; i < padded; i++) {
        char c = i < body.len ? body.ptr[i] : '=';
        text[i] = (char)(c == '-' ? '+' : c == '_' ? '/' : c);
    }
    ptrdiff_t len = base64_decode(json, (Bytes){text, padded});
    json_t *claims = len > 0 ? json_loadb(json, (size_t)len, 0, NULL) : NULL;
    if (claims)
        arena_defer(call->arena, (void (*)(void *))json_decref, claims);
    return claims;
}

Bytes web_claim(Call *call, const json_t *claims, const char *name)
{
    const json_t *value = json_object_get(claims, name);
    if (json_is_array(value))
        value = json_array_get(value, 0);
    return json_is_string(value) ? arena_copy(call->arena, bytes_of(json_string_value(value))) : (Bytes){0};
}
