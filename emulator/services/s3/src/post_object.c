/* post_object.c - PostObject: a browser's form with a file in it. aws: S3 API Reference, "POST Object". */
#include "encryption.h"
#include "escape.h"
#include "form.h"
#include "lifecycle.h"
#include "metadata_words.h"
#include "post_policy.h"
#include "put.h"
#include "s3_operations.h"
#include "tags.h"
#include "wire.h"

typedef struct Post {
    Form form;
    Upload *upload;
    ObjectHead usual; /* encrypted as the bucket has it */
    HttpSink to_file;
} Post;

static EncryptionGiven encryption_of(const Form *form)
{
    return (EncryptionGiven){
        .algorithm = form_field(form, "x-amz-server-side-encryption"),
        .key_id = form_field(form, "x-amz-server-side-encryption-aws-kms-key-id"),
        .customer_algorithm = form_field(form, "x-amz-server-side-encryption-customer-algorithm"),
        .customer_key = form_field(form, "x-amz-server-side-encryption-customer-key"),
        .customer_md5 = form_field(form, "x-amz-server-side-encryption-customer-key-md5"),
    };
}

/* The fields are there when the file begins. What is wrong with them is told when the form is whole. */
static void begin_file(Post *post)
{
    EncryptionGiven given = encryption_of(&post->form);
    ObjectHead head = post->usual;
    SealingKeys keys;
    if (present(given.algorithm))
        head.encryption = bytes_is(given.algorithm, "AES256") ? (Bytes){0} : given.algorithm;
    if (is_ok(encryption_keys(post->upload->call, &given, &head, &keys)))
        upload_seal(post->upload, &keys);
}

static size_t file_write(void *context, Bytes bytes)
{
    Post *post = context;
    if (!blob_written(post->upload->writer))
        begin_file(post);
    return post->to_file.write(post->to_file.context, bytes);
}

static size_t post_write(void *context, Bytes bytes)
{
    form_take(&((Post *)context)->form, bytes);
    return bytes.len;
}

OPERATION_OF_STREAM(S3PostObject, post_object, begin_post, WRITES);
static Status begin_post(Call *call, const S3PostObjectInput *in, HttpSink *ret_sink)
{
    Bucket bucket;
    const EncryptionGiven nothing = {0};
    Post *post = arena_new_of(call->arena, Post);
    UploadRequest request = {.length = in->has_content_length ? in->content_length : -1, .usual = CHECKSUM_CRC64NVME};
    TRY(bucket_for(call, in->bucket, (Bytes){0}, &bucket));
    if (!form_begin(&post->form, call->arena, in->content_type))
        return deny_telling(call, &PRECONDITION_FAILED,
                            .condition = TEXT("Bucket POST must be of the enclosure-type multipart/form-data"));
    TRY(encryption_apply(call, &bucket, &nothing, &post->usual));
    TRY(upload_begin(call, &request, &post->to_file));
    post->upload = post->to_file.context;
    post->upload->length = -1; /* of the file nothing was promised */
    post->upload->has_sha256 = false;
    post->form.file = (HttpSink){.write = file_write, .context = post};
    *ret_sink = (HttpSink){.write = post_write, .context = post};
    return OK;
}

#define NO_KEY                                                                                                         \
    "Bucket POST must contain a field named 'key'.  If it is specified, please check the order of the fields."

/* Heads are kept as lines "name:value". */
static bool is_line(Bytes text, bool may_have_colon)
{
    for (size_t i = 0; i < text.len; i++)
        if ((unsigned char)text.ptr[i] < ' ' || (text.ptr[i] == ':' && !may_have_colon))
            return false;
    return bytes_is_utf8(text);
}

static bool has_lines(const Form *form)
{
    for (size_t i = 0; i < form->fields_count; i++) {
        Bytes name = form->fields[i].name;
        bool is_text =
            bytes_equal_ignoring_case(name, TEXT("tagging")) || bytes_equal_ignoring_case(name, TEXT("policy"));
        if (!is_line(name, false) || (!is_text && !is_line(form->fields[i].value, true)))
            return false;
    }
    return !present(form->filename) || is_line(form->filename, true);
}

static Status check_form(Call *call, const Form *form)
{
    if (form->is_too_large)
        return deny(call, &FORM_TOO_LARGE);
    if (form->is_malformed || (form->has_file && form->state != FORM_END))
        return deny(call, &FORM_MALFORMED);
    if (!form->has_file)
        return deny_saying(call, &INVALID_ARGUMENT, "POST requires exactly one file upload per request.",
                           .argument_name = TEXT("file"), .argument_value = TEXT("0"));
    if (!present(form_field(form, "key")))
        return deny_saying(call, &INVALID_ARGUMENT, NO_KEY, .argument_name = TEXT("key"));
    return has_lines(form) ? OK : deny(call, &FORM_MALFORMED);
}

/* aws: "${filename}" stands for the name that the browser gave; of one with a path the last part. */
static Bytes key_of(Call *call, const Form *form)
{
    static const char mark[] = "${filename}";
    Bytes key = form_field(form, "key"), name = present(form->filename) ? form->filename : TEXT("");
    const char *at = present(form->filename) ? memmem(key.ptr, key.len, mark, sizeof mark - 1) : NULL;
    if (!at)
        return key;
    for (size_t i = name.len; i > 0; i--)
        if (name.ptr[i - 1] == '/' || name.ptr[i - 1] == '\\') {
            name = bytes_slice(name, i, name.len - i);
            break;
        }
    size_t before = (size_t)(at - key.ptr), behind = before + sizeof mark - 1;
    return arena_text(call->arena, BYTES_FMT BYTES_FMT BYTES_FMT, BYTES_ARG(bytes_slice(key, 0, before)),
                      BYTES_ARG(name), BYTES_ARG(bytes_slice(key, behind, key.len - behind)));
}

static S3Metadata metadata_of(Call *call, const Form *form)
{
    S3Metadata found = {.items = arena_new_array(call->arena, S3MetadataMapEntry, form->fields_count + 1)};
    for (size_t i = 0; i < form->fields_count; i++) {
        Bytes name = form->fields[i].name;
        char *lower = arena_take_raw(call->arena, name.len);
        for (size_t at = 0; at < name.len; at++)
            lower[at] = (char)(name.ptr[at] >= 'A' && name.ptr[at] <= 'Z' ? name.ptr[at] | 0x20 : name.ptr[at]);
        name.ptr = lower;
        if (bytes_starts_with(name, TEXT("x-amz-meta-")))
            found.items[found.len++] =
                (S3MetadataMapEntry){bytes_slice(name, 11, name.len - 11), words_hide(call, form->fields[i].value)};
    }
    return found;
}

/* The field has a document, as PutObjectTagging has; x-amz-tagging has the text. */
static Status read_tags(Call *call, const Form *form, Bytes *ret_text)
{
    S3Tagging tagging = {0};
    Bytes document = form_field(form, "tagging"), message;
    if (!present(document))
        return OK;
    if (xml_decode(call->arena, "Tagging", &S3_SHAPE_TAGGING, document, &tagging, &message) != 0 &&
        xml_decode(call->arena, NULL, &S3_SHAPE_TAGGING, document, &tagging, &message) != 0)
        return deny(call, &MALFORMED_XML); /* another document is taken, as one without tags (recorded) */
    *ret_text = tagging.tag_set.len ? tag_set_text(call, TAGS_OF(&tagging.tag_set)) : (Bytes){0};
    return OK;
}

static Status make_input(Call *call, const S3PostObjectInput *in, const Form *form, S3PutObjectInput *ret)
{
    Bytes type = form_field(form, "Content-Type");
    EncryptionGiven encryption = encryption_of(form);
    *ret = (S3PutObjectInput){
        .bucket = in->bucket,
        .key = key_of(call, form),
        .acl = form_field(form, "acl"),
        .cache_control = form_field(form, "Cache-Control"),
        .content_disposition = form_field(form, "Content-Disposition"),
        .content_encoding = form_field(form, "Content-Encoding"),
        .content_language = form_field(form, "Content-Language"),
        .content_type = type,
        .expires = form_field(form, "Expires"),
        .metadata = metadata_of(call, form),
        .storage_class = form_field(form, "x-amz-storage-class"),
        .website_redirect_location = form_field(form, "x-amz-website-redirect-location"),
        .server_side_encryption = encryption.algorithm,
        .ssekms_key_id = encryption.key_id,
        .sse_customer_algorithm = encryption.customer_algorithm,
        .sse_customer_key = encryption.customer_key,
        .sse_customer_key_md5 = encryption.customer_md5,
    };
    return read_tags(call, form, &ret->tagging);
}

static Bytes location_of(Call *call, const Object *object, Bytes bucket)
{
    return arena_text(call->arena, "http://" BYTES_FMT "/" BYTES_FMT "/" BYTES_FMT,
                      BYTES_ARG(http_head_field(call->head, "host")), BYTES_ARG(bucket),
                      BYTES_ARG(escaped(call->arena, object->key)));
}

/* Where the form says that the browser goes next. An address that is none is passed by. */
static bool redirects(Call *call, const Form *form, const S3PostObjectInput *in, const Object *object,
                      Bytes *ret_location)
{
    Bytes to = form_field(form, "success_action_redirect");
    if (!present(to))
        to = form_field(form, "redirect");
    bool is_address = bytes_starts_with(to, TEXT("http://")) || bytes_starts_with(to, TEXT("https://"));
    for (size_t i = 0; is_address && i < to.len; i++)
        is_address = to.ptr[i] > ' ' && to.ptr[i] < 127;
    if (!present(to) || !is_address)
        return false;
    *ret_location = arena_text(call->arena, BYTES_FMT "%sbucket=" BYTES_FMT "&key=" BYTES_FMT "&etag=" BYTES_FMT,
                               BYTES_ARG(to), bytes_find(to, '?') >= 0 ? "&" : "?", BYTES_ARG(in->bucket),
                               BYTES_ARG(escaped(call->arena, object->key)),
                               BYTES_ARG(escaped(call->arena, quoted(call, object->etag))));
    return true;
}

static void tell(Call *call, const Form *form, const S3PostObjectInput *in, const Object *object,
                 S3PostObjectOutput *out)
{
    Bytes wanted = form_field(form, "success_action_status");
    out->location = location_of(call, object, in->bucket);
    out->e_tag = quoted(call, object->etag);
    if (redirects(call, form, in, object, &out->location)) {
        call->status = 303;
        return;
    }
    call->status = bytes_is(wanted, "200") ? 200 : bytes_is(wanted, "201") ? 201 : 204;
    if (call->status != 201)
        return;
    out->post_response = arena_new_of(call->arena, S3PostResponse);
    out->post_response->location = out->location;
    out->post_response->bucket = in->bucket;
    out->post_response->key = object->key;
    out->post_response->e_tag = out->e_tag;
}

static Status post_object(Call *call, const S3PostObjectInput *in, S3PostObjectOutput *out)
{
    Post *post = call->body;
    const Form *form = &post->form;
    S3PutObjectInput *as_put = arena_new_of(call->arena, S3PutObjectInput);
    Bucket bucket;
    ObjectHead head;
    Object object;
    TRY(bucket_for(call, in->bucket, (Bytes){0}, &bucket));
    TRY(check_form(call, form));
    TRY(upload_end(call, post->upload));
    PostTarget target = {in->bucket, key_of(call, form), post->upload->size};
    TRY(post_policy_check(call, form, &target));
    TRY(make_input(call, in, form, as_put));
    TRY(upload_check(call, as_put, &bucket, &head));
    TRY(upload_keep(call, as_put, &bucket, &head, post->upload, &object));
    tell(call, form, in, &object, out);
    ENCRYPTION_TELL(out, head);
    out->version_id = bucket.versioning == VERSIONING_ENABLED ? version_told(&bucket, &object) : (Bytes){0};
    return lifecycle_expiration(call, &bucket, &object, &out->expiration);
}
