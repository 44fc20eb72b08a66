/* kms_token.c - what clients give back to KMS, or make up: ciphertexts, import tokens, tokens of grants, keys to
 * import. The first byte chooses. What is sealed opens only whole. */
#include "ciphertext.h"
#include "fuzz.h"
#include "grant.h"
#include "import_token.h"
#include <sodium.h>

static const Kms kms = {.has_secret = true, .secret = {7}};
static const char material[32] = "material";

/* One bit of it turned; which is told by the input. */
static Bytes broken(Arena *arena, Bytes whole, Bytes text)
{
    char *copy = arena_take_raw(arena, whole.len);
    memcpy(copy, whole.ptr, whole.len);
    size_t bit = text.len >= 2 ? ((unsigned char)text.ptr[0] << 8 | (unsigned char)text.ptr[1]) % (8 * whole.len) : 0;
    copy[bit / 8] = (char)(copy[bit / 8] ^ 1 << bit % 8);
    return (Bytes){copy, whole.len};
}

static void try_ciphertext(Arena *arena, Bytes text)
{
    Ciphertext read;
    Bytes plain, key = {material, sizeof material};
    Scope scope = {.arena = arena, .service = (void *)(uintptr_t)&kms};
    KmsKey made = {.id = TEXT("11111111-2222-4333-8444-555555555555"),
                   .material_id = TEXT("00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff")};
    EXPECT(!ciphertext_read(&kms, arena, text, &read));
    Bytes blob = ciphertext_make(&scope, &made, key, text, text);
    EXPECT(ciphertext_read(&kms, arena, blob, &read) && bytes_equal(read.key_id, made.id));
    EXPECT(bytes_equal(read.material_id, made.material_id));
    EXPECT(ciphertext_open(arena, &read, key, text, &plain) && bytes_equal(plain, text));
    Bytes wrong = broken(arena, blob, text);
    EXPECT(!ciphertext_read(&kms, arena, wrong, &read) || !ciphertext_open(arena, &read, key, text, &plain));
}

static void try_import_token(Arena *arena, Bytes text)
{
    ImportToken read, made = {TEXT("11111111-2222-4333-8444-555555555555"), TEXT("RSAES_OAEP_SHA_256"), 5, TEXT("der")};
    EXPECT(!import_token_read(&kms, arena, text, &read));
    Bytes token = import_token_make(&kms, arena, &made);
    EXPECT(import_token_read(&kms, arena, token, &read) && read.valid_to_ms == 5);
    EXPECT(bytes_equal(read.private_der, made.private_der) && bytes_equal(read.algorithm, made.algorithm));
    EXPECT(!import_token_read(&kms, arena, broken(arena, token, text), &read));
}

static void try_grant_token(Arena *arena, Bytes text)
{
    Bytes key_id, id;
    EXPECT(!grant_token_read(&kms, arena, text, &key_id, &id));
    KmsGrantConstraints *constraints = constraints_read(arena, text);
    if (constraints)
        EXPECT(constraints_write(arena, constraints).len);
}

static void try_keys(Arena *arena, Bytes text)
{
    KeyPair *pair = arena_new_of(arena, KeyPair);
    const Bytes names[] = {TEXT("ECC_NIST_P256"), TEXT("ECC_SECG_P256K1"), TEXT("ECC_NIST_EDWARDS25519"),
                           TEXT("RSA_2048")};
    for (size_t i = 0; i < COUNT_OF(names); i++)
        if (key_pair_read(spec_find(names[i]), text, pair))
            EXPECT(key_pair_read(spec_find(names[i]), key_pair_private(pair), pair));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static void (*const tries[])(Arena * arena, Bytes text) = {try_ciphertext, try_import_token, try_grant_token,
                                                               try_keys};
    if (!size || sodium_init() < 0)
        return 0;
    Arena *arena = arena_new();
    tries[data[0] % COUNT_OF(tries)](arena, (Bytes){(const char *)data + 1, size - 1});
    arena_free(arena);
    return 0;
}
