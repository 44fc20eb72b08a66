/* fuzz.h - what the targets share. A target's entry point is libFuzzer's; replay.c calls the same one. */
#pragma once
#include "bytes.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Fails loudly under libFuzzer, the sanitizers and a plain build alike. */
#define EXPECT(condition)                                                                                              \
    do {                                                                                                               \
        if (!(condition))                                                                                              \
            __builtin_trap();                                                                                          \
    } while (0)

#define COUNT_OF(array) (sizeof(array) / sizeof(array)[0])
