/* tagging.c - tags in whatever table. */
#include "tagging.h"
#include "bytes_index.h"

static bool is_reserved(Bytes key)
{
    static const char prefix[] = "aws:";
    for (size_t i = 0; i < sizeof prefix - 1; i++)
        if (i >= key.len || (key.ptr[i] | 0x20) != (prefix[i] | 0x20))
            return false;
    return true;
}

/* Other scripts pass: what is no ASCII is taken for a letter. */
static bool is_plain(Bytes text)
{
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.ptr[i];
        bool is_word = c >= 0x80 || (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
        if (!is_word && !(c && strchr(" _./=+-%@:", c)))
            return false;
    }
    return true;
}

static bool has_key(Tags tags, Bytes key)
{
    for (size_t i = 0; i < tags.len; i++)
        if (bytes_equal(tags.pairs[2 * i], key))
            return true;
    return false;
}

TagsFault tags_judge(Tags tags, Bytes *ret_key)
{
    if (tags.len > TAGS_MAX)
        return TAGS_TOO_MANY;
    for (size_t i = 0; i < tags.len; i++) {
        *ret_key = tags.pairs[2 * i];
        if (is_reserved(*ret_key))
            return TAGS_RESERVED;
        if (has_key((Tags){tags.pairs, i}, *ret_key))
            return TAGS_DOUBLE;
    }
    for (size_t i = 0; i < tags.len; i++) {
        *ret_key = tags.pairs[2 * i];
        if (!is_plain(*ret_key) || !is_plain(tags.pairs[2 * i + 1]))
            return TAGS_BAD_CHARACTER;
    }
    return TAGS_FINE;
}

static Statement *begin(const Scope *scope, const Query *query, const TagOwner *owner)
{
    Statement *statement = statement_begin(scope->store, query);
    int at = 4;
    for (int i = 0; i < owner->table->texts; i++)
        bind_text(statement, at++, owner->texts[i]);
    if (owner->table->has_id)
        bind_int64(statement, at, owner->id);
    return statement;
}

int tags_put(const Scope *scope, const TagOwner *owner, Tags tags)
{
    int code = STORE_OK;
    for (size_t i = 0; code == STORE_OK && i < tags.len; i++) {
        Bytes value = tags.pairs[2 * i + 1];
        Statement *put = begin(scope, &owner->table->put, owner);
        bind_text(put, 1, tags.pairs[2 * i]);
        bind_text(put, 2, present(value) ? value : TEXT(""));
        code = statement_run(put);
    }
    return code;
}

int tags_list(const Scope *scope, const TagOwner *owner, Bytes after, size_t limit, Tags *ret_tags)
{
    Bytes *pairs = arena_new_array(scope->arena, Bytes, 2 * limit);
    int code;
    size_t len = 0;
    Statement *row = begin(scope, &owner->table->list, owner);
    bind_text(row, 1, present(after) ? after : TEXT(""));
    bind_int64(row, 2, (int64_t)limit);
    for (; (code = statement_step(row)) == STORE_ROW; len++) {
        pairs[2 * len] = arena_copy(scope->arena, column_bytes(row, 0));
        pairs[2 * len + 1] = arena_copy(scope->arena, column_bytes(row, 1));
    }
    *ret_tags = (Tags){pairs, len};
    return code;
}

/* Those that are there are looked up, not those that are named: a request may name any number. */
int tags_remove(const Scope *scope, const TagOwner *owner, const Bytes *keys, size_t keys_count)
{
    Tags there;
    int code = tags_list(scope, owner, TEXT(""), TAGS_MAX, &there);
    BytesIndex named = bytes_index_of(scope->arena, keys, keys_count, sizeof *keys);
    for (size_t i = 0; code == STORE_OK && i < there.len; i++) {
        if (bytes_index_find(&named, there.pairs[2 * i]) < 0)
            continue;
        Statement *statement = begin(scope, &owner->table->remove, owner);
        bind_text(statement, 1, there.pairs[2 * i]);
        code = statement_run(statement);
    }
    return code;
}

int tags_count_with(const Scope *scope, const TagOwner *owner, Tags tags, size_t *ret_count)
{
    Tags there;
    int code = tags_list(scope, owner, TEXT(""), TAGS_MAX, &there);
    *ret_count = there.len;
    for (size_t i = 0; i < tags.len; i++)
        *ret_count += !has_key(there, tags.pairs[2 * i]);
    return code;
}
