/* policy.c - policy documents: read, judged in each place, held against a request; what they say is the same twice. */
#include "fuzz.h"
#include "policy_evaluate.h"

static const Bytes one[] = {TEXT("anna"), TEXT("true"), TEXT("203.0.113.7"), TEXT("2026-01-01T00:00:00Z"), TEXT("10")};

static PolicyRequest request_of(Arena *arena)
{
    static const char *const keys[] = {"aws:username", "aws:SecureTransport", "aws:SourceIp", "aws:CurrentTime",
                                       "s3:max-keys"};
    PolicyContextEntry *context = arena_new_array(arena, PolicyContextEntry, COUNT_OF(keys));
    for (size_t i = 0; i < COUNT_OF(keys); i++)
        context[i] = (PolicyContextEntry){bytes_of(keys[i]), {(Bytes *)(uintptr_t)&one[i], 1}};
    return (PolicyRequest){.action = TEXT("s3:GetObject"),
                           .resource = TEXT("arn:aws:s3:::bucket/anna/key"),
                           .principal_arn = TEXT("arn:aws:iam::111122223333:user/anna"),
                           .principal_account = TEXT("111122223333"),
                           .context = context,
                           .context_count = COUNT_OF(keys)};
}

static void use(Arena *arena, const Policy *policy)
{
    Bytes detail;
    PolicyRequest request = request_of(arena);
    for (int kind = POLICY_OF_IDENTITY; kind <= POLICY_OF_RESOURCE; kind++)
        (void)policy_judge(arena, policy, (PolicyKind)kind, &detail);
    PolicyVerdict verdict = policies_judge(arena, policy, 1, &request);
    PolicyScene scene = {.identity = policy, .identity_count = 1, .boundaries = policy, .boundaries_count = 1};
    EXPECT(policies_decide(arena, &scene, &request).decision == verdict.decision);
    EXPECT((verdict.decision == POLICY_IMPLICIT_DENY) == (verdict.matches_count == 0));
    for (size_t i = 0; i < verdict.matches_count; i++)
        EXPECT(policy->statements[verdict.matches[i].statement].allows == (verdict.decision == POLICY_ALLOWED));
    PolicyValues keys = {0};
    policy_context_keys(arena, policy, &keys);
    for (size_t i = 0; i < policy->statements_count; i++)
        EXPECT(policy->statements[i].start.line <= policy->statements[i].end.line);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    Policy policy;
    Bytes detail, document = {(const char *)data, size};
    Arena *arena = arena_new();
    EXPECT(policy_size(document) <= size);
    if (policy_read(arena, document, &policy, &detail) == POLICY_FINE)
        use(arena, &policy);
    arena_free(arena);
    return 0;
}
