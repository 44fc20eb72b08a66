/* functions.h - those functions of expressions that have files of their own. */
#pragma once
#include "context.h"

#define INSIGHTS_JSON_DEPTH_MAX 100

/* text_functions.c */
Cell call_isempty(Context *context, const Node *node);
Cell call_isblank(Context *context, const Node *node);
Cell call_concat(Context *context, const Node *node);
Cell call_ltrim(Context *context, const Node *node);
Cell call_rtrim(Context *context, const Node *node);
Cell call_trim(Context *context, const Node *node);
Cell call_strlen(Context *context, const Node *node);
Cell call_toupper(Context *context, const Node *node);
Cell call_tolower(Context *context, const Node *node);
Cell call_substr(Context *context, const Node *node);
Cell call_replace(Context *context, const Node *node);
Cell call_strcontains(Context *context, const Node *node);

/* ip_functions.c */
Cell call_is_valid_ip(Context *context, const Node *node);
Cell call_is_valid_ipv4(Context *context, const Node *node);
Cell call_is_valid_ipv6(Context *context, const Node *node);
Cell call_is_ip_in_subnet(Context *context, const Node *node);
Cell call_is_ipv4_in_subnet(Context *context, const Node *node);
Cell call_is_ipv6_in_subnet(Context *context, const Node *node);
