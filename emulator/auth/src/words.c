/* words.c - how it is told that something is denied. aws: IAM User Guide, "Troubleshoot access denied error messages".
 */
#include "refusal.h"
#include "scene.h"

static const char *const kinds[] = {
    [GROUND_IDENTITY] = "identity-based policy",
    [GROUND_BOUNDARY] = "permissions boundary",
    [GROUND_SESSION] = "session policy",
    [GROUND_RESOURCE] = "resource-based policy",
};

static Bytes reason(Arena *arena, const Need *need, const Decision *decision)
{
    const char *kind = kinds[decision->ground];
    if (decision->is_explicit)
        return arena_text(arena, " with an explicit deny in a%s %s", *kind == 'i' ? "n" : "", kind);
    if (decision->is_trust && decision->ground == GROUND_RESOURCE)
        return TEXT("");
    return arena_text(arena, " because no %s allows the " BYTES_FMT " action", kind, BYTES_ARG(need->action));
}

Status deny_in_awss_words(Call *call, const AuthRequest *request, const Need *need, const Decision *decision)
{
    const Principal *principal = call->principal;
    bool is_s3 = request->service->model->protocols & PROTOCOL_REST_XML;
    const ErrorModel *error = refusal_error(is_s3               ? REFUSE_AS_S3
                                            : request->is_query ? REFUSE_AS_QUERY
                                                                : REFUSE_AS_JSON,
                                            REFUSE_DENIED);
    const char *quote = is_s3 ? "\"" : ""; /* as S3 tells it */
    if (principal->kind == PRINCIPAL_NOBODY)
        return refuse_telling(call, error, TEXT("Access Denied"), .access_key = {0});
    return refuse_telling(call, error,
                          arena_text(call->arena,
                                     "User: " BYTES_FMT " is not authorized to perform: " BYTES_FMT
                                     " on resource: %s" BYTES_FMT "%s" BYTES_FMT,
                                     BYTES_ARG(principal->arn), BYTES_ARG(need->action), quote,
                                     BYTES_ARG(decision->resource), quote,
                                     BYTES_ARG(reason(call->arena, need, decision))),
                          .access_key = {0});
}
