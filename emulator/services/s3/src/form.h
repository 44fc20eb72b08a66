/* form.h - multipart/form-data as it flows: fields are collected, the file goes where it is told. */
#pragma once
#include "call.h"

#define FORM_FIELDS_MAX 100
#define FORM_BYTES_MAX  20480 /* aws: MaxPostPreDataLengthExceeded: of what comes before the file */

typedef enum FormState { FORM_AFTER, FORM_HEAD, FORM_FIELD, FORM_FILE, FORM_END } FormState;

typedef struct Form {
    HttpSink file; /* never full */
    Bytes mark;    /* "\r\n--boundary" */
    FormState state;
    Buffer held; /* not taken apart yet */
    Arena *arena;
    Bytes name; /* of the part at hand */
    struct {
        Bytes name, value;
    } fields[FORM_FIELDS_MAX];
    size_t fields_count, fields_bytes;
    Bytes filename, file_type; /* of the file */
    bool has_file, is_malformed, is_too_large;
} Form;

/* Its boundary is that of the content type; false: it is no such form. */
bool form_begin(Form *form, Arena *arena, Bytes content_type);
void form_take(Form *form, Bytes bytes);
Bytes form_field(const Form *form, const char *name); /* in any case of letters; absent: there is none */
