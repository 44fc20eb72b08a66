/* copy_source.c */
#include "copy_source.h"
#include "escape.h"
#include "restore.h"

static Status invalid(Call *call, Bytes text)
{
    return deny_saying(call, &INVALID_ARGUMENT, "Invalid copy source object key",
                       .argument_name = TEXT("x-amz-copy-source"), .argument_value = text);
}

/* The last "?versionId=" is not the key's, which would have %3F. */
static Bytes cut_version(Bytes *text)
{
    Bytes mark = TEXT("?versionId=");
    ptrdiff_t at = bytes_find(*text, '?');
    if (at < 0 || !bytes_starts_with(bytes_slice(*text, (size_t)at, text->len - (size_t)at), mark))
        return (Bytes){0};
    Bytes version = bytes_slice(*text, (size_t)at + mark.len, text->len - (size_t)at - mark.len);
    text->len = (size_t)at;
    return version;
}

bool copy_source_read(Arena *arena, Bytes text, Bytes *ret_path, Bytes *ret_version)
{
    Bytes rest = text;
    *ret_version = cut_version(&rest);
    if (!unescape_path(arena, rest, &rest))
        return false;
    *ret_path = rest.len && rest.ptr[0] == '/' ? bytes_slice(rest, 1, rest.len - 1) : rest;
    return true;
}

Status copy_source_find(Call *call, Bytes text, Bytes owner, const Conditions *conditions, CopySource *ret_source)
{
    Bytes rest, name;
    if (!copy_source_read(call->arena, text, &rest, &ret_source->version))
        return invalid(call, text);
    name = bytes_cut(&rest, '/');
    if (!present(rest) || !rest.len || !name.len)
        return deny_saying(call, &INVALID_ARGUMENT, "Invalid copy source object key",
                           .argument_name = TEXT("x-amz-copy-source"), .argument_value = TEXT("x-amz-copy-source"));
    ret_source->key = rest;
    TRY(bucket_for(call, name, owner, &ret_source->bucket));
    Status found = object_for(call, &ret_source->bucket, rest, ret_source->version, &ret_source->object);
    if (!is_ok(found) && call->error == &METHOD_NOT_ALLOWED)
        return fail(call, &INVALID_REQUEST,
                    "The source of a copy request may not specifically refer to a delete marker by version id.");
    TRY(found);
    ObjectHead head = object_head_read(call, ret_source->object.head);
    if (!is_readable(call, &ret_source->object, &head))
        return deny_telling(call, &INVALID_OBJECT_STATE, .storage_class = ret_source->object.storage_class);
    return conditions_for_copy(call, conditions, &ret_source->object);
}
