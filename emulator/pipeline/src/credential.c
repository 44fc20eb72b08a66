/* credential.c - whose call it is. The signature itself is not checked.
 * aws: Signature Version 4, "Create a signed request": Authorization: AWS4-HMAC-SHA256 Credential=<access
 * key>/<date>/<region>/ <service>/aws4_request, SignedHeaders=…, Signature=…; presigned requests carry X-Amz-Credential
 * in the query. */
#include "access_key.h"
#include "route.h"

#define REGION_BYTES_MAX 31

static bool is_account(Bytes key)
{
    if (key.len != 12)
        return false;
    for (size_t i = 0; i < key.len; i++)
        if (key.ptr[i] < '0' || key.ptr[i] > '9')
            return false;
    return true;
}

/* As regions are named; what else a client signs for is in no name, ARN or answer. */
static bool is_region(Bytes name)
{
    for (size_t i = 0; i < name.len; i++)
        if (!((name.ptr[i] | 0x20) >= 'a' && (name.ptr[i] | 0x20) <= 'z') &&
            !(name.ptr[i] >= '0' && name.ptr[i] <= '9') && name.ptr[i] != '-')
            return false;
    return name.len > 0 && name.len <= REGION_BYTES_MAX;
}

static Bytes credential_of_header(Bytes authorization)
{
    Bytes name = TEXT("Credential=");
    Bytes rest = authorization;
    while (present(rest) && rest.len) {
        Bytes word = bytes_cut(&rest, ' ');
        if (bytes_starts_with(word, name)) {
            Bytes value = bytes_slice(word, name.len, word.len - name.len);
            return bytes_cut(&value, ',');
        }
    }
    return (Bytes){0};
}

/* The next part of the scope; absent behind its end. */
static Bytes next_part(Bytes *rest)
{
    return present(*rest) ? bytes_cut(rest, '/') : (Bytes){0};
}

static Bytes account_within(const Call *call)
{
    char account[ACCOUNT_BYTES];
    if (!access_key_account(call->access_key, account))
        return call->runtime->default_account;
    return arena_copy(call->arena, (Bytes){account, sizeof account});
}

Bytes credential_read(Exchange *exchange)
{
    Call *call = &exchange->call;
    Bytes scope = credential_of_header(http_header(exchange->request, "authorization"));
    if (!present(scope) && present(exchange->request->query))
        scope = query_parameter(call->arena, exchange->request->query, TEXT("X-Amz-Credential"));
    call->access_key = next_part(&scope);
    (void)next_part(&scope); /* the date */
    Bytes region = next_part(&scope);
    /* A 12-digit access key is the account, and one that IAM or STS made here holds it; any other key means the default
     * account, as users of other emulators expect. */
    call->account = is_account(call->access_key) ? call->access_key : account_within(call);
    call->region = is_region(region) ? region : call->runtime->default_region;
    return next_part(&scope);
}

Bytes credential_service(const HttpRequest *request)
{
    Bytes scope = credential_of_header(http_header(request, "authorization"));
    if (!present(scope) && present(request->query))
        scope = query_parameter(request->arena, request->query, TEXT("X-Amz-Credential"));
    for (int part = 0; part < 3; part++)
        (void)next_part(&scope);
    return next_part(&scope);
}
