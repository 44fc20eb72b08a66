/* resource.c */
#include "resource.h"

static bool names_consumer(Bytes arn)
{
    static const char part[] = "/consumer/";
    for (size_t i = 0; i + sizeof part - 1 <= arn.len; i++)
        if (!memcmp(arn.ptr + i, part, sizeof part - 1))
            return true;
    return false;
}

Status resource_find(Call *call, Bytes arn, Resource *ret_resource)
{
    Resource resource = {.is_consumer = names_consumer(arn)};
    if (resource.is_consumer)
        TRY(consumer_find(call, (ConsumerRef){.arn = arn}, &resource.stream, &resource.consumer));
    else
        TRY(stream_find(call, (StreamRef){.arn = arn}, &resource.stream));
    resource.owner = resource.is_consumer ? -resource.consumer.id : resource.stream->id;
    *ret_resource = resource;
    return OK;
}

int resource_owner(Call *call, Bytes arn, int64_t *ret_owner)
{
    Resource resource;
    Status status = resource_find(call, arn, &resource);
    if (status.code_ < 0)
        return call->fault_code;
    *ret_owner = is_ok(status) ? resource.owner : 0;
    return is_ok(status) ? STORE_OK : STORE_NOT_FOUND;
}
