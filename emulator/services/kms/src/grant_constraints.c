/* grant_constraints.c - the constraints of a grant as they lie in the store: a kind, a count, and the pairs, each text
 * behind its length. */
#include "grant.h"

typedef struct ContextKind {
    char letter;
    size_t offset;
} ContextKind;
static const ContextKind kinds[] = {
    {'e', offsetof(KmsGrantConstraints, encryption_context_equals)},
    {'s', offsetof(KmsGrantConstraints, encryption_context_subset)},
};

static const KmsEncryptionContextType *context_of(const KmsGrantConstraints *constraints, const ContextKind *kind)
{
    return (const void *)((const char *)constraints + kind->offset);
}

static char *write_number(char *out, size_t number)
{
    for (int shift = 24; shift >= 0; shift -= 8)
        *out++ = (char)(number >> shift);
    return out;
}

static char *write_text(char *out, Bytes text)
{
    out = write_number(out, text.len);
    if (text.len)
        memcpy(out, text.ptr, text.len);
    return out + text.len;
}

Bytes constraints_write(Arena *arena, const KmsGrantConstraints *constraints)
{
    size_t len = 5 + (constraints ? constraints->source_arn.len : 0);
    if (!constraints)
        return (Bytes){0};
    for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++) {
        const KmsEncryptionContextType *context = context_of(constraints, &kinds[k]);
        len += 5;
        for (size_t i = 0; i < context->len; i++)
            len += 8 + context->items[i].key.len + context->items[i].value.len;
    }
    char *bytes = arena_take(arena, len), *out = bytes;
    for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++) {
        const KmsEncryptionContextType *context = context_of(constraints, &kinds[k]);
        *out++ = kinds[k].letter;
        out = write_number(out, context->len);
        for (size_t i = 0; i < context->len; i++)
            out = write_text(write_text(out, context->items[i].key), context->items[i].value);
    }
    *out++ = 'a';
    out = write_text(out, constraints->source_arn);
    return (Bytes){bytes, (size_t)(out - bytes)};
}

static size_t read_number(Bytes *rest)
{
    size_t number = 0;
    for (size_t i = 0; i < 4 && rest->len; i++) {
        number = number << 8 | (unsigned char)*rest->ptr;
        *rest = bytes_slice(*rest, 1, rest->len - 1);
    }
    return number;
}

static Bytes read_text(Bytes *rest)
{
    size_t len = read_number(rest);
    if (len > rest->len)
        len = rest->len;
    Bytes text = bytes_slice(*rest, 0, len);
    *rest = bytes_slice(*rest, len, rest->len - len);
    return text;
}

KmsGrantConstraints *constraints_read(Arena *arena, Bytes text)
{
    if (!present(text) || !text.len)
        return NULL;
    KmsGrantConstraints *constraints = arena_new_of(arena, KmsGrantConstraints);
    for (size_t k = 0; k < sizeof kinds / sizeof *kinds && text.len; k++) {
        KmsEncryptionContextType *context = (void *)((char *)constraints + kinds[k].offset);
        text = bytes_slice(text, 1, text.len - 1);
        size_t count = read_number(&text);
        if (count > text.len)
            break;
        context->items = arena_new_array(arena, KmsEncryptionContextTypeEntry, count);
        for (context->len = 0; context->len < count; context->len++) {
            context->items[context->len].key = read_text(&text);
            context->items[context->len].value = read_text(&text);
        }
    }
    if (text.len > 1) {
        text = bytes_slice(text, 1, text.len - 1);
        Bytes arn = read_text(&text);
        if (arn.len)
            constraints->source_arn = arn;
    }
    return constraints;
}

static bool has_pair(const KmsEncryptionContextType *context, Bytes key, Bytes value)
{
    for (size_t i = 0; i < context->len; i++)
        if (bytes_equal(context->items[i].key, key) && bytes_equal(context->items[i].value, value))
            return true;
    return false;
}

static bool has_pairs(const KmsEncryptionContextType *context, const KmsEncryptionContextType *wanted)
{
    for (size_t i = 0; i < wanted->len; i++)
        if (!has_pair(context, wanted->items[i].key, wanted->items[i].value))
            return false;
    return true;
}

/* aws: GrantConstraints: the subset "allows … only when the encryption context … includes" it, "Equals" when it is it.
 */
bool constraints_hold(Arena *arena, Bytes text, const KmsEncryptionContextType *context)
{
    const KmsGrantConstraints *wanted = present(text) && text.len ? constraints_read(arena, text) : NULL;
    if (!wanted || !context)
        return true;
    const KmsEncryptionContextType *subset = &wanted->encryption_context_subset,
                                   *equals = &wanted->encryption_context_equals;
    if (wanted->source_arn.len || (subset->len && !has_pairs(context, subset)))
        return false;
    return !equals->len || (context->len == equals->len && has_pairs(context, equals));
}
