/* proto_parser.h - between the words (proto_tokens.re), the grammar (proto_grammar.y), what it builds (proto_build.c),
 * and what is looked at when all of it is there (proto_check.c). */
#pragma once
#include "protobuf.h"

typedef struct ProtoToken {
    int type;
    Bytes text;
} ProtoToken;

typedef struct ProtoParser {
    Arena *arena;
    ProtoFile *file;
    Bytes reason; /* present: it is none */
    Bytes definition;
    Bytes text;          /* a copy; names of several words are put together in it */
    ProtoToken token;    /* where the grammar is */
    ProtoMessage *scope; /* the message that is being read; NULL: the file */
    ProtoEnum *values;   /* the enum that is */
    ProtoOneof *oneof;   /* the oneof that is */
    int depth;
    /* options of the field or enum that is being read */
    bool has_default, is_packed, has_packed, allows_alias;
} ProtoParser;

/* The next word from *at on; type 0 at the end, -1 where nothing fits. *end is a NUL. */
ProtoToken proto_token_next(const char **at, const char *end);
void proto_grammar_run(ProtoParser *parser);

/* The grammar's actions. */
void proto_refuse(ProtoParser *parser, const char *what, Bytes name); /* the first counts */
void proto_syntax_error(ProtoParser *parser);
/* first.last, of two that stand in the text one after the other, white space between them or not. */
Bytes proto_join(Bytes first, Bytes last);
Bytes proto_unquote(ProtoParser *parser, Bytes literal);
int64_t proto_integer(ProtoParser *parser, Bytes digits, bool is_negative);
void proto_syntax(ProtoParser *parser, Bytes version);
void proto_import(ProtoParser *parser, Bytes path);
void proto_package(ProtoParser *parser, Bytes name);
void proto_option(ProtoParser *parser, Bytes name, Bytes value);
void proto_begin_message(ProtoParser *parser, Bytes name);
void proto_end_message(ProtoParser *parser);
void proto_begin_enum(ProtoParser *parser, Bytes name);
void proto_end_enum(ProtoParser *parser);
void proto_enum_value(ProtoParser *parser, Bytes name, int64_t number);
void proto_begin_oneof(ProtoParser *parser, Bytes name);
void proto_end_oneof(ProtoParser *parser);
ProtoField *proto_field(ProtoParser *parser, Bytes type, Bytes name, int64_t number);
void proto_map(ProtoParser *parser, Bytes key, Bytes value, ProtoField *field);
void proto_reserve(ProtoParser *parser, int64_t first, int64_t last);
void proto_reserve_name(ProtoParser *parser, Bytes name);

/* Names into types, and the rules that need them: proto_check.c. False: refused. */
bool proto_check(ProtoParser *parser);

/* proto_types.c: the types of the file are noted, then names find them. */
typedef struct ProtoTypes {
    ProtoParser *parser;
    Map *known; /* of Google's own files, by full name */
} ProtoTypes;
bool proto_types_note(ProtoTypes *types); /* false: a name is used twice */
/* The type that a field of `in` means by a name. NULL: none. */
const ProtoType *proto_types_find(ProtoTypes *types, const ProtoMessage *in, Bytes name);

/* proto_members.c: names and numbers of a message's fields, or of an enum's values. */
typedef struct ProtoMember {
    Bytes name;
    int64_t number;
} ProtoMember;
/* Sorts them. Each may answer the name of a member that is not as it should be; absent: none. */
Bytes proto_members_number_twice(ProtoMember *members, size_t count);
Bytes proto_members_number_reserved(Arena *arena, ProtoMember *members, size_t count, const ProtoReserved *reserved);
Bytes proto_members_name_twice(ProtoMember *members, size_t count);
Bytes proto_members_name_reserved(Arena *arena, ProtoMember *members, size_t count, const ProtoReserved *reserved);

/* Is it a file of Google's own; its messages and enums as "google.protobuf.Timestamp": known_types.c. */
bool proto_is_known_file(Bytes path);
bool proto_is_known_type(Bytes full_name, bool *ret_is_enum, Bytes *ret_file);
