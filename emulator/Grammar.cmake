# grammar(<name>): src/<name>_grammar.y and src/<name>_tokens.re become C, listed in `generated`.
find_program(LEMON lemon REQUIRED)
find_program(RE2C re2c REQUIRED)
function(grammar name)
  set(out ${CMAKE_CURRENT_BINARY_DIR}/${name})
  set(in ${CMAKE_CURRENT_SOURCE_DIR}/src/${name})
  add_custom_command(OUTPUT ${out}_grammar.c ${out}_grammar.h DEPENDS ${in}_grammar.y VERBATIM
    COMMAND ${LEMON} -q -s -d${CMAKE_CURRENT_BINARY_DIR} ${in}_grammar.y)
  add_custom_command(OUTPUT ${out}_tokens.c DEPENDS ${in}_tokens.re VERBATIM
    COMMAND ${RE2C} -W -i --no-generation-date -o ${out}_tokens.c ${in}_tokens.re)
  set_source_files_properties(${out}_grammar.c ${out}_tokens.c PROPERTIES
    COMPILE_OPTIONS "-Wno-unused;-Wno-sign-compare;-Wno-implicit-fallthrough")
  set(generated ${generated} ${out}_grammar.c ${out}_grammar.h ${out}_tokens.c PARENT_SCOPE)
endfunction()
