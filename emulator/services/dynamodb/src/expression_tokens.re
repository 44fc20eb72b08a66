/* expression_tokens.re - the words of expressions. */
#include "parser.h"
#include "expression_grammar.h"

Token token_next(const char **at, const char *end, bool is_update)
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

    $                        { GIVE(0); }
    [ \t\r\n]+               { goto again; }
    'AND'                    { GIVE(TOKEN_AND); }
    'OR'                     { GIVE(TOKEN_OR); }
    'NOT'                    { GIVE(TOKEN_NOT); }
    'BETWEEN'                { GIVE(TOKEN_BETWEEN); }
    'IN'                     { GIVE(TOKEN_IN); }
    'SET'                    { GIVE(is_update ? TOKEN_SET : TOKEN_NAME); }
    'REMOVE'                 { GIVE(is_update ? TOKEN_REMOVE : TOKEN_NAME); }
    'ADD'                    { GIVE(is_update ? TOKEN_ADD : TOKEN_NAME); }
    'DELETE'                 { GIVE(is_update ? TOKEN_DELETE : TOKEN_NAME); }
    [A-Za-z_][A-Za-z0-9_]*   { GIVE(TOKEN_NAME); }
    "#" [A-Za-z0-9_]+        { GIVE(TOKEN_NAME); }
    ":" [A-Za-z0-9_]+        { GIVE(TOKEN_VALUE); }
    [0-9]+                   { GIVE(TOKEN_INDEX); }
    "("                      { GIVE(TOKEN_OPEN); }
    ")"                      { GIVE(TOKEN_CLOSE); }
    "["                      { GIVE(TOKEN_OPEN_INDEX); }
    "]"                      { GIVE(TOKEN_CLOSE_INDEX); }
    "."                      { GIVE(TOKEN_DOT); }
    ","                      { GIVE(TOKEN_COMMA); }
    "="                      { GIVE(TOKEN_EQ); }
    "<>"                     { GIVE(TOKEN_NE); }
    "<"                      { GIVE(TOKEN_LT); }
    "<="                     { GIVE(TOKEN_LE); }
    ">"                      { GIVE(TOKEN_GT); }
    ">="                     { GIVE(TOKEN_GE); }
    "+"                      { GIVE(TOKEN_PLUS); }
    "-"                      { GIVE(TOKEN_MINUS); }
    [\xc2-\xf4][\x80-\xbf]+  { GIVE(-1); } /* a whole character: it is told */
    *                        { GIVE(-1); }
    */
give:
    *at = (const char *)YYCURSOR;
    return (Token){type, {(const char *)start, (size_t)(YYCURSOR - start)}};
}
