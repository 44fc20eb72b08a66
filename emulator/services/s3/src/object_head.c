/* object_head.c - what is told of an object beside its bytes, as lines of text. */
#include "metadata_words.h"
#include "object.h"
#include "tags.h"

/* What is kept has no byte that would end a line. */
static Status take_metadata(Call *call, S3Metadata *metadata)
{
    size_t size = 0;
    S3MetadataMapEntry *taken = arena_new_array(call->arena, S3MetadataMapEntry, metadata->len + 1);
    for (size_t i = 0; i < metadata->len; i++) {
        Bytes text = words_read(call, metadata->items[i].value);
        size += metadata->items[i].key.len + text.len;
        taken[i] = (S3MetadataMapEntry){metadata->items[i].key, words_write(call, text)};
    }
    metadata->items = taken;
    if (size <= METADATA_BYTES_MAX)
        return OK;
    return deny_telling(call, &METADATA_TOO_LARGE, .size = decimal(call, (int64_t)size),
                        .max_size_allowed = decimal(call, METADATA_BYTES_MAX));
}

/* "aws-chunked,gzip" is gzip: the rest said how the body was sent. */
static Bytes without_aws_chunked(Call *call, Bytes encodings)
{
    Buffer kept = {0};
    if (!present(encodings) || !present((Bytes){memmem(encodings.ptr, encodings.len, "aws-chunked", 11), 0}))
        return encodings;
    while (present(encodings)) {
        Bytes one = bytes_cut(&encodings, ',');
        while (one.len && one.ptr[0] == ' ')
            one = bytes_slice(one, 1, one.len - 1);
        if (!one.len || bytes_equal_ignoring_case(one, TEXT("aws-chunked")))
            continue;
        if (kept.len)
            buffer_append_char(&kept, ',');
        buffer_append(&kept, one);
    }
    Bytes copy = kept.len ? arena_copy(call->arena, buffer_bytes(&kept)) : (Bytes){0};
    buffer_done(&kept);
    return copy;
}

Status object_head_check(Call *call, ObjectHead *head)
{
    Tags tags;
    TRY(take_metadata(call, &head->metadata));
    if (present(head->tagging)) {
        TRY(tag_set_read(call, head->tagging, &tags));
        bool is_small = tags.len <= OBJECT_TAGS_MAX;
        if (is_small && (present(tag_set_twin(tags)) || bytes_find(head->tagging, ',') >= 0))
            return tag_header_is_bad(call, head->tagging);
        TRY(tag_set_check(call, tags, OBJECT_TAGS_MAX));
        head->tagging = tags.len ? tag_set_text(call, tags) : (Bytes){0};
    }
    head->content_encoding = without_aws_chunked(call, head->content_encoding);
    if (!present(head->content_type) || !head->content_type.len)
        head->content_type = TEXT("binary/octet-stream");
    return OK;
}

static void append_line(Buffer *out, Bytes prefix, Bytes name, Bytes value)
{
    if (!present(value))
        return;
    buffer_append(out, prefix);
    buffer_append(out, name);
    buffer_append_char(out, ':');
    buffer_append(out, value);
    buffer_append_char(out, '\n');
}

Bytes object_head_text(Call *call, const ObjectHead *head)
{
    Buffer text = {0};
#define LINE(member, name) append_line(&text, TEXT(""), TEXT(name), head->member);
    OBJECT_HEADERS(LINE)
    OBJECT_MARKS(LINE)
#undef LINE
    append_line(&text, TEXT(""), TEXT("tagging"), head->tagging);
    for (size_t i = 0; i < head->metadata.len; i++)
        append_line(&text, TEXT("x-amz-meta-"), head->metadata.items[i].key, head->metadata.items[i].value);
    Bytes copy = arena_copy(call->arena, buffer_bytes(&text));
    buffer_done(&text);
    return copy;
}

static void read_line(ObjectHead *head, Bytes name, Bytes value)
{
#define READ(member, name_)                                                                                            \
    if (bytes_is(name, name_))                                                                                         \
        head->member = value;
    OBJECT_HEADERS(READ)
    OBJECT_MARKS(READ)
#undef READ
    if (bytes_is(name, "tagging"))
        head->tagging = value;
    if (bytes_starts_with(name, TEXT("x-amz-meta-")))
        head->metadata.items[head->metadata.len++] = (S3MetadataMapEntry){bytes_slice(name, 11, name.len - 11), value};
}

ObjectHead object_head_read(Call *call, Bytes text)
{
    ObjectHead head = {0};
    size_t lines = 0;
    for (size_t i = 0; i < text.len; i++)
        lines += text.ptr[i] == '\n';
    head.metadata.items = arena_new_array(call->arena, S3MetadataMapEntry, lines + 1);
    while (present(text) && text.len) {
        Bytes value = bytes_cut(&text, '\n');
        Bytes name = bytes_cut(&value, ':');
        if (present(value))
            read_line(&head, name, value);
    }
    return head;
}
