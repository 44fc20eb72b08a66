/* pattern_tokens.re - the words of filter patterns. */
#include "pattern_parser.h"
#include "pattern_grammar.h"

#define GIVE(type_) do { type = (type_); goto give; } while (0)

/*!re2c
re2c:define:YYCTYPE = "unsigned char";
re2c:yyfill:enable = 0;
re2c:eof = 0;

space  = [ \t\r\n];
quoted = ["] ([^"\\\x00] | [\\] [^\x00])* ["];
regex  = "%" [^%\x00]+ "%";
digits = [0-9]+;
*/

PatternToken pattern_term_token(const char **at, const char *end)
{
    const unsigned char *YYCURSOR = (const unsigned char *)*at, *YYLIMIT = (const unsigned char *)end, *YYMARKER;
    const unsigned char *start;
    int type;

again:
    start = YYCURSOR;
    /*!re2c
    $                            { GIVE(0); }
    space+                       { goto again; }
    [-?]? quoted                 { GIVE(PATTERN_TOKEN_TERM); }
    regex                        { GIVE(PATTERN_TOKEN_TERM); }
    [-?]? [^ \t\r\n"%\x00] [^ \t\r\n"\x00]* { GIVE(PATTERN_TOKEN_TERM); }
    *                            { GIVE(-1); }
    */
give:
    *at = (const char *)YYCURSOR;
    return (PatternToken){type, {(const char *)start, (size_t)(YYCURSOR - start)}};
}

PatternToken pattern_condition_token(const char **at, const char *end)
{
    const unsigned char *YYCURSOR = (const unsigned char *)*at, *YYLIMIT = (const unsigned char *)end, *YYMARKER;
    const unsigned char *start;
    int type;

again:
    start = YYCURSOR;
    /*!re2c
    $                            { GIVE(0); }
    space+                       { goto again; }
    "{"                          { GIVE(PATTERN_TOKEN_OPEN_JSON); }
    "}"                          { GIVE(PATTERN_TOKEN_CLOSE_JSON); }
    "["                          { GIVE(PATTERN_TOKEN_OPEN_COLUMNS); }
    "]"                          { GIVE(PATTERN_TOKEN_CLOSE_COLUMNS); }
    "("                          { GIVE(PATTERN_TOKEN_OPEN); }
    ")"                          { GIVE(PATTERN_TOKEN_CLOSE); }
    ","                          { GIVE(PATTERN_TOKEN_COMMA); }
    "..."                        { GIVE(PATTERN_TOKEN_ELLIPSIS); }
    "&&"                         { GIVE(PATTERN_TOKEN_AND); }
    "||"                         { GIVE(PATTERN_TOKEN_OR); }
    "="                          { GIVE(PATTERN_TOKEN_EQ); }
    "!="                         { GIVE(PATTERN_TOKEN_NE); }
    "<"                          { GIVE(PATTERN_TOKEN_LT); }
    "<="                         { GIVE(PATTERN_TOKEN_LE); }
    ">"                          { GIVE(PATTERN_TOKEN_GT); }
    ">="                         { GIVE(PATTERN_TOKEN_GE); }
    "IS"                         { GIVE(PATTERN_TOKEN_IS); }
    "NOT"                        { GIVE(PATTERN_TOKEN_NOT); }
    "NULL"                       { GIVE(PATTERN_TOKEN_NULL); }
    "TRUE"                       { GIVE(PATTERN_TOKEN_TRUE); }
    "FALSE"                      { GIVE(PATTERN_TOKEN_FALSE); }
    "EXISTS"                     { GIVE(PATTERN_TOKEN_EXISTS); }
    "$" ("." [A-Za-z0-9_\-\x80-\xff]+ | "."? "['" [^'\x00]* "']" | "[" (digits | "*") "]")+ { GIVE(PATTERN_TOKEN_SELECTOR); }
    [+-]? (digits ("." digits?)? | "." digits) ([eE] [+-]? digits)? { GIVE(PATTERN_TOKEN_NUMBER); }
    quoted                       { GIVE(PATTERN_TOKEN_QUOTED); }
    regex                        { GIVE(PATTERN_TOKEN_REGEX); }
    [^$ \t\r\n,[\](){}=<>!&|"%\x00] [^ \t\r\n,[\](){}=<>!&|"%\x00]* { GIVE(PATTERN_TOKEN_WORD); }
    *                            { GIVE(-1); }
    */
give:
    *at = (const char *)YYCURSOR;
    return (PatternToken){type, {(const char *)start, (size_t)(YYCURSOR - start)}};
}
