/* checksum.h - the checksums that S3 knows beside the ETag's MD5.
 * aws: User Guide, "Checking object integrity for data uploads". */
#pragma once
#include "crc64.h"
#include "errors.h"
#include <nettle/sha1.h>
#include <nettle/sha2.h>

typedef enum ChecksumAlgorithm {
    CHECKSUM_NONE,
    CHECKSUM_CRC32,
    CHECKSUM_CRC32C,
    CHECKSUM_CRC64NVME,
    CHECKSUM_SHA1,
    CHECKSUM_SHA256,
    CHECKSUMS_END
} ChecksumAlgorithm;
#define CHECKSUM_BYTES_MAX 32

/* Its name, or absent for CHECKSUM_NONE; what a name or a header "x-amz-checksum-crc32" says. */
Bytes checksum_name(ChecksumAlgorithm algorithm);
Bytes checksum_header(ChecksumAlgorithm algorithm);
ChecksumAlgorithm checksum_named(Bytes name);
ChecksumAlgorithm checksum_of_header(Bytes header);
size_t checksum_len(ChecksumAlgorithm algorithm);         /* bytes, before base64 */
const CrcKind *checksum_crc(ChecksumAlgorithm algorithm); /* NULL: it is none, and cannot be put together of parts' */
bool checksum_is_valid(ChecksumAlgorithm algorithm, Bytes base64);
/* What that base64 says, of a CRC that is valid; and back. */
uint64_t checksum_number(ChecksumAlgorithm algorithm, Bytes base64);
Bytes checksum_of_number(Arena *arena, ChecksumAlgorithm algorithm, uint64_t crc);

typedef struct Checksum {
    ChecksumAlgorithm algorithm;
    uint64_t crc;
    union {
        struct sha1_ctx sha1;
        struct sha256_ctx sha256;
    };
} Checksum;
void checksum_begin(Checksum *sum, ChecksumAlgorithm algorithm);
void checksum_add(Checksum *sum, Bytes bytes);
Bytes checksum_end(Checksum *sum, Arena *arena); /* base64 */

/* The one of several members "checksum_crc32" … that is there. */
typedef struct ChecksumGiven {
    ChecksumAlgorithm algorithm;
    Bytes value;
    int count; /* how many there are */
} ChecksumGiven;
#define CHECKSUM_GIVEN(in)                                                                                             \
    checksum_given((const Bytes[CHECKSUMS_END]){                                                                       \
        [CHECKSUM_CRC32] = (in)->checksum_crc32,                                                                       \
        [CHECKSUM_CRC32C] = (in)->checksum_crc32c,                                                                     \
        [CHECKSUM_CRC64NVME] = (in)->checksum_crc64nvme,                                                               \
        [CHECKSUM_SHA1] = (in)->checksum_sha1,                                                                         \
        [CHECKSUM_SHA256] = (in)->checksum_sha256,                                                                     \
    })
ChecksumGiven checksum_given(const Bytes values[static CHECKSUMS_END]);
/* The member of that algorithm becomes the value. */
#define CHECKSUM_TELL(out, algorithm, value)                                                                           \
    (*(algorithm == CHECKSUM_CRC32       ? &(out)->checksum_crc32                                                      \
       : algorithm == CHECKSUM_CRC32C    ? &(out)->checksum_crc32c                                                     \
       : algorithm == CHECKSUM_CRC64NVME ? &(out)->checksum_crc64nvme                                                  \
       : algorithm == CHECKSUM_SHA1      ? &(out)->checksum_sha1                                                       \
                                         : &(out)->checksum_sha256) = (value))
