/* proto_tokens.re - the words of .proto files. */
#include "proto_parser.h"
#include "proto_grammar.h"

ProtoToken proto_token_next(const char **at, const char *end)
{
    const unsigned char *YYCURSOR = (const unsigned char *)*at, *YYLIMIT = (const unsigned char *)end, *YYMARKER;
    const unsigned char *start;
    int type;

#define GIVE(type_) do { type = (type_); goto give; } while (0)

again:
    start = YYCURSOR;
    /*!re2c
    re2c:define:YYCTYPE = "unsigned char";
    re2c:yyfill:enable = 0;
    re2c:eof = 0;

    digits = [0-9]+;
    exponent = [eE] [+-]? digits;

    $                                   { GIVE(0); }
    [ \t\r\n\f\v]+                      { goto again; }
    "//" [^\n\x00]*                     { goto again; }
    "/*" ([^*\x00] | "*"+ [^*/\x00])* "*"+ "/" { goto again; }
    "syntax"                            { GIVE(PROTO_TOKEN_SYNTAX); }
    "edition"                           { GIVE(PROTO_TOKEN_EDITION); }
    "import"                            { GIVE(PROTO_TOKEN_IMPORT); }
    "public"                            { GIVE(PROTO_TOKEN_PUBLIC); }
    "weak"                              { GIVE(PROTO_TOKEN_WEAK); }
    "package"                           { GIVE(PROTO_TOKEN_PACKAGE); }
    "option"                            { GIVE(PROTO_TOKEN_OPTION); }
    "message"                           { GIVE(PROTO_TOKEN_MESSAGE); }
    "enum"                              { GIVE(PROTO_TOKEN_ENUM); }
    "oneof"                             { GIVE(PROTO_TOKEN_ONEOF); }
    "map"                               { GIVE(PROTO_TOKEN_MAP); }
    "reserved"                          { GIVE(PROTO_TOKEN_RESERVED); }
    "to"                                { GIVE(PROTO_TOKEN_TO); }
    "max"                               { GIVE(PROTO_TOKEN_MAX); }
    "optional"                          { GIVE(PROTO_TOKEN_OPTIONAL); }
    "required"                          { GIVE(PROTO_TOKEN_REQUIRED); }
    "repeated"                          { GIVE(PROTO_TOKEN_REPEATED); }
    "group"                             { GIVE(PROTO_TOKEN_GROUP); }
    "extend"                            { GIVE(PROTO_TOKEN_EXTEND); }
    "extensions"                        { GIVE(PROTO_TOKEN_EXTENSIONS); }
    "service"                           { GIVE(PROTO_TOKEN_SERVICE); }
    "rpc"                               { GIVE(PROTO_TOKEN_RPC); }
    "returns"                           { GIVE(PROTO_TOKEN_RETURNS); }
    "stream"                            { GIVE(PROTO_TOKEN_STREAM); }
    [A-Za-z_][A-Za-z0-9_]*              { GIVE(PROTO_TOKEN_IDENT); }
    "0" [xX] [0-9A-Fa-f]+ | digits      { GIVE(PROTO_TOKEN_INT); }
    digits "." digits? exponent? | "." digits exponent? | digits exponent { GIVE(PROTO_TOKEN_FLOAT); }
    (["] ([^"\\\n\x00] | "\\" [^\n\x00])* ["]) | (['] ([^'\\\n\x00] | "\\" [^\n\x00])* [']) { GIVE(PROTO_TOKEN_STRING); }
    ";"                                 { GIVE(PROTO_TOKEN_SEMI); }
    "="                                 { GIVE(PROTO_TOKEN_EQ); }
    "."                                 { GIVE(PROTO_TOKEN_DOT); }
    ","                                 { GIVE(PROTO_TOKEN_COMMA); }
    ":"                                 { GIVE(PROTO_TOKEN_COLON); }
    "/"                                 { GIVE(PROTO_TOKEN_SLASH); }
    "-"                                 { GIVE(PROTO_TOKEN_MINUS); }
    "+"                                 { GIVE(PROTO_TOKEN_PLUS); }
    "<"                                 { GIVE(PROTO_TOKEN_LT); }
    ">"                                 { GIVE(PROTO_TOKEN_GT); }
    "("                                 { GIVE(PROTO_TOKEN_LPAREN); }
    ")"                                 { GIVE(PROTO_TOKEN_RPAREN); }
    "["                                 { GIVE(PROTO_TOKEN_LBRACKET); }
    "]"                                 { GIVE(PROTO_TOKEN_RBRACKET); }
    "{"                                 { GIVE(PROTO_TOKEN_LBRACE); }
    "}"                                 { GIVE(PROTO_TOKEN_RBRACE); }
    *                                   { GIVE(-1); }
    */
give:
    *at = (const char *)YYCURSOR;
    return (ProtoToken){type, {(const char *)start, (size_t)(YYCURSOR - start)}};
}
