/* target.c - deliveries, through the headers of those they are for. */
#include "destination.h"
#include "firehose.h"
#include "iam.h"
#include "kinesis.h"
#include "parcel.h"

Target target_of(Bytes text)
{
    Arn arn;
    static const struct {
        const char *service, *resource;
        TargetKind kind;
    } kinds[] = {
        {"kinesis", "stream/", TARGET_KINESIS},
        {"firehose", "deliverystream/", TARGET_FIREHOSE},
        {"logs", "destination:", TARGET_DESTINATION},
        {"lambda", "function:", TARGET_LAMBDA},
    };
    if (!arn_parse(text, &arn))
        return (Target){0};
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        Bytes head = bytes_of(kinds[i].resource);
        if (bytes_is(arn.service, kinds[i].service) && bytes_starts_with(arn.resource, head) &&
            arn.resource.len > head.len)
            return (Target){kinds[i].kind, arn.account, arn.region,
                            bytes_slice(arn.resource, head.len, arn.resource.len - head.len)};
    }
    return (Target){0};
}

static int deliver_to_destination(const Scope *scope, const Target *target, Parcel parcel, bool *ret_is_taken)
{
    Destination destination;
    Scope place = *scope;
    place.account = target->account;
    place.region = target->region;
    int code = destination_find(&place, target->name, &destination);
    if (code != STORE_OK)
        return code == STORE_NOT_FOUND ? STORE_OK : code;
    Target behind = target_of(destination.target_arn);
    return behind.kind == TARGET_DESTINATION ? STORE_OK : target_deliver(scope, &behind, parcel, ret_is_taken);
}

int target_deliver(const Scope *scope, const Target *target, Parcel parcel, bool *ret_is_taken)
{
    const Logs *logs = scope->service;
    bool is_kinesis = target->kind == TARGET_KINESIS;
    void *service = is_kinesis ? (void *)logs->kinesis : (void *)logs->firehose;
    *ret_is_taken = false;
    if (target->kind == TARGET_DESTINATION)
        return deliver_to_destination(scope, target, parcel, ret_is_taken);
    if (!service || (target->kind != TARGET_KINESIS && target->kind != TARGET_FIREHOSE))
        return STORE_OK;
    Scope place = scope_for(scope, service);
    place.account = target->account;
    place.region = target->region;
    int code = is_kinesis ? kinesis_append(&place, target->name, parcel.partition_key, parcel.data)
                          : firehose_append(&place, target->name, parcel.data);
    *ret_is_taken = code == STORE_OK;
    return code < 0 ? code : STORE_OK;
}

/* aws: User Guide, "Subscription filters": CONTROL_MESSAGE is "mainly for checking if the destination is reachable". */
int target_try(const Scope *scope, const Target *target, bool *ret_is_taken)
{
    static const char *const words[] = {
        [TARGET_KINESIS] = "CWL CONTROL MESSAGE: Checking health of destination Kinesis stream.",
        [TARGET_FIREHOSE] = "CWL CONTROL MESSAGE: Checking health of destination Firehose.",
        [TARGET_DESTINATION] = "CWL CONTROL MESSAGE: Checking health of destination.",
    };
    Parcel parcel = {TEXT("CONTROL"), parcel_of_control(scope, words[target->kind])};
    return target_deliver(scope, target, parcel, ret_is_taken);
}

int role_is_there(const Scope *scope, Bytes role_arn, bool *ret_is_there)
{
    Arn arn;
    IamIdentity role;
    int64_t count = 0;
    const Logs *logs = scope->service;
    *ret_is_there =
        arn_parse(role_arn, &arn) && bytes_is(arn.service, "iam") && bytes_starts_with(arn.resource, TEXT("role/"));
    if (!*ret_is_there || !logs->iam)
        return STORE_OK;
    Scope place = scope_for(scope, logs->iam);
    place.account = arn.account;
    int code = iam_count_roles(&place, &count);
    if (code != STORE_OK || !count)
        return code;
    ptrdiff_t slash = bytes_find_last(arn.resource, '/');
    Bytes name = bytes_slice(arn.resource, (size_t)slash + 1, arn.resource.len - (size_t)slash - 1);
    code = iam_find_role(&place, name, &role);
    *ret_is_there = code == STORE_OK;
    return code == STORE_NOT_FOUND ? STORE_OK : code;
}
