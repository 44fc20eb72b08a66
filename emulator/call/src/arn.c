/* arn.c - Amazon resource names. aws: IAM User Guide, "Identify AWS resources with Amazon Resource Names (ARNs)":
 * "arn:partition:service:region:account-id:resource-id". */
#include "call.h"
#include <stdarg.h>
#include <stdio.h>

/* aws: there: "aws - AWS Regions", "aws-cn - China Regions", "aws-us-gov - AWS GovCloud (US) Regions"; the others, and
 * how their regions begin, are those of botocore's partitions.json. */
static const struct {
    const char *region_prefix, *partition;
} partitions[] = {
    {"cn-", "aws-cn"},         {"us-gov-", "aws-us-gov"}, {"us-iso-", "aws-iso"}, {"us-isob-", "aws-iso-b"},
    {"eu-isoe-", "aws-iso-e"}, {"us-isof-", "aws-iso-f"}, {"eusc-", "aws-eusc"},
};

Bytes arn_partition(Bytes region)
{
    for (size_t i = 0; i < sizeof partitions / sizeof *partitions; i++)
        if (bytes_starts_with(region, bytes_of(partitions[i].region_prefix)))
            return bytes_of(partitions[i].partition);
    return TEXT("aws");
}

Bytes arn_text(Arena *arena, const char *service, Bytes region, Bytes account, Bytes resource)
{
    return arena_text(arena, "arn:" BYTES_FMT ":%s:" BYTES_FMT ":" BYTES_FMT ":" BYTES_FMT,
                      BYTES_ARG(arn_partition(region)), service, BYTES_ARG(region), BYTES_ARG(account),
                      BYTES_ARG(resource));
}

Bytes call_arn(Call *call, const char *service, const char *resource_format, ...)
{
    char resource[2048];
    va_list args;
    va_start(args, resource_format);
    vsnprintf(resource, sizeof resource, resource_format, args);
    va_end(args);
    return arn_text(call->arena, service, call->region, call->account, bytes_of(resource));
}

Bytes call_root_arn(Call *call)
{
    return arena_text(call->arena, "arn:" BYTES_FMT ":iam::" BYTES_FMT ":root", BYTES_ARG(arn_partition(call->region)),
                      BYTES_ARG(call->account));
}

bool arn_parse(Bytes arn, Arn *ret_arn)
{
    Bytes rest = arn;
    if (!bytes_equal(bytes_cut(&rest, ':'), TEXT("arn")))
        return false;
    Arn parsed;
    parsed.partition = bytes_cut(&rest, ':');
    parsed.service = bytes_cut(&rest, ':');
    parsed.region = bytes_cut(&rest, ':');
    parsed.account = bytes_cut(&rest, ':');
    parsed.resource = rest;
    if (!present(rest) || !rest.len)
        return false;
    if (parsed.region.len && !bytes_equal(parsed.partition, arn_partition(parsed.region)))
        return false;
    *ret_arn = parsed;
    return true;
}
