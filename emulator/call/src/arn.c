/* arn.c - Amazon resource names. aws: General Reference, "Amazon Resource Names (ARNs)". */
#include "call.h"
#include <stdarg.h>
#include <stdio.h>

Bytes call_arn(Call *call, const char *service, const char *resource_format, ...)
{
    char resource[2048];
    va_list args;
    va_start(args, resource_format);
    vsnprintf(resource, sizeof resource, resource_format, args);
    va_end(args);
    return arena_text(call->arena, "arn:aws:%s:" BYTES_FMT ":" BYTES_FMT ":%s", service, BYTES_ARG(call->region),
                      BYTES_ARG(call->account), resource);
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
    *ret_arn = parsed;
    return true;
}
