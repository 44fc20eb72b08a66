/* metadata_words.h - metadata beyond ASCII, as RFC 2047's words. */
#pragma once
#include "call.h"

/* What a value says that may have such words in it: UTF-8. */
Bytes words_read(Call *call, Bytes value);
/* The same as a header can have it: itself, or words. */
Bytes words_write(Call *call, Bytes text);
/* What words_read gives back as it is, also where it looks like a word. */
Bytes words_hide(Call *call, Bytes text);
