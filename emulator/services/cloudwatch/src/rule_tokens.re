/* rule_tokens.re - the words of composite alarms' rules. */
#include "rule_parser.h"
#include "rule_grammar.h"

RuleToken rule_token(const char **at, const char *end)
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
    'AND'                    { GIVE(RULE_TOKEN_AND); }
    'OR'                     { GIVE(RULE_TOKEN_OR); }
    'NOT'                    { GIVE(RULE_TOKEN_NOT); }
    'TRUE'                   { GIVE(RULE_TOKEN_TRUE); }
    'FALSE'                  { GIVE(RULE_TOKEN_FALSE); }
    'ALARM' | 'OK' | 'INSUFFICIENT_DATA' { GIVE(RULE_TOKEN_STATE); }
    'AT_LEAST'               { GIVE(RULE_TOKEN_AT_LEAST); }
    "("                      { GIVE(RULE_TOKEN_OPEN); }
    ")"                      { GIVE(RULE_TOKEN_CLOSE); }
    ","                      { GIVE(RULE_TOKEN_COMMA); }
    ["] [^"\x00]* ["]        { GIVE(RULE_TOKEN_QUOTED); }
    ['] [^'\x00]* [']        { GIVE(RULE_TOKEN_QUOTED); }
    [^ \t\r\n(),"'\x00]+     { GIVE(RULE_TOKEN_NAME); }
    *                        { GIVE(-1); }
    */
give:
    *at = (const char *)YYCURSOR;
    return (RuleToken){type, {(const char *)start, (size_t)(YYCURSOR - start)}};
}
