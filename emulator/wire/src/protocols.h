/* protocols.h - pieces that rows share. */
#pragma once
#include "value.h"

/* X-Amz-Target: <target prefix>.<operation> */
bool target_names(Arena *arena, const HttpHead *head, Bytes body, WireTarget *ret);
/* Each as ,"Name":value. */
void json_append_error_fields(Buffer *out, const ErrorAnswer *error);
void json_encode_exception(Buffer *out, Bytes message);
/* <Name>value</Name> each. */
void xml_append_error_fields(Buffer *out, const ErrorAnswer *error);
