/* maths_tokens.re - the words of metric maths. */
#include "maths_node.h"
#include "maths_grammar.h"

MathsToken maths_token(const char **at, const char *end)
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
    'AND' | "&&"             { GIVE(MATHS_TOKEN_AND); }
    'OR' | "||"              { GIVE(MATHS_TOKEN_OR); }
    "=="                     { GIVE(MATHS_TOKEN_EQ); }
    "!="                     { GIVE(MATHS_TOKEN_NE); }
    "<"                      { GIVE(MATHS_TOKEN_LT); }
    "<="                     { GIVE(MATHS_TOKEN_LE); }
    ">"                      { GIVE(MATHS_TOKEN_GT); }
    ">="                     { GIVE(MATHS_TOKEN_GE); }
    "+"                      { GIVE(MATHS_TOKEN_PLUS); }
    "-"                      { GIVE(MATHS_TOKEN_MINUS); }
    "*"                      { GIVE(MATHS_TOKEN_TIMES); }
    "/"                      { GIVE(MATHS_TOKEN_DIVIDE); }
    "^"                      { GIVE(MATHS_TOKEN_POWER); }
    "("                      { GIVE(MATHS_TOKEN_OPEN); }
    ")"                      { GIVE(MATHS_TOKEN_CLOSE); }
    "["                      { GIVE(MATHS_TOKEN_OPEN_LIST); }
    "]"                      { GIVE(MATHS_TOKEN_CLOSE_LIST); }
    ","                      { GIVE(MATHS_TOKEN_COMMA); }
    ([0-9]+ ("." [0-9]*)? | "." [0-9]+) ([eE] [+-]? [0-9]+)? { GIVE(MATHS_TOKEN_NUMBER); }
    [A-Za-z_][A-Za-z0-9_]*   { GIVE(MATHS_TOKEN_NAME); }
    ['] [^'\x00]* [']        { GIVE(MATHS_TOKEN_TEXT); }
    ["] [^"\x00]* ["]        { GIVE(MATHS_TOKEN_TEXT); }
    *                        { GIVE(-1); }
    */
give:
    *at = (const char *)YYCURSOR;
    return (MathsToken){type, {(const char *)start, (size_t)(YYCURSOR - start)}};
}
