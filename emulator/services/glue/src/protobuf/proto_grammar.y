/* proto_grammar.y - .proto files, proto2 and proto3. Extensions and groups are read so that they can be refused by name. */
%name ProtoGrammar
%token_prefix PROTO_TOKEN_
%token_type {ProtoToken}
%extra_context {ProtoParser *parser}
%stack_size 400
%start_symbol file

%include {
#include "proto_parser.h"
#include "proto_grammar.h"
#include <assert.h>
#pragma GCC diagnostic ignored "-Wmissing-prototypes"
#pragma GCC diagnostic ignored "-Wunused-parameter"
}

%syntax_error { proto_syntax_error(parser); }
%stack_overflow { proto_refuse(parser, "It is nested too deeply", (Bytes){0}); }

/* Words are names, too, where the grammar has no other use for them. */
%fallback IDENT SYNTAX EDITION IMPORT PUBLIC WEAK PACKAGE OPTION MESSAGE ENUM ONEOF MAP RESERVED TO MAX OPTIONAL REQUIRED
          REPEATED GROUP EXTEND EXTENSIONS SERVICE RPC RETURNS STREAM.

file ::= statements.
statements ::= .
statements ::= statements statement.
statement ::= SYNTAX EQ STRING(A) SEMI.               { proto_syntax(parser, proto_unquote(parser, A.text)); }
statement ::= EDITION EQ STRING(A) SEMI.              { proto_refuse(parser, "Editions are not supported", A.text); }
statement ::= IMPORT import_kind STRING(A) SEMI.      { proto_import(parser, proto_unquote(parser, A.text)); }
statement ::= PACKAGE name(A) SEMI.                   { proto_package(parser, A); }
statement ::= option.
statement ::= message.
statement ::= enum.
statement ::= extend.
statement ::= service.
statement ::= SEMI.
import_kind ::= .
import_kind ::= PUBLIC.
import_kind ::= WEAK.

%type name {Bytes}
name(A) ::= IDENT(B).                                 { A = B.text; }
name(A) ::= name(B) DOT IDENT(C).                     { A = proto_join(B, C.text); }
%type type {Bytes}
type(A) ::= name(B).                                  { A = B; }
type(A) ::= DOT(B) name(C).                           { A = proto_join(bytes_slice(B.text, 0, 0), C); }

%type integer {int64_t}
integer(A) ::= INT(B).                                { A = proto_integer(parser, B.text, false); }
%type signed {int64_t}
signed(A) ::= integer(B).                             { A = B; }
signed(A) ::= MINUS INT(B).                           { A = proto_integer(parser, B.text, true); }

/* Options. Only default, packed and allow_alias mean anything here. */
option ::= OPTION option_name(A) EQ constant(B) SEMI. { proto_option(parser, A, B); }
%type option_name {Bytes}
option_name(A) ::= option_part(B).                    { A = B; }
option_name(A) ::= option_name DOT option_part.       { A = TEXT("."); }
%type option_part {Bytes}
option_part(A) ::= IDENT(B).                          { A = B.text; }
option_part(A) ::= LPAREN type RPAREN.                { A = TEXT("()"); }
%type constant {Bytes}
constant(A) ::= type(B).                              { A = B; }
constant(A) ::= number(B).                            { A = B; }
constant(A) ::= MINUS number(B).                      { A = B; }
constant(A) ::= PLUS number(B).                       { A = B; }
constant(A) ::= MINUS IDENT(B).                       { A = B.text; }
constant(A) ::= strings(B).                           { A = B; }
constant(A) ::= LBRACE texts RBRACE.                  { A = TEXT("{}"); }
%type number {Bytes}
number(A) ::= INT(B).                                 { A = B.text; }
number(A) ::= FLOAT(B).                               { A = B.text; }
%type strings {Bytes}
strings(A) ::= STRING(B).                             { A = B.text; }
strings(A) ::= strings(B) STRING.                     { A = B; }
/* The text format of messages, as far as its brackets are balanced. */
texts ::= .
texts ::= texts text.
text ::= IDENT.
text ::= INT.
text ::= FLOAT.
text ::= STRING.
text ::= DOT.
text ::= COMMA.
text ::= COLON.
text ::= SEMI.
text ::= MINUS.
text ::= SLASH.
text ::= LBRACE texts RBRACE.
text ::= LBRACKET texts RBRACKET.
text ::= LT texts GT.
options ::= .
options ::= LBRACKET option_list RBRACKET.
option_list ::= option_item.
option_list ::= option_list COMMA option_item.
option_item ::= option_name(A) EQ constant(B).        { proto_option(parser, A, B); }

message ::= message_head LBRACE elements RBRACE.      { proto_end_message(parser); }
message_head ::= MESSAGE IDENT(A).                    { proto_begin_message(parser, A.text); }
elements ::= .
elements ::= elements element.
element ::= field.
element ::= OPTIONAL field(A).                        { A->label = LABEL_OPTIONAL; }
element ::= REQUIRED field(A).                        { A->label = LABEL_REQUIRED; }
element ::= REPEATED field(A).                        { A->label = LABEL_REPEATED; }
element ::= group.
element ::= OPTIONAL group.
element ::= REQUIRED group.
element ::= REPEATED group.
element ::= map.
element ::= oneof.
element ::= option.
element ::= message.
element ::= enum.
element ::= extend.
element ::= EXTENSIONS ranges options SEMI.           { proto_refuse(parser, "Extensions are not supported", (Bytes){0}); }
element ::= RESERVED reserved SEMI.
element ::= SEMI.

%type field {ProtoField *}
field(A) ::= type(B) IDENT(C) EQ integer(D) options SEMI. { A = proto_field(parser, B, C.text, D); }
group ::= GROUP IDENT(A) EQ INT options LBRACE elements RBRACE.
                                                      { proto_refuse(parser, "Groups are not supported", A.text); }
map ::= MAP LT type(A) COMMA type(B) GT IDENT(C) EQ integer(D) options SEMI.
                                                      { proto_map(parser, A, B, proto_field(parser, B, C.text, D)); }

oneof ::= oneof_head LBRACE oneof_elements RBRACE.    { proto_end_oneof(parser); }
oneof_head ::= ONEOF IDENT(A).                        { proto_begin_oneof(parser, A.text); }
oneof_elements ::= .
oneof_elements ::= oneof_elements oneof_element.
oneof_element ::= field.
oneof_element ::= group.
oneof_element ::= option.
oneof_element ::= SEMI.

reserved ::= ranges.
reserved ::= reserved_names.
ranges ::= range.
ranges ::= ranges COMMA range.
range ::= signed(A).                                  { proto_reserve(parser, A, A); }
range ::= signed(A) TO signed(B).                     { proto_reserve(parser, A, B); }
range ::= signed(A) TO MAX.                           { proto_reserve(parser, A, INT32_MAX); }
reserved_names ::= STRING(A).                         { proto_reserve_name(parser, proto_unquote(parser, A.text)); }
reserved_names ::= reserved_names COMMA STRING(A).    { proto_reserve_name(parser, proto_unquote(parser, A.text)); }

enum ::= enum_head LBRACE values RBRACE.              { proto_end_enum(parser); }
enum_head ::= ENUM IDENT(A).                          { proto_begin_enum(parser, A.text); }
values ::= .
values ::= values value.
value ::= IDENT(A) EQ signed(B) options SEMI.         { proto_enum_value(parser, A.text, B); }
value ::= option.
value ::= RESERVED reserved SEMI.
value ::= SEMI.

extend ::= EXTEND type(A) LBRACE elements RBRACE.     { proto_refuse(parser, "Extensions are not supported", A); }

service ::= SERVICE IDENT LBRACE rpcs RBRACE.
rpcs ::= .
rpcs ::= rpcs rpc.
rpc ::= RPC IDENT LPAREN streamed RPAREN RETURNS LPAREN streamed RPAREN rpc_end.
rpc ::= option.
rpc ::= SEMI.
streamed ::= type.
streamed ::= STREAM type.
rpc_end ::= SEMI.
rpc_end ::= LBRACE rpc_options RBRACE.
rpc_options ::= .
rpc_options ::= rpc_options option.
rpc_options ::= rpc_options SEMI.

%code {
void proto_grammar_run(ProtoParser *parser)
{
    yyParser engine;
    const char *at = parser->text.ptr, *end = at + parser->text.len;
    ProtoGrammarInit(&engine, parser);
    do {
        parser->token = proto_token_next(&at, end);
        if (parser->token.type < 0)
            proto_syntax_error(parser);
        else
            ProtoGrammar(&engine, parser->token.type, parser->token);
    } while (parser->token.type > 0 && !present(parser->reason));
    ProtoGrammarFinalize(&engine);
}
}
