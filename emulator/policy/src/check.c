/* check.c - what a policy must and must not have in the place it stands in. aws: IAM User Guide, "IAM JSON policy
 * element reference". */
#include "map.h"
#include "policy_document.h"

static bool is_word(Bytes text, const char *also)
{
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        bool is_letter = (c | 0x20) >= 'a' && (c | 0x20) <= 'z';
        if (!is_letter && !(c >= '0' && c <= '9') && !(c && strchr(also, c)))
            return false;
    }
    return true;
}

static PolicyFault check_action(Bytes action, Bytes *ret_detail)
{
    Bytes rest = action;
    if (bytes_is(action, "*"))
        return POLICY_FINE;
    Bytes vendor = bytes_cut(&rest, ':');
    if (!present(rest) || !vendor.len)
        return POLICY_BAD_ACTION;
    *ret_detail = vendor;
    if (!is_word(vendor, "-."))
        return POLICY_BAD_VENDOR;
    return bytes_find(rest, ':') >= 0 ? POLICY_TWO_COLONS : POLICY_FINE;
}

static PolicyFault check_resource(Bytes resource, Bytes *ret_detail)
{
    Bytes rest = resource;
    *ret_detail = resource;
    if (bytes_is(resource, "*"))
        return POLICY_FINE;
    if (!bytes_is(bytes_cut(&rest, ':'), "arn") || !present(rest))
        return POLICY_BAD_RESOURCE;
    Bytes partition = bytes_cut(&rest, ':');
    for (int part = 0; part < 3 && present(rest); part++)
        (void)bytes_cut(&rest, ':');
    bool is_partition = bytes_is(partition, "*") || bytes_starts_with(partition, TEXT("aws"));
    if (!is_partition)
        return POLICY_BAD_PARTITION;
    return present(rest) ? POLICY_FINE : POLICY_BAD_RESOURCE;
}

static bool is_account(Bytes text)
{
    for (size_t i = 0; i < text.len; i++)
        if (text.ptr[i] < '0' || text.ptr[i] > '9')
            return false;
    return text.len == 12;
}

/* An account, or an ARN of IAM or STS. An id (AIDA…, AROA…) is what AWS puts in place of what has been deleted. */
static bool is_aws_principal(Bytes value)
{
    Bytes rest = value;
    if (bytes_is(value, "*") || is_account(value) || (value.len >= 16 && *value.ptr == 'A' && is_word(value, "")))
        return true;
    if (!bytes_is(bytes_cut(&rest, ':'), "arn") || !present(rest) ||
        !bytes_starts_with(bytes_cut(&rest, ':'), TEXT("aws")) || !present(rest))
        return false;
    Bytes service = bytes_cut(&rest, ':');
    if (!(bytes_is(service, "iam") || bytes_is(service, "sts")) || !present(rest) || bytes_cut(&rest, ':').len ||
        !present(rest))
        return false;
    return is_account(bytes_cut(&rest, ':')) && present(rest) && rest.len;
}

static bool is_principal(const PolicyPrincipal *principal)
{
    Bytes type = principal->type, value = principal->value;
    if (bytes_is(type, "*"))
        return true;
    if (bytes_is(type, "AWS"))
        return is_aws_principal(value);
    if (bytes_is(type, "Service"))
        return value.len && bytes_find(value, '.') > 0 && is_word(value, "-._");
    return (bytes_is(type, "Federated") || bytes_is(type, "CanonicalUser")) && value.len;
}

static PolicyFault check_principals(Arena *arena, const PolicyStatement *statement, Bytes *ret_detail)
{
    for (size_t i = 0; i < statement->principals_count; i++) {
        const PolicyPrincipal *principal = &statement->principals[i];
        if (is_principal(principal))
            continue;
        Bytes type = bytes_is(principal->type, "Service") ? TEXT("SERVICE") : principal->type;
        *ret_detail =
            arena_text(arena, "\"" BYTES_FMT "\":\"" BYTES_FMT "\"", BYTES_ARG(type), BYTES_ARG(principal->value));
        return POLICY_BAD_PRINCIPAL;
    }
    return POLICY_FINE;
}

static bool is_trust_action(Bytes action)
{
    return bytes_equal_ignoring_case(bytes_slice(action, 0, action.len < 4 ? action.len : 4), TEXT("sts:"));
}

/* What the place asks of the parts that are there. */
static PolicyFault check_parts(const PolicyStatement *statement, PolicyKind kind)
{
    if (kind == POLICY_OF_IDENTITY && statement->has_principal)
        return POLICY_HAS_PRINCIPAL;
    if (kind != POLICY_OF_IDENTITY && !statement->has_principal)
        return POLICY_NO_PRINCIPAL;
    if (!statement->action.is_there || !statement->action.values.len)
        return POLICY_NO_ACTION;
    if (kind == POLICY_OF_TRUST && statement->resource.is_there)
        return POLICY_HAS_RESOURCE;
    if (kind == POLICY_OF_IDENTITY && (!statement->resource.is_there || !statement->resource.values.len))
        return POLICY_NO_RESOURCE;
    return POLICY_FINE;
}

static PolicyFault check_values(const PolicyStatement *statement, PolicyKind kind, Bytes *ret_detail)
{
    PolicyFault fault = POLICY_FINE;
    for (size_t i = 0; !fault && i < statement->action.values.len; i++) {
        fault = check_action(statement->action.values.items[i], ret_detail);
        if (!fault && kind == POLICY_OF_TRUST && !is_trust_action(statement->action.values.items[i]))
            fault = POLICY_FOREIGN_ACTION;
    }
    for (size_t i = 0; !fault && kind == POLICY_OF_IDENTITY && i < statement->resource.values.len; i++)
        fault = check_resource(statement->resource.values.items[i], ret_detail);
    return fault;
}

static PolicyFault check_sid(Map *sids, const PolicyStatement *statement, PolicyKind kind)
{
    if (kind != POLICY_OF_IDENTITY || !statement->sid.len)
        return POLICY_FINE;
    if (!is_word(statement->sid, ""))
        return POLICY_BAD_SID;
    return map_put(sids, statement->sid, sids) ? POLICY_SID_TWICE : POLICY_FINE;
}

PolicyFault policy_judge(Arena *arena, const Policy *policy, PolicyKind kind, Bytes *ret_detail)
{
    Map *sids = map_new_in(arena);
    *ret_detail = (Bytes){0};
    if (kind == POLICY_OF_IDENTITY && !policy->has_variables)
        return POLICY_OLD_VERSION;
    for (size_t i = 0; i < policy->statements_count; i++) {
        const PolicyStatement *statement = &policy->statements[i];
        PolicyFault fault = check_parts(statement, kind);
        if (!fault)
            fault = check_values(statement, kind, ret_detail);
        if (!fault)
            fault = check_principals(arena, statement, ret_detail);
        if (!fault)
            fault = check_sid(sids, statement, kind);
        if (fault)
            return fault;
    }
    return POLICY_FINE;
}
