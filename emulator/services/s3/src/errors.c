/* errors.c */
#include "errors.h"
#include <stddef.h>

static const Shape text = {.name = "String", .kind = KIND_STRING, .size = sizeof(Bytes), .min = NO_MIN, .max = NO_MAX};

#define PLACED(member, element, where)                                                                                 \
    {.name = {element, sizeof element - 1},                                                                            \
     .path = element,                                                                                                  \
     .shape = &text,                                                                                                   \
     .offset = offsetof(S3ErrorFields, member),                                                                        \
     .has_offset = NO_OFFSET,                                                                                          \
     .location = where},
#define FIELD(member, element)  PLACED(member, element, IN_BODY)
#define HEADER(member, element) PLACED(member, element, IN_HEADER)
static const Field fields[] = {S3_ERROR_FIELDS(FIELD) S3_ERROR_HEADERS(HEADER)};
#undef FIELD
#undef HEADER
static const Shape told = {.name = "Error",
                           .kind = KIND_STRUCTURE,
                           .size = sizeof(S3ErrorFields),
                           .min = NO_MIN,
                           .max = NO_MAX,
                           .fields = fields,
                           .fields_count = sizeof fields / sizeof *fields};

#define DEFINE(constant, code, status, message)                                                                        \
    const ErrorModel constant = {code, NULL, NULL, status, (status) < 500, "Message", &told};
S3_ERRORS(DEFINE)
#undef DEFINE

static const char *words_of(const ErrorModel *error)
{
#define WORDS(constant, code, status, message) {&constant, message},
    static const struct {
        const ErrorModel *error;
        const char *message;
    } words[] = {S3_ERRORS(WORDS)};
#undef WORDS
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (words[i].error == error)
            return words[i].message;
    return "";
}

Status deny(Call *call, const ErrorModel *error)
{
    return fail(call, error, "%s", words_of(error));
}

Status deny_in_words(Call *call, const ErrorModel *error, const char *words, const S3ErrorFields *told_fields)
{
    S3ErrorFields *kept = arena_new_of(call->arena, S3ErrorFields);
    *kept = *told_fields;
    return fail_with(call, error, kept, "%s", words ? words : words_of(error));
}

Bytes decimal(Call *call, int64_t number)
{
    return arena_text(call->arena, "%lld", (long long)number);
}
