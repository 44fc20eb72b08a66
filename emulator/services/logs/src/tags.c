/* tags.c - what has tags: by its ARN. */
#include "tags.h"

static const TagTable table = {TAG_QUERIES("logs_tag", "arn", "?4"), .texts = 1};
static const Query forget = {"DELETE FROM logs_tag WHERE arn = ?1"};

TagOwner log_tags(Bytes arn)
{
    return (TagOwner){.table = &table, .texts = {arn}};
}

/* aws: CloudWatch Logs API Reference, TagResource: at most 50, none that begins with aws:. */
Status log_tags_check(Call *call, Tags tags)
{
    Bytes key;
    switch (tags_judge(tags, &key)) {
    case TAGS_TOO_MANY:
        return fail(call, &LOGS_INVALID_PARAMETER, "A resource cannot have more than %d tags.", TAGS_MAX);
    case TAGS_RESERVED:
        return fail(call, &LOGS_INVALID_PARAMETER, "Tag keys that begin with aws: are reserved for AWS.");
    case TAGS_DOUBLE:
        return fail(call, &LOGS_INVALID_PARAMETER, "The tag key " BYTES_FMT " is given more than once.",
                    BYTES_ARG(key));
    case TAGS_BAD_CHARACTER: /* the model's pattern says what they are made of */
    case TAGS_FINE:
        break;
    }
    return OK;
}

int log_tags_forget(const Scope *scope, Bytes arn)
{
    Statement *row = statement_begin(scope->store, &forget);
    bind_text(row, 1, arn);
    return statement_run(row);
}
