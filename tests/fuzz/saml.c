/* saml.c - responses of SAML as AssumeRoleWithSAML gets them: the bytes are the document, within its base64, and then
 * the base64 itself. */
#include "saml.h"
#include "base64.h"
#include "budgeted.h"
#include "fuzz.h"

static void use(Arena *arena, Bytes input)
{
    SamlResponse response;
    char *text = arena_take_raw(arena, base64_encoded_len(input.len) + 1);
    (void)saml_read(arena, input, &response);
    if (!saml_read(arena, (Bytes){text, base64_encode(text, input)}, &response))
        return;
    EXPECT(response.issuer.len && response.subject.len);
    EXPECT(response.tag_keys.len == response.tag_values.len);
    EXPECT(!saml_allows(&response, TEXT(""), TEXT("arn:aws:iam::111122223333:saml-provider/p")) || response.roles.len);
    for (size_t i = 0; i < response.roles.len; i++)
        EXPECT(present(response.roles.items[i]));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    budgeted(use, (Bytes){(const char *)data, size});
    return 0;
}
