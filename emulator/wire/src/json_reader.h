/* json_reader.h - a pull reader over JSON text (RFC 8259). Nothing is built: strings without escapes point into the
 * body. */
#pragma once
#include "value.h"

typedef struct JsonReader {
    const char *at, *end, *start;
    Arena *arena;
    Bytes *message;
    int depth;
    bool is_strict; /* no null among items and values; a union has one member */
} JsonReader;

typedef enum JsonToken {
    JSON_NONE,
    JSON_STRING,
    JSON_NUMBER,
    JSON_TRUE,
    JSON_FALSE,
    JSON_NULL,
    JSON_OBJECT,
    JSON_ARRAY,
} JsonToken;

int json_malformed(JsonReader *reader);
extern const uint8_t json_tokens[256];

/* Bodies that programs write have none: that is seen at the first character. */
static inline void json_skip_space(JsonReader *reader)
{
    while (reader->at < reader->end && (unsigned char)*reader->at <= ' ' &&
           (*reader->at == ' ' || *reader->at == '\n' || *reader->at == '\r' || *reader->at == '\t'))
        reader->at++;
}

/* What comes next, behind white space; JSON_NONE: nothing that starts a value. */
static inline JsonToken json_peek(JsonReader *reader)
{
    json_skip_space(reader);
    return reader->at < reader->end ? (JsonToken)json_tokens[(unsigned char)*reader->at] : JSON_NONE;
}

/* The functions below take what json_peek announced: WIRE_OK or WIRE_MALFORMED. */
int json_take_string(JsonReader *reader, Bytes *ret);
/* The raw text between the quotes where nothing is escaped; escaped text comes unescaped. UTF-8 is not checked: for
 * base64. */
int json_take_raw_string(JsonReader *reader, Bytes *ret);
int json_take_number(JsonReader *reader, Bytes *ret); /* its text, of RFC 8259's form */
/* Here, so that the compiler knows the word. */
static inline int json_take_word(JsonReader *reader, const char *word)
{
    size_t len = strlen(word);
    if ((size_t)(reader->end - reader->at) < len || memcmp(reader->at, word, len) != 0)
        return json_malformed(reader);
    reader->at += len;
    return WIRE_OK;
}
int json_skip(JsonReader *reader); /* any value */
/* After '{' or '[' was taken: moves to the next member or element; *ret_more false at the end, which it takes. */
int json_open(JsonReader *reader);
int json_next_member(JsonReader *reader, bool is_first, bool *ret_more, Bytes *ret_name);
int json_next_element(JsonReader *reader, bool is_first, bool *ret_more);
int json_end(JsonReader *reader); /* nothing but white space is left */
