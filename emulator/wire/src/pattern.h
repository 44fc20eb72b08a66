/* pattern.h - the models' regular expressions, which are Java's, compiled once each. */
#pragma once
#include "wire.h"

/* Does all of the text match? A pattern that cannot be compiled matches everything (a test sees that there is none). */
bool pattern_matches(Validator *validator, const Shape *shape, Bytes text);
bool pattern_compiles(const char *pattern);
