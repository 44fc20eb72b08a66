/* chunked.c - aws-chunked bodies. However a body is cut, its data, its end and its trailer are the same. */
#include "chunked.h"
#include "buffer.h"
#include "fuzz.h"

static void read_body(Chunked *chunked, Bytes body, size_t step, Buffer *data)
{
    while (body.len) {
        Bytes piece, part = bytes_slice(body, 0, step < body.len ? step : body.len);
        body = bytes_slice(body, part.len, body.len - part.len);
        while (present(piece = chunked_next(chunked, &part)))
            buffer_append(data, piece);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static Chunked whole, pieces;
    Buffer one = {0}, other = {0};
    if (!size)
        return 0;
    whole = pieces = (Chunked){0};
    Bytes body = {(const char *)data + 1, size - 1};
    read_body(&whole, body, body.len ? body.len : 1, &one);
    read_body(&pieces, body, (size_t)data[0] + 1, &other);
    EXPECT(whole.state == pieces.state && bytes_equal(buffer_bytes(&one), buffer_bytes(&other)));
    EXPECT(whole.trailer_len == pieces.trailer_len && one.len <= body.len);
    (void)chunked_trailer(&whole, TEXT("x-amz-checksum-crc32"));
    buffer_done(&one);
    buffer_done(&other);
    return 0;
}
