/* multipart.h - uploads in parts: those that are open, and their parts. */
#pragma once
#include "object.h"

#define PARTS_MAX      10000
#define PART_BYTES_MIN (5LL << 20) /* of all but the last */

typedef struct Multipart {
    Bytes id, key;
    int64_t initiated_ms;
    int32_t algorithm; /* CHECKSUM_NONE: the client named none; CRC64NVME is kept then, of the whole */
    bool is_composite;
    Bytes storage_class, head;
} Multipart;

typedef struct Part {
    int64_t number, blob, size, modified_ms;
    Bytes etag, checksum;
} Part;

/* NoSuchUpload, also where it is of another key. */
MUST_CHECK Status multipart_for(Call *call, const Bucket *bucket, Bytes key, Bytes id, Multipart *ret_upload);
/* Of an upload of the bucket; absent: there is none of that id. */
MUST_CHECK Status multipart_key(Call *call, const Bucket *bucket, Bytes id, Bytes *ret_key);
MUST_CHECK Status multipart_add(Call *call, const Bucket *bucket, const Multipart *upload);
/* The upload and the rows of its parts; the parts' bytes too, unless they have become an object's. */
MUST_CHECK Status multipart_remove(Call *call, const Multipart *upload, bool with_bytes);
Bytes multipart_new_id(Call *call);
/* What its parts' checksums are, and whether they make one of the whole. */
ChecksumAlgorithm multipart_algorithm(const Multipart *upload);

MUST_CHECK Status part_number_check(Call *call, int64_t number);
/* In place of the one with its number. */
MUST_CHECK Status part_put(Call *call, const Multipart *upload, const Part *part);
/* At most `max` of them behind number `after`, in order. */
MUST_CHECK Status parts_list(Call *call, const Multipart *upload, int64_t after, size_t max, Part **ret_parts,
                             size_t *ret_count);

/* Uploads by key and id, behind these; one of `prefix`'s keys each. STORE_ROW while there is one. */
Statement *multiparts_begin(Call *call, const Bucket *bucket, Bytes key, Bytes id);
void multiparts_read(Call *call, Statement *row, Multipart *ret_upload);
