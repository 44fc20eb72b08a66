/* chunked.c */
#include "chunked.h"
#include "hex.h"
#include "signature.h"

#define SIZE_DIGITS_MAX 15

static bool read_size(Bytes line, uint64_t *ret_size)
{
    Bytes digits = bytes_cut(&line, ';');
    uint64_t size = 0;
    if (!digits.len || digits.len > SIZE_DIGITS_MAX)
        return false;
    for (size_t i = 0; i < digits.len; i++) {
        int digit = hex_digit(digits.ptr[i]);
        if (digit < 0)
            return false;
        size = size << 4 | (unsigned)digit;
    }
    *ret_size = size;
    return true;
}

static Bytes without_end(const Chunked *chunked)
{
    Bytes line = {chunked->line, chunked->line_len};
    while (line.len && (line.ptr[line.len - 1] == '\r' || line.ptr[line.len - 1] == '\n'))
        line.len--;
    return line;
}

/* "5;chunk-signature=<64 hex digits>" */
static void take_signature(Chunked *chunked, Bytes line)
{
    Bytes name = TEXT("chunk-signature=");
    memset(chunked->signature, 0, sizeof chunked->signature);
    (void)bytes_cut(&line, ';');
    if (bytes_starts_with(line, name) && line.len == name.len + sizeof chunked->signature)
        memcpy(chunked->signature, line.ptr + name.len, sizeof chunked->signature);
}

/* A chunk is there, or (of no bytes) the last. */
static ChunkedState checked(Chunked *chunked, ChunkedState next)
{
    Bytes signature = {chunked->signature, sizeof chunked->signature};
    return !chunked->chain || signature_chain_end(chunked->chain, signature) ? next : CHUNKED_FORGED;
}

/* The trailer's last line is its signature; what was signed are the lines before it. */
static ChunkedState checked_trailer(Chunked *chunked)
{
    Bytes name = TEXT("x-amz-trailer-signature"), signature = chunked_trailer(chunked, name);
    Bytes lines = {chunked->trailer, chunked->trailer_len};
    if (!chunked->chain || !chunked->trailer_len)
        return CHUNKED_END;
    for (size_t at = 0; at < lines.len;) {
        Bytes rest = bytes_slice(lines, at, lines.len - at), line = bytes_cut(&rest, '\n');
        if (line.len > name.len && bytes_equal_ignoring_case(bytes_slice(line, 0, name.len), name))
            lines.len = at;
        at += line.len + 1;
    }
    return present(signature) && signature_chain_trailer(chunked->chain, lines, signature) ? CHUNKED_END
                                                                                           : CHUNKED_FORGED;
}

static void end_line(Chunked *chunked)
{
    Bytes line = without_end(chunked);
    chunked->line_len = 0;
    if (chunked->state == CHUNKED_SIZE) {
        bool is_size = read_size(line, &chunked->left);
        take_signature(chunked, line);
        chunked->state = !is_size ? CHUNKED_BROKEN : chunked->left ? CHUNKED_DATA : checked(chunked, CHUNKED_TRAILER);
    } else if (!line.len) {
        chunked->state = checked_trailer(chunked);
    } else if (line.len + 1 > sizeof chunked->trailer - chunked->trailer_len) {
        chunked->state = CHUNKED_BROKEN;
    } else {
        memcpy(chunked->trailer + chunked->trailer_len, line.ptr, line.len);
        chunked->trailer_len += line.len;
        chunked->trailer[chunked->trailer_len++] = '\n';
    }
}

/* A line ends with \r\n: a \n alone may stand at the end of what a trailer says. */
static void take_line(Chunked *chunked, Bytes *rest)
{
    while (rest->len && (chunked->state == CHUNKED_SIZE || chunked->state == CHUNKED_TRAILER)) {
        char c = rest->ptr[0];
        *rest = bytes_slice(*rest, 1, rest->len - 1);
        if (chunked->line_len == sizeof chunked->line) {
            chunked->state = CHUNKED_BROKEN;
            return;
        }
        chunked->line[chunked->line_len++] = c;
        if (c == '\n' && chunked->line_len > 1 && chunked->line[chunked->line_len - 2] == '\r')
            end_line(chunked);
    }
}

static void take_mark(Chunked *chunked, Bytes *rest, char wanted, ChunkedState next)
{
    chunked->state = rest->ptr[0] == wanted ? next : CHUNKED_BROKEN;
    *rest = bytes_slice(*rest, 1, rest->len - 1);
}

Bytes chunked_next(Chunked *chunked, Bytes *rest)
{
    while (rest->len) {
        Bytes piece = *rest;
        switch (chunked->state) {
        case CHUNKED_DATA:
            if (piece.len > chunked->left)
                piece.len = (size_t)chunked->left;
            chunked->left -= piece.len;
            if (chunked->chain)
                signature_chain_add(chunked->chain, piece);
            *rest = bytes_slice(*rest, piece.len, rest->len - piece.len);
            if (!chunked->left)
                chunked->state = checked(chunked, CHUNKED_CR);
            return piece;
        case CHUNKED_CR:
            take_mark(chunked, rest, '\r', CHUNKED_LF);
            break;
        case CHUNKED_LF:
            take_mark(chunked, rest, '\n', CHUNKED_SIZE);
            break;
        case CHUNKED_SIZE:
        case CHUNKED_TRAILER:
            take_line(chunked, rest);
            break;
        case CHUNKED_END:
        case CHUNKED_BROKEN:
        case CHUNKED_FORGED:
            return (Bytes){0};
        }
    }
    return (Bytes){0};
}

Bytes chunked_trailer(const Chunked *chunked, Bytes name)
{
    Bytes rest = {chunked->trailer, chunked->trailer_len};
    while (present(rest) && rest.len) {
        Bytes value = bytes_cut(&rest, '\n');
        Bytes key = bytes_cut(&value, ':');
        if (!present(value) || !bytes_equal_ignoring_case(key, name))
            continue;
        while (value.len && value.ptr[0] == ' ')
            value = bytes_slice(value, 1, value.len - 1);
        return value;
    }
    return (Bytes){0};
}
