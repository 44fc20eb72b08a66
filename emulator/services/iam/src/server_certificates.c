/* server_certificates.c - certificates for servers. The private key is held against the certificate and kept nowhere.
 * aws: IAM API Reference, UploadServerCertificate and its like; the words are those IAM told users of Terraform. */
#include "users.h"
#include "wire.h"
#include "x509.h"

static void tell_metadata(Call *call, const Entity *certificate, IamServerCertificateMetadata *ret)
{
    *ret = (IamServerCertificateMetadata){.path = certificate->path,
                                          .server_certificate_name = certificate->name,
                                          .server_certificate_id = certificate->id,
                                          .arn = entity_arn(&call->scope, certificate)};
    SET(ret, upload_date, certificate->created_ms);
}

/* What is kept is the model's ServerCertificate as JSON. */
static Status read_certificate(Call *call, const Entity *entity, IamServerCertificate *ret)
{
    Bytes message;
    TRY(expect_ok(call, json_decode(call->arena, &IAM_SHAPE_SERVER_CERTIFICATE, entity->document, ret, &message)));
    int64_t expires_ms = ret->server_certificate_metadata->expiration;
    tell_metadata(call, entity, ret->server_certificate_metadata);
    SET(ret->server_certificate_metadata, expiration, expires_ms);
    return OK;
}

static Status check_bundle(Call *call, const X509Bundle *bundle, int64_t *ret_expires_ms)
{
    switch (x509_check(bundle, ret_expires_ms)) {
    case X509_BAD_CERTIFICATE:
        return fail(call, &IAM_MALFORMED_CERTIFICATE,
                    "Unable to parse certificate. Please ensure the certificate is in PEM format.");
    case X509_BAD_KEY:
        return fail(call, &IAM_MALFORMED_CERTIFICATE,
                    "Unable to parse key; the body is encrypted or is not in PEM format.");
    case X509_BAD_CHAIN:
        return fail(
            call, &IAM_MALFORMED_CERTIFICATE,
            "Unable to validate certificate chain. The certificate chain must start with the immediate signing certificate, followed by any intermediaries in order. The index within the chain of the invalid certificate is: -1");
    case X509_MISMATCH:
        return fail(call, &IAM_KEY_PAIR_MISMATCH, "The private key does not match the public key of the certificate.");
    case X509_FINE:
        break;
    }
    return OK;
}

OPERATION(IamUploadServerCertificate, upload_server_certificate, WRITES);
static Status upload_server_certificate(Call *call, const IamUploadServerCertificateInput *in,
                                        IamUploadServerCertificateOutput *out)
{
    X509Bundle bundle = {in->certificate_body, in->certificate_chain, in->private_key};
    Entity entity = {
        .kind = ENTITY_SERVER_CERTIFICATE, .name = in->server_certificate_name, .path = PATH_OR_ROOT(in->path)};
    int64_t expires_ms = 0;
    TRY(entity_check_new(call, ENTITY_SERVER_CERTIFICATE, entity.name));
    TRY(entity_tags_check(call, &in->tags));
    TRY(check_bundle(call, &bundle, &expires_ms));

    out->server_certificate_metadata = arena_new_of(call->arena, IamServerCertificateMetadata);
    SET(out->server_certificate_metadata, expiration, expires_ms);
    IamServerCertificate kept = {.server_certificate_metadata = out->server_certificate_metadata,
                                 .certificate_body = in->certificate_body,
                                 .certificate_chain = in->certificate_chain};
    entity.document = json_text(call->arena, &IAM_SHAPE_SERVER_CERTIFICATE, &kept);
    TRY(expect_ok(call, entity_insert(&call->scope, &entity)));
    TRY(expect_ok(call, entity_tags_put(&call->scope, &entity, &in->tags)));

    tell_metadata(call, &entity, out->server_certificate_metadata);
    SET(out->server_certificate_metadata, expiration, expires_ms);
    out->tags = in->tags;
    return OK;
}

static Status find(Call *call, Bytes name, Entity *ret)
{
    return entity_find(call, ENTITY_SERVER_CERTIFICATE, name, ret);
}

OPERATION(IamGetServerCertificate, get_server_certificate, READS);
static Status get_server_certificate(Call *call, const IamGetServerCertificateInput *in,
                                     IamGetServerCertificateOutput *out)
{
    Entity entity;
    TRY(find(call, in->server_certificate_name, &entity));
    out->server_certificate = arena_new_of(call->arena, IamServerCertificate);
    TRY(read_certificate(call, &entity, out->server_certificate));
    return expect_ok(call, entity_tags(&call->scope, &entity, &out->server_certificate->tags));
}

OPERATION(IamListServerCertificates, list_server_certificates, READS);
static Status list_server_certificates(Call *call, const IamListServerCertificatesInput *in,
                                       IamListServerCertificatesOutput *out)
{
    EntityPage page;
    EntityList entities;
    IamserverCertificateMetadataListType *list = &out->server_certificate_metadata_list;
    TRY(list_page_begin(call, in->marker, in->has_max_items, in->max_items, &page));
    TRY(expect_ok(call, entities_list(&call->scope, ENTITY_SERVER_CERTIFICATE, in->path_prefix, &page, &entities)));
    list->items = arena_new_array(call->arena, IamServerCertificateMetadata, entities.len + 1);
    for (; list->len < entities.len; list->len++) {
        IamServerCertificate certificate = {0};
        TRY(read_certificate(call, &entities.items[list->len], &certificate));
        list->items[list->len] = *certificate.server_certificate_metadata;
    }
    PAGE_END(out, server_certificate_metadata_list, .server_certificate_name);
    return OK;
}

OPERATION(IamUpdateServerCertificate, update_server_certificate, WRITES);
static Status update_server_certificate(Call *call, const IamUpdateServerCertificateInput *in,
                                        IamUpdateServerCertificateOutput *out)
{
    Entity entity;
    (void)out;
    TRY(find(call, in->server_certificate_name, &entity));
    return entity_rename(call, &entity, in->new_server_certificate_name, in->new_path);
}

OPERATION(IamDeleteServerCertificate, delete_server_certificate, WRITES);
static Status delete_server_certificate(Call *call, const IamDeleteServerCertificateInput *in,
                                        IamDeleteServerCertificateOutput *out)
{
    Entity entity;
    (void)out;
    TRY(find(call, in->server_certificate_name, &entity));
    return expect_ok(call, entity_delete(&call->scope, &entity));
}

OPERATION(IamTagServerCertificate, tag_server_certificate, WRITES);
static Status tag_server_certificate(Call *call, const IamTagServerCertificateInput *in,
                                     IamTagServerCertificateOutput *out)
{
    Entity entity;
    (void)out;
    TRY(find(call, in->server_certificate_name, &entity));
    return entity_tag(call, &entity, &in->tags);
}

OPERATION(IamUntagServerCertificate, untag_server_certificate, WRITES);
static Status untag_server_certificate(Call *call, const IamUntagServerCertificateInput *in,
                                       IamUntagServerCertificateOutput *out)
{
    Entity entity;
    (void)out;
    TRY(find(call, in->server_certificate_name, &entity));
    return entity_untag(call, &entity, &in->tag_keys);
}

OPERATION(IamListServerCertificateTags, list_server_certificate_tags, READS);
static Status list_server_certificate_tags(Call *call, const IamListServerCertificateTagsInput *in,
                                           IamListServerCertificateTagsOutput *out)
{
    Entity entity;
    EntityPage page;
    TRY(find(call, in->server_certificate_name, &entity));
    TRY(list_page_begin(call, in->marker, in->has_max_items, in->max_items, &page));
    TRY(entity_tags_page(call, &entity, &page, &out->tags));
    PAGE_END(out, tags, .key);
    return OK;
}
