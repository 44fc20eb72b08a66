/* json_marks.h - what of a JSON text stands outside of its strings, character by character: enough to count and to find
 * ends, without reading it. */
#pragma once
#include "bytes.h"

typedef struct JsonMarks {
    Bytes text;
    size_t at; /* behind the last that was given */
    bool is_string;
} JsonMarks;

/* False: the text is over. */
static inline bool json_marks_next(JsonMarks *marks, char *ret)
{
    while (marks->at < marks->text.len) {
        char c = marks->text.ptr[marks->at++];
        if (marks->is_string && c == '\\')
            marks->at++;
        else if (c == '"')
            marks->is_string = !marks->is_string;
        else if (!marks->is_string) {
            *ret = c;
            return true;
        }
    }
    return false;
}
