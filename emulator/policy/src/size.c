/* size.c - a policy measured as quotas do. */
#include "policy_document.h"

size_t policy_size(Bytes document)
{
    size_t size = 0;
    bool in_string = false;
    for (size_t i = 0; i < document.len; i++) {
        char c = document.ptr[i];
        if (c == '"')
            in_string = !in_string;
        if (c == '\\' && in_string && i + 1 < document.len) {
            size++;
            i++;
        }
        size += in_string || (c != ' ' && c != '\t' && c != '\r' && c != '\n');
    }
    return size;
}
