/* uri.c - URI templates of the REST protocols. */
#include "uri.h"
#include "text_value.h"
#include <stdlib.h>

#define SEGMENTS_MAX  16
#define CONSTANTS_MAX 4
#define NEEDS_MAX     8

typedef enum SegmentKind { SEGMENT_LITERAL, SEGMENT_LABEL, SEGMENT_GREEDY } SegmentKind;

typedef struct Segment {
    SegmentKind kind;
    Bytes text; /* the literal, or the label's name */
} Segment;

typedef struct Template {
    const char *method, *operation;
    Segment segments[SEGMENTS_MAX];
    size_t segments_count;
    struct Constant {
        Bytes name, value; /* value absent: any */
    } constants[CONSTANTS_MAX];
    size_t constants_count;
    struct Need {
        Bytes name;
        bool is_parameter; /* else a header field */
    } needs[NEEDS_MAX];
    size_t needs_count;
} Template;

struct UriTable {
    Template *templates; /* what says more first */
    size_t count;
};

static void add_segment(Template *to, Bytes text)
{
    if (to->segments_count == SEGMENTS_MAX)
        abort();
    Segment *segment = &to->segments[to->segments_count++];
    bool is_label = text.len > 2 && text.ptr[0] == '{';
    bool is_greedy = is_label && text.ptr[text.len - 2] == '+';
    segment->kind = is_greedy ? SEGMENT_GREEDY : is_label ? SEGMENT_LABEL : SEGMENT_LITERAL;
    segment->text = is_label ? bytes_slice(text, 1, text.len - (is_greedy ? 3 : 2)) : text;
}

/* "?uploadId x-amz-copy-source" */
static void read_needs(Template *to, Bytes needs)
{
    while (present(needs)) {
        Bytes name = bytes_cut(&needs, ' ');
        bool is_parameter = name.len && name.ptr[0] == '?';
        if (to->needs_count == NEEDS_MAX)
            abort();
        to->needs[to->needs_count++] =
            (struct Need){bytes_slice(name, is_parameter, name.len - is_parameter), is_parameter};
    }
}

static void read_template(Template *to, const struct OperationUri *uri)
{
    Bytes query = bytes_of(uri->uri), path = bytes_cut(&query, '?');
    *to = (Template){.method = uri->method, .operation = uri->operation};
    bytes_cut(&path, '/');
    while (present(path) && path.len)
        add_segment(to, bytes_cut(&path, '/'));
    while (present(query)) {
        Bytes value = bytes_cut(&query, '&'), name = bytes_cut(&value, '=');
        if (to->constants_count == CONSTANTS_MAX)
            abort();
        to->constants[to->constants_count++] = (struct Constant){name, value};
    }
    read_needs(to, bytes_of(uri->needs));
}

static int by_what_says_more(const void *a, const void *b)
{
    const Template *one = a, *other = b;
    for (size_t i = 0; i < one->segments_count && i < other->segments_count; i++)
        if (one->segments[i].kind != other->segments[i].kind)
            return (int)one->segments[i].kind - (int)other->segments[i].kind;
    if (one->segments_count != other->segments_count)
        return one->segments_count > other->segments_count ? -1 : 1;
    if (one->constants_count != other->constants_count)
        return one->constants_count > other->constants_count ? -1 : 1;
    if (one->needs_count != other->needs_count)
        return one->needs_count > other->needs_count ? -1 : 1;
    return strcmp(one->operation, other->operation);
}

UriTable *uri_table_new(const ServiceModel *service)
{
    UriTable *table = calloc(1, sizeof *table);
    for (const struct OperationUri *uri = service->uris; table && uri->method; uri++)
        table->count++;
    if (table)
        table->templates = calloc(table->count, sizeof *table->templates);
    if (!table || !table->templates)
        abort();
    for (size_t i = 0; i < table->count; i++)
        read_template(&table->templates[i], &service->uris[i]);
    qsort(table->templates, table->count, sizeof *table->templates, by_what_says_more);
    return table;
}

UriTable *uri_table_free(UriTable *table)
{
    if (table)
        free(table->templates);
    free(table);
    return NULL;
}

/* A query's parameter is there, with that value where one is wanted. */
static bool has_parameter(Bytes query, const struct Constant *wanted)
{
    while (present(query)) {
        Bytes value = bytes_cut(&query, '&'), name = bytes_cut(&value, '=');
        if (bytes_equal(name, wanted->name) &&
            (!present(wanted->value) || (present(value) && bytes_equal(value, wanted->value))))
            return true;
    }
    return false;
}

static bool has_constants(const Template *template, Bytes query)
{
    for (size_t i = 0; i < template->constants_count; i++)
        if (!has_parameter(query, &template->constants[i]))
            return false;
    return true;
}

static bool has_field(const HttpHead *head, Bytes name)
{
    for (size_t i = 0; i < head->headers_count; i++)
        if (bytes_equal(head->headers[i].name, name))
            return true;
    return false;
}

static bool has_needs(const Template *template, const HttpHead *head)
{
    for (size_t i = 0; i < template->needs_count; i++) {
        const struct Need *need = &template->needs[i];
        bool is_there = need->is_parameter ? has_parameter(head->query, &(struct Constant){need->name, (Bytes){0}})
                                           : has_field(head, need->name);
        if (!is_there)
            return false;
    }
    return true;
}

/* All that is left but the last segments, which are `left`. */
static bool take_greedily(size_t left, Bytes *rest, Bytes *ret_taken)
{
    *ret_taken = *rest;
    *rest = (Bytes){0};
    while (left--) {
        ptrdiff_t slash = bytes_find_last(*ret_taken, '/');
        if (slash < 0)
            return false;
        ret_taken->len = (size_t)slash;
        *rest = bytes_slice(*ret_taken, (size_t)slash + 1, 0);
    }
    return ret_taken->len > 0;
}

/* What of the path the segment takes; false: it does not fit. */
static bool takes(const Segment *segment, size_t left, Bytes *rest, Bytes *ret_taken)
{
    if (segment->kind == SEGMENT_GREEDY) {
        const char *end = rest->ptr + rest->len;
        bool fits = take_greedily(left, rest, ret_taken);
        if (present(*rest))
            rest->len = (size_t)(end - rest->ptr);
        return fits;
    }
    *ret_taken = bytes_cut(rest, '/');
    return segment->kind == SEGMENT_LITERAL ? bytes_equal(*ret_taken, segment->text) : ret_taken->len > 0;
}

static bool path_fits(const Template *template, Bytes path, Bytes ret_taken[static SEGMENTS_MAX])
{
    Bytes rest = path;
    bytes_cut(&rest, '/');
    for (size_t i = 0; i < template->segments_count; i++)
        if (!present(rest) || !takes(&template->segments[i], template->segments_count - i - 1, &rest, &ret_taken[i]))
            return false;
    return !present(rest) || !rest.len; /* one '/' at the end says nothing */
}

static bool take_labels(Arena *arena, const Template *template, const Bytes *taken, UriMatch *match)
{
    for (size_t i = 0; i < template->segments_count; i++) {
        const Segment *segment = &template->segments[i];
        if (segment->kind == SEGMENT_LITERAL)
            continue;
        if (match->labels_count == URI_LABELS_MAX)
            abort();
        UriLabel *label = &match->labels[match->labels_count++];
        label->name = segment->text;
        if (!percent_decode(arena, taken[i], false, &label->value))
            return false;
    }
    return true;
}

/* The two differ in nothing but what they need. */
static bool is_same_uri(const Template *one, const Template *other)
{
    bool is_same = one->segments_count == other->segments_count && one->constants_count == other->constants_count;
    for (size_t i = 0; is_same && i < one->segments_count; i++)
        is_same =
            one->segments[i].kind == other->segments[i].kind &&
            (one->segments[i].kind != SEGMENT_LITERAL || bytes_equal(one->segments[i].text, other->segments[i].text));
    return is_same;
}

/* Where the needs of none with this URI are there, the one that needs least is meant: it will say what is missing. */
static const Template *find(const UriTable *table, const HttpHead *head, bool *ret_is_other_method)
{
    Bytes taken[SEGMENTS_MAX];
    const Template *found = NULL;
    *ret_is_other_method = false;
    for (size_t i = 0; i < table->count; i++) {
        const Template *template = &table->templates[i];
        if (!path_fits(template, head->path, taken) || !has_constants(template, head->query))
            continue;
        if (!bytes_is(head->method, template->method)) {
            *ret_is_other_method = true;
            continue;
        }
        if (found && !is_same_uri(found, template))
            continue;
        found = template;
        if (has_needs(template, head))
            break;
    }
    return found;
}

UriMatch uri_match(const UriTable *table, Arena *arena, const HttpHead *head)
{
    Bytes taken[SEGMENTS_MAX] = {0};
    UriMatch match = {0};
    const Template *found = find(table, head, &match.is_other_method);
    if (!found)
        return match;
    match.is_other_method = false;
    if (path_fits(found, head->path, taken) && take_labels(arena, found, taken, &match))
        match.operation = found->operation;
    return match;
}
