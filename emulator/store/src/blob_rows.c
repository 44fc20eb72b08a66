/* blob_rows.c - what the database knows of blobs: pieces, extents, and what was dropped.
 *
 * A dropped blob's rows stay until nobody holds it; then they go, some at a commit. So whoever reads needs no copy of
 * them, and dropping costs the same for any length. */
#include "blob_internal.h"

#define PURGE_PIECES 512 /* at one commit */

static const Query new_blob = {"INSERT INTO blob (length, bytes) VALUES (?1, ?2)"};
static const Query find_blob = {
    "SELECT length FROM blob WHERE id = ?1 AND NOT EXISTS (SELECT 1 FROM blob_dropped WHERE id = ?1)"};
static const Query new_piece = {"INSERT INTO blob_piece (blob, at, place, skip, length) VALUES (?1, ?2, ?3, ?4, ?5)"};
static const Query find_piece = {
    "SELECT at, place, skip, length FROM blob_piece WHERE blob = ?1 AND at <= ?2 ORDER BY at DESC LIMIT 1"};
static const Query new_extent = {"INSERT INTO blob_extent (place, length, pieces, sums) VALUES (?1, ?2, 0, ?3)"};
static const Query share_extent = {"UPDATE blob_extent SET pieces = pieces + 1 WHERE place = ?1"};

int blob_row_new(Store *store, uint64_t length, Bytes bytes, int64_t *ret_id)
{
    Statement *statement = statement_begin(store, &new_blob);
    bind_int64(statement, 1, (int64_t)length);
    bind_bytes(statement, 2, bytes);
    int code = statement_run(statement);
    *ret_id = store_last_rowid(store);
    return code;
}

int blob_row_extent(Store *store, Span extent, Bytes sums)
{
    Statement *statement = statement_begin(store, &new_extent);
    bind_int64(statement, 1, (int64_t)extent.place);
    bind_int64(statement, 2, (int64_t)extent.length);
    bind_bytes(statement, 3, sums);
    return statement_run(statement);
}

int blob_row_piece(Store *store, int64_t id, const Piece *piece)
{
    Statement *share = statement_begin(store, &share_extent);
    bind_int64(share, 1, (int64_t)piece->place);
    int code = statement_run(share);
    if (code != STORE_OK)
        return code;
    Statement *statement = statement_begin(store, &new_piece);
    bind_int64(statement, 1, id);
    bind_int64(statement, 2, (int64_t)piece->at);
    bind_int64(statement, 3, (int64_t)piece->place);
    bind_int64(statement, 4, (int64_t)piece->skip);
    bind_int64(statement, 5, (int64_t)piece->length);
    return statement_run(statement);
}

int blob_row_find_piece(Store *store, int64_t id, uint64_t at, Piece *ret_piece)
{
    Statement *statement = statement_begin(store, &find_piece);
    bind_int64(statement, 1, id);
    bind_int64(statement, 2, (int64_t)at);
    int code = statement_one(statement);
    if (code != STORE_ROW)
        return code;
    *ret_piece = (Piece){
        .at = (uint64_t)column_int64(statement, 0),
        .place = (uint64_t)column_int64(statement, 1),
        .skip = (uint64_t)column_int64(statement, 2),
        .length = (uint64_t)column_int64(statement, 3),
    };
    statement_end(statement);
    return at - ret_piece->at < ret_piece->length ? STORE_OK : STORE_NOT_FOUND;
}

int blob_row_inline(Store *store, int64_t id, uint64_t at, char *to, size_t *len)
{
    static const Query read = {"SELECT bytes FROM blob WHERE id = ?1"};
    Statement *statement = statement_begin(store, &read);
    bind_int64(statement, 1, id);
    int code = statement_one(statement);
    if (code != STORE_ROW)
        return code;
    Bytes bytes = column_bytes(statement, 0);
    code = present(bytes) && at <= bytes.len ? STORE_OK : STORE_NOT_FOUND;
    if (code == STORE_OK) {
        *len = *len < bytes.len - at ? *len : bytes.len - (size_t)at;
        memcpy(to, bytes.ptr + at, *len);
    }
    statement_end(statement);
    return code;
}

int blob_row_sums(Store *store, uint64_t place, uint64_t *ret_length, Buffer *sums)
{
    static const Query read = {"SELECT length, sums FROM blob_extent WHERE place = ?1"};
    Statement *statement = statement_begin(store, &read);
    bind_int64(statement, 1, (int64_t)place);
    int code = statement_one(statement);
    if (code != STORE_ROW)
        return code;
    *ret_length = (uint64_t)column_int64(statement, 0);
    sums->len = 0;
    buffer_append(sums, column_bytes(statement, 1));
    statement_end(statement);
    return STORE_OK;
}

int blob_find(Store *store, int64_t id, uint64_t *ret_length)
{
    bool was_in_turn = store->in_turn;
    Statement *statement = statement_begin(store, &find_blob);
    bind_int64(statement, 1, id);
    int code = statement_one(statement);
    if (code == STORE_ROW) {
        *ret_length = (uint64_t)column_int64(statement, 0);
        statement_end(statement);
        code = STORE_OK;
    }
    blob_leave(store, was_in_turn);
    return code;
}

/* Join */

/* Bytes that lie in a row get an extent of their own. */
static int join_inline(Store *store, const BlobSlice *slice, int64_t id, uint64_t at)
{
    char bytes[BLOB_INLINE_BYTES];
    size_t len = (size_t)slice->length;
    BlobWriter *writer;
    int code = blob_row_inline(store, slice->id, slice->at, bytes, &len);
    if (code == STORE_OK)
        code = blob_begin(store, len, &writer);
    if (code != STORE_OK)
        return code;
    code = blob_write(writer, (Bytes){bytes, len});
    if (code == STORE_OK)
        code = blob_writer_flush(writer);
    if (code == STORE_OK)
        code = blob_writer_rows(writer, id, at);
    if (code == STORE_OK)
        blob_writer_is_kept(writer, id);
    blob_writer_free(writer);
    return code;
}

static int join_pieces(Store *store, const BlobSlice *slice, int64_t id, uint64_t at)
{
    int code = STORE_OK;
    for (uint64_t done = 0; code == STORE_OK && done < slice->length;) {
        Piece piece;
        uint64_t from = slice->at + done;
        code = blob_row_find_piece(store, slice->id, from, &piece);
        if (code != STORE_OK)
            return code;
        uint64_t skipped = from - piece.at, length = piece.length - skipped;
        piece = (Piece){at + done, piece.place, piece.skip + skipped,
                        length < slice->length - done ? length : slice->length - done};
        code = blob_row_piece(store, id, &piece);
        done += piece.length;
    }
    return code;
}

static int join_one(Store *store, const BlobSlice *slice, int64_t id, uint64_t at)
{
    Piece piece;
    if (!slice->length)
        return STORE_OK;
    int code = blob_row_find_piece(store, slice->id, slice->at, &piece);
    return code == STORE_NOT_FOUND ? join_inline(store, slice, id, at)
           : code == STORE_OK      ? join_pieces(store, slice, id, at)
                                   : code;
}

static int check_slices(Store *store, const BlobSlice *slices, size_t count, uint64_t *ret_length)
{
    *ret_length = 0;
    for (size_t i = 0; i < count; i++) {
        uint64_t length = 0;
        int code = blob_find(store, slices[i].id, &length);
        if (code != STORE_OK)
            return code;
        if (slices[i].at > length || slices[i].length > length - slices[i].at)
            return STORE_NOT_FOUND;
        *ret_length += slices[i].length;
    }
    return STORE_OK;
}

/* A small one lies in its row, wherever its pieces did. */
static int join_small(Store *store, const BlobSlice *slices, size_t count, int64_t *ret_id)
{
    char bytes[BLOB_INLINE_BYTES];
    size_t len = 0;
    for (size_t i = 0; i < count; i++) {
        Blob *blob;
        size_t read = 0;
        int code = blob_hold(store, slices[i].id, &blob);
        if (code == STORE_OK)
            code = blob_read(blob, slices[i].at, bytes + len, (size_t)slices[i].length, &read);
        blob_let_go(blob);
        if (code != STORE_OK)
            return code;
        len += read;
    }
    return blob_row_new(store, len, (Bytes){bytes, len}, ret_id);
}

int blob_join(Store *store, const BlobSlice *slices, size_t count, int64_t *ret_id)
{
    uint64_t length, at = 0;
    int64_t id = 0;
    int code = check_slices(store, slices, count, &length);
    if (code != STORE_OK)
        return code;
    if (length <= BLOB_INLINE_BYTES)
        return join_small(store, slices, count, ret_id);
    code = blob_row_new(store, length, (Bytes){0}, &id);
    for (size_t i = 0; code == STORE_OK && i < count; at += slices[i++].length)
        code = join_one(store, &slices[i], id, at);
    if (code == STORE_OK)
        *ret_id = id;
    return code;
}

/* Drop */

int blob_drop(Store *store, int64_t id)
{
    static const Query drop = {"INSERT OR IGNORE INTO blob_dropped (id) SELECT id FROM blob WHERE id = ?1"};
    Statement *statement = statement_begin(store, &drop);
    bind_int64(statement, 1, id);
    int code = statement_run(statement);
    if (code != STORE_OK)
        return code;
    store->blobs->has_dropped = true;
    return store_changes(store) ? STORE_OK : STORE_NOT_FOUND;
}

/* One piece less of an extent; it goes with its last. */
static int release_extent(Blobs *blobs, uint64_t place)
{
    static const Query release = {
        "UPDATE blob_extent SET pieces = pieces - 1 WHERE place = ?1 RETURNING pieces, length"};
    static const Query remove = {"DELETE FROM blob_extent WHERE place = ?1"};
    Statement *statement = statement_begin(blobs->store, &release);
    bind_int64(statement, 1, (int64_t)place);
    int code = statement_one(statement);
    if (code != STORE_ROW)
        return code < 0 ? code : STORE_OK;
    int64_t pieces = column_int64(statement, 0);
    Span extent = {place, blob_rounded((uint64_t)column_int64(statement, 1))};
    statement_end(statement);
    if (pieces > 0)
        return STORE_OK;
    statement = statement_begin(blobs->store, &remove);
    bind_int64(statement, 1, (int64_t)place);
    buffer_append(&blobs->freed, (Bytes){(const char *)&extent, sizeof extent});
    return statement_run(statement);
}

/* STORE_ROW: there may be more pieces. */
static int purge_piece(Blobs *blobs, int64_t id)
{
    static const Query remove = {"DELETE FROM blob_piece WHERE blob = ?1 AND at = (SELECT min(at) FROM blob_piece WHERE"
                                 " blob = ?1) RETURNING place"};
    Statement *statement = statement_begin(blobs->store, &remove);
    bind_int64(statement, 1, id);
    int code = statement_step(statement);
    if (code != STORE_ROW)
        return code;
    uint64_t place = (uint64_t)column_int64(statement, 0);
    statement_end(statement);
    code = release_extent(blobs, place);
    return code == STORE_OK ? STORE_ROW : code;
}

static int remove_rows(Store *store, int64_t id)
{
    static const Query remove_blob = {"DELETE FROM blob WHERE id = ?1"};
    static const Query remove_dropped = {"DELETE FROM blob_dropped WHERE id = ?1"};
    Statement *statement = statement_begin(store, &remove_blob);
    bind_int64(statement, 1, id);
    int code = statement_run(statement);
    if (code != STORE_OK)
        return code;
    statement = statement_begin(store, &remove_dropped);
    bind_int64(statement, 1, id);
    return statement_run(statement);
}

static int next_dropped(Store *store, int64_t *id)
{
    static const Query next = {"SELECT id FROM blob_dropped WHERE id > ?1 ORDER BY id LIMIT 1"};
    Statement *statement = statement_begin(store, &next);
    bind_int64(statement, 1, *id);
    int code = statement_one(statement);
    if (code != STORE_ROW)
        return code;
    *id = column_int64(statement, 0);
    statement_end(statement);
    return STORE_OK;
}

/* STORE_ROW: the budget is used up. */
static int purge_one(Blobs *blobs, int64_t id, int *pieces)
{
    int code = STORE_ROW;
    if (blob_is_held(blobs, id))
        return STORE_OK;
    while (code == STORE_ROW && (*pieces)-- > 0)
        code = purge_piece(blobs, id);
    return code == STORE_OK ? remove_rows(blobs->store, id) : code;
}

int blob_purge(Blobs *blobs)
{
    int64_t id = INT64_MIN;
    int code = STORE_OK, pieces = PURGE_PIECES;
    while (code == STORE_OK && (code = next_dropped(blobs->store, &id)) == STORE_OK)
        code = purge_one(blobs, id, &pieces);
    if (code == STORE_ROW)
        return STORE_OK;
    blobs->has_dropped = false;
    /* Not again and again, or every turn would fail for it. */
    blobs->is_purge_broken |= code == STORE_DAMAGED;
    return code < 0 ? code : STORE_OK;
}
