/* range.c */
#include "range.h"

bool range_read(Bytes range, int64_t size, int64_t *ret_from, int64_t *ret_length)
{
    int64_t first, last;
    if (!bytes_starts_with(range, TEXT("bytes=")) || bytes_find(range, ',') >= 0)
        return false;
    Bytes end = bytes_slice(range, 6, range.len - 6), begin = bytes_cut(&end, '-');
    if (!present(end))
        return false;
    if (!begin.len) {
        if (!bytes_to_int64(end, &last) || last < 0)
            return false;
        first = last < size ? size - last : 0;
        last = last ? size - 1 : -1;
    } else if (!bytes_to_int64(begin, &first) || first < 0) {
        return false;
    } else if (!end.len) {
        last = INT64_MAX;
    } else if (!bytes_to_int64(end, &last) || last < first) {
        return false;
    }
    last = last < size ? last : size - 1;
    *ret_from = first;
    *ret_length = last < first ? 0 : last - first + 1;
    return true;
}
