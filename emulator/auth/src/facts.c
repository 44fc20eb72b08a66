/* facts.c - what conditions may ask. aws: IAM User Guide, "AWS global condition context keys". */
#include "scene.h"

static void add(FactList *facts, const char *key, Bytes value)
{
    fact_add(facts, bytes_of(key), value);
}

static bool has_fact(const FactList *facts, Bytes key)
{
    for (size_t i = 0; i < facts->len; i++)
        if (bytes_equal_ignoring_case(facts->items[i].key, key))
            return true;
    return false;
}

/* Each in a line for key and value, in turn; of one name the first counts. */
static void add_tags(FactList *facts, Bytes lines)
{
    while (present(lines) && lines.len) {
        Bytes key = bytes_cut(&lines, '\n');
        if (!present(lines))
            return;
        Bytes name = arena_text(facts->arena, "aws:PrincipalTag/" BYTES_FMT, BYTES_ARG(key));
        Bytes value = bytes_cut(&lines, '\n');
        if (!has_fact(facts, name))
            fact_add(facts, name, value);
    }
}

static const char *type_of(const Actor *actor)
{
    const Principal *principal = actor->principal;
    switch (principal->kind) {
    case PRINCIPAL_NOBODY:
        return "Anonymous";
    case PRINCIPAL_ROOT:
        return "Account";
    case PRINCIPAL_USER:
        return "User";
    case PRINCIPAL_SESSION:
        break;
    }
    return present(actor->role) ? "AssumedRole" : principal->is_federated ? "FederatedUser" : "User";
}

static void add_principal(FactList *facts, const Actor *actor)
{
    const Principal *principal = actor->principal;
    add(facts, "aws:PrincipalType", bytes_of(type_of(actor)));
    add(facts, "aws:PrincipalIsAWSService", TEXT("false"));
    add(facts, "aws:ViaAWSService", TEXT("false"));
    if (principal->kind == PRINCIPAL_NOBODY)
        return;
    add(facts, "aws:PrincipalArn", present(actor->role) ? actor->role : principal->arn);
    add(facts, "aws:PrincipalAccount", principal->account);
    add(facts, "aws:userid", principal->user_id);
    add(facts, "aws:username", principal->name);
    add(facts, "aws:SourceIdentity", principal->source_identity);
    add_tags(facts, principal->tags); /* a session's win over the role's */
    add_tags(facts, actor->own.tags);
    if (principal->kind != PRINCIPAL_SESSION)
        return;
    add(facts, "aws:MultiFactorAuthPresent", TEXT("false"));
    add(facts, "aws:TokenIssueTime", signature_time_extended(facts->arena, principal->issued_ms));
}

FactList facts_of(Call *call, const AuthRequest *request, const Actor *actor, const void *in)
{
    FactList facts = {.arena = call->arena};
    const PermissionsOf *of = request->service->permissions;
    add_principal(&facts, actor);
    add(&facts, "aws:SecureTransport", request->is_tls ? TEXT("true") : TEXT("false"));
    add(&facts, "aws:SourceIp", TEXT("127.0.0.1")); /* nobody asks where a connection came from */
    add(&facts, "aws:UserAgent", http_head_field(request->head, "user-agent"));
    add(&facts, "aws:Referer", http_head_field(request->head, "referer"));
    add(&facts, "aws:RequestedRegion", call->region);
    add(&facts, "aws:CurrentTime", signature_time_extended(call->arena, call->now_ms));
    add(&facts, "aws:EpochTime", arena_text(call->arena, "%lld", (long long)(call->now_ms / 1000)));
    if (of && in)
        permission_facts(call, of, in, &facts);
    return facts;
}
