/* saml.c - reads the response by its elements' names, whatever their prefixes are. An assertion that is encrypted, and
 * any second one, is passed by. */
#include "saml.h"
#include "base64.h"
#include "budget.h"
#include "wire.h"
#include "xml_tree.h"

#define ATTRIBUTES "https://aws.amazon.com/SAML/Attributes/"

static const XmlElement *child(const XmlElement *element, const char *name)
{
    const XmlElement *at = element ? element->first : NULL;
    while (at && !bytes_is(at->local_name, name))
        at = at->next;
    return at;
}

static Bytes attribute(const XmlElement *element, const char *name)
{
    for (const XmlAttribute *at = element ? element->attributes : NULL; at; at = at->next)
        if (bytes_is(at->name, name))
            return at->value;
    return (Bytes){0};
}

static bool is_space(char c)
{
    return c == ' ' || c == '\n' || c == '\r' || c == '\t';
}

static Bytes text_of(const XmlElement *element)
{
    Bytes text = element ? element->text : TEXT("");
    while (text.len && is_space(text.ptr[0]))
        text = bytes_slice(text, 1, text.len - 1);
    while (text.len && is_space(text.ptr[text.len - 1]))
        text.len--;
    return text;
}

static void add(Arena *arena, SamlList *list, Bytes text)
{
    if ((list->len & (list->len - 1)) == 0) { /* full: room doubles */
        size_t room = list->len ? 2 * list->len : 1;
        list->items = arena_grown(arena, list->items, list->len * sizeof *list->items, room * sizeof *list->items);
    }
    list->items[list->len++] = text;
}

static void add_all(Arena *arena, SamlList *list, const XmlElement *named)
{
    for (const XmlElement *value = named->first; value; value = value->next)
        if (bytes_is(value->local_name, "AttributeValue"))
            add(arena, list, text_of(value));
}

static void read_attribute(Arena *arena, const XmlElement *named, SamlResponse *response)
{
    Bytes name = attribute(named, "Name"), value = text_of(child(named, "AttributeValue"));
    if (!bytes_starts_with(name, TEXT(ATTRIBUTES)))
        return;
    name = bytes_slice(name, sizeof ATTRIBUTES - 1, name.len - (sizeof ATTRIBUTES - 1));
    if (bytes_is(name, "Role")) {
        add_all(arena, &response->roles, named);
    } else if (bytes_is(name, "TransitiveTagKeys")) {
        add_all(arena, &response->transitive, named);
    } else if (bytes_is(name, "RoleSessionName")) {
        response->session_name = value;
    } else if (bytes_is(name, "SessionDuration")) {
        response->session_duration = value;
    } else if (bytes_is(name, "SourceIdentity")) {
        response->source_identity = value;
    } else if (bytes_starts_with(name, TEXT("PrincipalTag:"))) {
        add(arena, &response->tag_keys, bytes_slice(name, 13, name.len - 13));
        add(arena, &response->tag_values, value);
    }
}

static void note_end(SamlResponse *response, const XmlElement *element)
{
    int64_t ms;
    Bytes time = attribute(element, "NotOnOrAfter");
    if (present(time) && time_read(TIME_ISO_8601, time, &ms) && ms < response->expires_ms)
        response->expires_ms = ms;
}

static void read_subject(const XmlElement *assertion, SamlResponse *response)
{
    const XmlElement *subject = child(assertion, "Subject"), *name = child(subject, "NameID");
    const XmlElement *confirmed = child(child(subject, "SubjectConfirmation"), "SubjectConfirmationData");
    Bytes format = attribute(name, "Format");
    response->subject = text_of(name);
    response->subject_type = TEXT("unspecified");
    if (present(format)) {
        size_t from = (size_t)(bytes_find_last(format, ':') + 1);
        response->subject_type = bytes_slice(format, from, format.len - from);
    }
    response->recipient = attribute(confirmed, "Recipient");
    note_end(response, confirmed);
}

static bool read_assertion(Arena *arena, const XmlElement *assertion, SamlResponse *response)
{
    const XmlElement *conditions = child(assertion, "Conditions");
    response->expires_ms = INT64_MAX;
    response->issuer = text_of(child(assertion, "Issuer"));
    response->audience = text_of(child(child(conditions, "AudienceRestriction"), "Audience"));
    read_subject(assertion, response);
    note_end(response, conditions);
    for (const XmlElement *part = assertion->first; part; part = part->next)
        for (const XmlElement *at = bytes_is(part->local_name, "AttributeStatement") ? part->first : NULL; at;
             at = at->next) {
            budget_work(arena, 20);
            if (bytes_is(at->local_name, "Attribute"))
                read_attribute(arena, at, response);
        }
    return response->issuer.len && response->subject.len;
}

/* Some senders break base64 into lines. */
static Bytes without_spaces(Arena *arena, Bytes text)
{
    char *copy = arena_take_raw(arena, text.len + 1);
    size_t len = 0;
    for (size_t i = 0; i < text.len; i++)
        if (!is_space(text.ptr[i]))
            copy[len++] = text.ptr[i];
    return (Bytes){copy, len};
}

bool saml_read(Arena *arena, Bytes text, SamlResponse *ret_response)
{
    Bytes encoded = without_spaces(arena, text);
    char *document = arena_take_raw(arena, base64_decoded_max(encoded.len) + 1);
    ptrdiff_t len = base64_decode(document, encoded);
    *ret_response = (SamlResponse){0};
    if (len <= 0)
        return false;
    const XmlElement *root = xml_tree(arena, (Bytes){document, (size_t)len});
    if (!root)
        return false;
    const XmlElement *assertion = bytes_is(root->local_name, "Assertion") ? root : child(root, "Assertion");
    return assertion && read_assertion(arena, assertion, ret_response);
}

bool saml_allows(const SamlResponse *response, Bytes role, Bytes provider)
{
    for (size_t i = 0; i < response->roles.len; i++) {
        Bytes second = response->roles.items[i];
        Bytes first = bytes_cut(&second, ',');
        if (!present(second))
            continue;
        while (second.len && is_space(second.ptr[0]))
            second = bytes_slice(second, 1, second.len - 1);
        if ((bytes_equal(first, role) && bytes_equal(second, provider)) ||
            (bytes_equal(first, provider) && bytes_equal(second, role)))
            return true;
    }
    return false;
}
