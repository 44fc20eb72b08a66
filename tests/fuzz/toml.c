/* toml.c - evpoc.toml. */
#include "toml.h"
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    Arena *arena = arena_new();
    Bytes text = {arena_cstr(arena, (Bytes){(const char *)data, size}), size}, key, value;
    Toml toml = toml_open(text);
    size_t pairs = 0;
    while (toml_next(arena, &toml, &key, &value) == TOML_PAIR)
        EXPECT(present(key) && present(value) && pairs++ <= size);
    EXPECT(toml.at <= toml.end && toml.line >= 0);
    arena_free(arena);
    return 0;
}
