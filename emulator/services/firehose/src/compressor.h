/* compressor.h - bytes into the form that a destination's CompressionFormat names, as they come. */
#pragma once
#include "buffer.h"

typedef struct Compressor Compressor;

/* Of many at once, each costs some 40 KiB instead of 270, and presses a little less. */
typedef enum CompressorSize { COMPRESSOR_WHOLE, COMPRESSOR_SMALL } CompressorSize;

/* format: of the model's enumeration. name: of the one file in a ZIP. */
Compressor *compressor_new(Bytes format, Bytes name, int64_t at_ms, CompressorSize size);
Compressor *compressor_free(Compressor *compressor);
void compressor_add(Compressor *compressor, Bytes bytes, Buffer *out);
void compressor_end(Compressor *compressor, Buffer *out);
/* ".gz"; empty for UNCOMPRESSED. */
const char *compression_extension(Bytes format);
/* Content-Encoding: "gzip"; NULL: none. */
const char *compression_encoding(Bytes format);
