/* snappy.h - Snappy's block format, which Parquet's pages, its own frames and Hadoop's blocks are made of.
 * https://github.com/google/snappy/blob/main/format_description.txt */
#pragma once
#include "buffer.h"

#define SNAPPY_FRAGMENT 65536 /* is pressed by itself */

/* As one block, of any length. */
void snappy_append(Buffer *out, Bytes bytes);
