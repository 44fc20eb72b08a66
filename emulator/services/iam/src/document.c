/* document.c - the words IAM has for a policy that is none.
 * aws: seen in what IAM told users of Terraform and CloudFormation. */
#include "document.h"

static Bytes fault_words(Call *call, PolicyFault fault, PolicyKind kind, Bytes detail)
{
    bool is_trust = kind == POLICY_OF_TRUST;
    switch (fault) {
    case POLICY_BAD_JSON:
        return is_trust ? TEXT("This policy contains invalid Json") : TEXT("Syntax errors in policy.");
    case POLICY_BAD_SYNTAX:
        if (!is_trust || !present(detail))
            return TEXT("Syntax errors in policy.");
        if (bytes_is(detail, "Effect") || bytes_is(detail, "Statement"))
            return arena_text(call->arena, "Missing required field " BYTES_FMT, BYTES_ARG(detail));
        return arena_text(call->arena, "Unknown field " BYTES_FMT, BYTES_ARG(detail));
    case POLICY_OLD_VERSION:
        return TEXT("Policy document must be version 2012-10-17 or greater.");
    case POLICY_NO_ACTION:
        return is_trust ? TEXT("Missing required field Action") : TEXT("Policy statement must contain actions.");
    case POLICY_NO_RESOURCE:
        return TEXT("Policy statement must contain resources.");
    case POLICY_NO_PRINCIPAL:
        return TEXT("Missing required field Principal");
    case POLICY_HAS_PRINCIPAL:
        return TEXT("Policy document should not specify a principal.");
    case POLICY_HAS_RESOURCE:
        return TEXT("Has prohibited field Resource");
    case POLICY_BAD_ACTION:
        return TEXT("Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.");
    case POLICY_BAD_VENDOR:
        return arena_text(call->arena, "Vendor " BYTES_FMT " is not valid", BYTES_ARG(detail));
    case POLICY_TWO_COLONS:
        return TEXT("Actions/Condition can contain only one colon.");
    case POLICY_BAD_RESOURCE:
        return arena_text(call->arena, "Resource " BYTES_FMT " must be in ARN format or \"*\".", BYTES_ARG(detail));
    case POLICY_BAD_PARTITION: {
        Bytes rest = detail;
        (void)bytes_cut(&rest, ':');
        Bytes partition = bytes_cut(&rest, ':');
        return arena_text(call->arena, "Partition \"" BYTES_FMT "\" is not valid for resource \"" BYTES_FMT "\".",
                          BYTES_ARG(partition), BYTES_ARG(detail));
    }
    case POLICY_BAD_PRINCIPAL:
        return arena_text(call->arena, "Invalid principal in policy: " BYTES_FMT, BYTES_ARG(detail));
    case POLICY_SID_TWICE:
        return TEXT("Statement IDs (SID) in a single policy must be unique.");
    case POLICY_BAD_SID:
        return TEXT("Statement IDs (SID) must be alpha-numeric. Check that your input satisfies the regular expression"
                    " [0-9A-Za-z]*");
    case POLICY_FOREIGN_ACTION:
        return TEXT("AssumeRole policy may only specify STS AssumeRole actions.");
    case POLICY_FINE:
        break;
    }
    return TEXT("");
}

Status document_check(Call *call, Bytes document, PolicyKind kind)
{
    Policy policy;
    Bytes detail;
    PolicyFault fault = policy_read(call->arena, document, &policy, &detail);
    if (fault == POLICY_FINE)
        fault = policy_judge(call->arena, &policy, kind, &detail);
    if (fault == POLICY_FINE)
        return OK;
    return fail(call, &IAM_MALFORMED_POLICY_DOCUMENT, BYTES_FMT, BYTES_ARG(fault_words(call, fault, kind, detail)));
}

static bool is_unreserved(char c)
{
    return ((c | 0x20) >= 'a' && (c | 0x20) <= 'z') || (c >= '0' && c <= '9') || (c && strchr("-._~", c));
}

Bytes document_told(Call *call, Bytes document)
{
    if (!present(document))
        return document;
    char *text = arena_take_raw(call->arena, 3 * document.len + 1), *out = text;
    for (size_t i = 0; i < document.len; i++) {
        unsigned char c = (unsigned char)document.ptr[i];
        if (is_unreserved((char)c)) {
            *out++ = (char)c;
        } else {
            *out++ = '%';
            *out++ = "0123456789ABCDEF"[c >> 4];
            *out++ = "0123456789ABCDEF"[c & 15];
        }
    }
    return (Bytes){text, (size_t)(out - text)};
}
