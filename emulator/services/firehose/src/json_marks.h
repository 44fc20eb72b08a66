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

/* How many values a text has at most: what a tree of them would cost is known before it is made. */
static inline size_t json_marks_values(Bytes text)
{
    size_t count = 1;
    char c;
    for (JsonMarks marks = {.text = text}; json_marks_next(&marks, &c);)
        count += c == ',' || c == '[' || c == '{';
    return count;
}
