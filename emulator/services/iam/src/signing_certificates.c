/* signing_certificates.c - certificates by which a user's requests are known. aws: IAM API Reference,
 * UploadSigningCertificate and its like. */
#include "credential.h"
#include "x509.h"

static void tell(const Credential *credential, IamSigningCertificate *ret)
{
    *ret = (IamSigningCertificate){.user_name = credential->user_name,
                                   .certificate_id = credential->id,
                                   .certificate_body = credential->body,
                                   .status = credential->status};
    SET(ret, upload_date, credential->created_ms);
}

/* aws: IAM User Guide, "Manage signing certificates"; DuplicateCertificate: "the same certificate is associated with an
 * IAM user in the account". */
static Status check_is_new(Call *call, Bytes fingerprint)
{
    Credential same;
    int code = credential_by_subject(&call->scope, CREDENTIAL_CERTIFICATE, fingerprint, &same);
    if (code == STORE_OK)
        return fail(call, &IAM_DUPLICATE_CERTIFICATE, "The certificate is already associated with an IAM user.");
    return code == STORE_NOT_FOUND ? OK : expect_ok(call, code);
}

OPERATION(IamUploadSigningCertificate, upload_signing_certificate, WRITES);
static Status upload_signing_certificate(Call *call, const IamUploadSigningCertificateInput *in,
                                         IamUploadSigningCertificateOutput *out)
{
    Entity user;
    X509Bundle bundle = {.certificate = in->certificate_body};
    int64_t expires_ms;
    TRY(find_user(call, in->user_name, &user));
    if (x509_check(&bundle, &expires_ms) != X509_FINE)
        return fail(call, &IAM_MALFORMED_CERTIFICATE,
                    "Unable to parse certificate. Please ensure the certificate is in PEM format.");
    if (expires_ms <= call->now_ms)
        return fail(call, &IAM_INVALID_CERTIFICATE, "The certificate has expired.");
    Bytes fingerprint = x509_fingerprint(call->arena, in->certificate_body);
    TRY(check_is_new(call, fingerprint));
    TRY(credential_check_room(call, CREDENTIAL_CERTIFICATE, &user, (Bytes){0}));

    Bytes id = arena_text(call->arena, BYTES_FMT BYTES_FMT, BYTES_ARG(iam_id_new(&call->scope, "")),
                          BYTES_ARG(iam_id_new(&call->scope, "")));
    Credential credential = {.owner = user.key,
                             .kind = CREDENTIAL_CERTIFICATE,
                             .id = bytes_slice(id, 0, 32),
                             .status = TEXT("Active"),
                             .created_ms = call->now_ms / 1000 * 1000,
                             .expires_ms = expires_ms,
                             .subject = fingerprint,
                             .body = in->certificate_body,
                             .user_name = user.name};
    TRY(expect_ok(call, credential_put(&call->scope, &credential)));
    out->certificate = arena_new_of(call->arena, IamSigningCertificate);
    tell(&credential, out->certificate);
    return OK;
}

OPERATION(IamListSigningCertificates, list_signing_certificates, READS);
static Status list_signing_certificates(Call *call, const IamListSigningCertificatesInput *in,
                                        IamListSigningCertificatesOutput *out)
{
    Entity user;
    EntityPage page;
    CredentialList list;
    CredentialFilter filter = {.user = &user};
    TRY(find_user(call, in->user_name, &user));
    TRY(list_page_begin(call, in->marker, in->has_max_items, in->max_items, &page));
    TRY(expect_ok(call, credentials_list(&call->scope, CREDENTIAL_CERTIFICATE, &filter, &page, &list)));
    out->certificates.items = arena_new_array(call->arena, IamSigningCertificate, list.len + 1);
    for (; out->certificates.len < list.len; out->certificates.len++)
        tell(&list.items[out->certificates.len], &out->certificates.items[out->certificates.len]);
    PAGE_END(out, certificates, .certificate_id);
    return OK;
}

OPERATION(IamUpdateSigningCertificate, update_signing_certificate, WRITES);
static Status update_signing_certificate(Call *call, const IamUpdateSigningCertificateInput *in,
                                         IamUpdateSigningCertificateOutput *out)
{
    Credential credential;
    (void)out;
    TRY(credential_find(call, CREDENTIAL_CERTIFICATE, in->user_name, in->certificate_id, &credential));
    credential.status = in->status;
    return expect_ok(call, credential_put(&call->scope, &credential));
}

OPERATION(IamDeleteSigningCertificate, delete_signing_certificate, WRITES);
static Status delete_signing_certificate(Call *call, const IamDeleteSigningCertificateInput *in,
                                         IamDeleteSigningCertificateOutput *out)
{
    Credential credential;
    (void)out;
    TRY(credential_find(call, CREDENTIAL_CERTIFICATE, in->user_name, in->certificate_id, &credential));
    return expect_ok(call, credential_delete(&call->scope, &credential));
}
