/* checksum.c */
#include "checksum.h"
#include "base64.h"
#include "crc32c.h"
#include <libdeflate.h>

static const struct Known {
    Bytes name, header;
    size_t len;
    const CrcKind *crc;
} known[CHECKSUMS_END] = {
    [CHECKSUM_CRC32] = {{"CRC32", 5}, {"x-amz-checksum-crc32", 20}, 4, &CRC_32},
    [CHECKSUM_CRC32C] = {{"CRC32C", 6}, {"x-amz-checksum-crc32c", 21}, 4, &CRC_32C},
    [CHECKSUM_CRC64NVME] = {{"CRC64NVME", 9}, {"x-amz-checksum-crc64nvme", 24}, 8, &CRC_64_NVME},
    [CHECKSUM_SHA1] = {{"SHA1", 4}, {"x-amz-checksum-sha1", 19}, SHA1_DIGEST_SIZE, NULL},
    [CHECKSUM_SHA256] = {{"SHA256", 6}, {"x-amz-checksum-sha256", 21}, SHA256_DIGEST_SIZE, NULL},
};

Bytes checksum_name(ChecksumAlgorithm algorithm)
{
    return known[algorithm].name;
}

Bytes checksum_header(ChecksumAlgorithm algorithm)
{
    return known[algorithm].header;
}

ChecksumAlgorithm checksum_named(Bytes name)
{
    for (ChecksumAlgorithm at = CHECKSUM_CRC32; at < CHECKSUMS_END; at++)
        if (bytes_equal_ignoring_case(name, known[at].name))
            return at;
    return CHECKSUM_NONE;
}

ChecksumAlgorithm checksum_of_header(Bytes header)
{
    for (ChecksumAlgorithm at = CHECKSUM_CRC32; at < CHECKSUMS_END; at++)
        if (bytes_equal_ignoring_case(header, known[at].header))
            return at;
    return CHECKSUM_NONE;
}

size_t checksum_len(ChecksumAlgorithm algorithm)
{
    return known[algorithm].len;
}

const CrcKind *checksum_crc(ChecksumAlgorithm algorithm)
{
    return known[algorithm].crc;
}

bool checksum_is_valid(ChecksumAlgorithm algorithm, Bytes base64)
{
    char decoded[CHECKSUM_BYTES_MAX + 3];
    return base64.len == base64_encoded_len(known[algorithm].len) &&
           base64_decode(decoded, base64) == (ptrdiff_t)known[algorithm].len;
}

uint64_t checksum_number(ChecksumAlgorithm algorithm, Bytes base64)
{
    unsigned char decoded[CHECKSUM_BYTES_MAX + 3];
    uint64_t number = 0;
    if (base64_decode((char *)decoded, base64) >= 0)
        for (size_t i = 0; i < known[algorithm].len; i++)
            number = number << 8 | decoded[i];
    return number;
}

Bytes checksum_of_number(Arena *arena, ChecksumAlgorithm algorithm, uint64_t crc)
{
    char digest[8];
    size_t len = known[algorithm].len;
    for (size_t i = 0; i < len; i++)
        digest[i] = (char)(crc >> 8 * (len - 1 - i));
    return base64_text(arena, (Bytes){digest, len});
}

void checksum_begin(Checksum *sum, ChecksumAlgorithm algorithm)
{
    sum->algorithm = algorithm;
    sum->crc = 0;
    if (algorithm == CHECKSUM_SHA1)
        sha1_init(&sum->sha1);
    if (algorithm == CHECKSUM_SHA256)
        sha256_init(&sum->sha256);
}

void checksum_add(Checksum *sum, Bytes bytes)
{
    switch (sum->algorithm) {
    case CHECKSUM_CRC32:
        sum->crc = libdeflate_crc32((uint32_t)sum->crc, bytes.ptr, bytes.len);
        break;
    case CHECKSUM_CRC32C:
        sum->crc = crc32c((uint32_t)sum->crc, bytes.ptr, bytes.len);
        break;
    case CHECKSUM_CRC64NVME:
        sum->crc = crc64nvme(sum->crc, bytes.ptr, bytes.len);
        break;
    case CHECKSUM_SHA1:
        sha1_update(&sum->sha1, bytes.len, (const uint8_t *)bytes.ptr);
        break;
    case CHECKSUM_SHA256:
        sha256_update(&sum->sha256, bytes.len, (const uint8_t *)bytes.ptr);
        break;
    case CHECKSUM_NONE:
    case CHECKSUMS_END:
        break;
    }
}

Bytes checksum_end(Checksum *sum, Arena *arena)
{
    uint8_t digest[CHECKSUM_BYTES_MAX];
    if (sum->algorithm == CHECKSUM_NONE)
        return (Bytes){0};
    if (checksum_crc(sum->algorithm))
        return checksum_of_number(arena, sum->algorithm, sum->crc);
    if (sum->algorithm == CHECKSUM_SHA1)
        sha1_digest(&sum->sha1, SHA1_DIGEST_SIZE, digest);
    else
        sha256_digest(&sum->sha256, SHA256_DIGEST_SIZE, digest);
    return base64_text(arena, (Bytes){(const char *)digest, checksum_len(sum->algorithm)});
}

ChecksumGiven checksum_given(const Bytes values[static CHECKSUMS_END])
{
    ChecksumGiven given = {0};
    for (ChecksumAlgorithm at = CHECKSUM_CRC32; at < CHECKSUMS_END; at++)
        if (present(values[at])) {
            given.algorithm = at;
            given.value = values[at];
            given.count++;
        }
    return given;
}
