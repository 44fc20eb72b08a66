# assets(<layer> <folder> <name>): the files of <folder>, which lies in the layer's own, become `const Asset <name>[]`
# (call/asset.h) in the layer: path, type, bytes, their gzip form where that is smaller, and an ETag made of them.
#
# The same file is the script that makes the C source when a file has changed: only CMake is needed, and gzip if there is one.
if(NOT CMAKE_SCRIPT_MODE_FILE)
  set(ASSETS_SCRIPT ${CMAKE_CURRENT_LIST_FILE})
  find_program(GZIP gzip)
  function(assets layer folder name)
    file(GLOB_RECURSE files CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/${folder}/*)
    set(source ${CMAKE_CURRENT_BINARY_DIR}/${name}.c)
    add_custom_command(
      OUTPUT ${source} DEPENDS ${files} ${ASSETS_SCRIPT}
      COMMAND ${CMAKE_COMMAND} -DFOLDER=${CMAKE_CURRENT_SOURCE_DIR}/${folder} -DNAME=${name} -DSOURCE=${source} -DGZIP=${GZIP}
              -P ${ASSETS_SCRIPT}
      COMMENT "Embedding ${folder}" VERBATIM)
    target_sources(${layer} PRIVATE ${source})
  endfunction()
  return()
endif()

# | is what a list of CMake cannot hold.
set(types html "text/html| charset=utf-8" css "text/css| charset=utf-8" js "text/javascript| charset=utf-8"
    json application/json svg image/svg+xml png image/png ico image/x-icon woff2 font/woff2 txt "text/plain| charset=utf-8")

# Sets bytes_length to how many they are.
function(append_bytes file array)
  file(READ ${file} hex HEX)
  string(LENGTH "${hex}" length)
  math(EXPR length "${length} / 2")
  string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," bytes "${hex}")
  string(REGEX REPLACE "(....................................................................................................)" "\\1\n" bytes "${bytes}")
  file(APPEND ${SOURCE} "static const unsigned char ${array}[] = {\n${bytes}0};\n")
  set(bytes_length ${length} PARENT_SCOPE)
endfunction()

file(GLOB_RECURSE files RELATIVE ${FOLDER} ${FOLDER}/*)
list(SORT files)
file(WRITE ${SOURCE} "/* Made by Assets.cmake of ${NAME}'s files. */\n#include \"asset.h\"\n\nextern const Asset ${NAME}[];\n")
set(rows "")
set(number 0)
foreach(file IN LISTS files)
  get_filename_component(extension ${file} LAST_EXT)
  string(SUBSTRING "${extension}." 1 -1 extension)
  string(REPLACE "." "" extension "${extension}")
  list(FIND types "${extension}" at)
  if(at EQUAL -1)
    message(FATAL_ERROR "${file}: Assets.cmake knows no type for it")
  endif()
  math(EXPR at "${at} + 1")
  list(GET types ${at} type)
  string(REPLACE "|" ";" type "${type}")
  file(SHA256 ${FOLDER}/${file} hash)
  string(SUBSTRING ${hash} 0 16 etag)
  append_bytes(${FOLDER}/${file} bytes_${number})
  set(row "    {\"${file}\", \"${type}\", \"\\\"${etag}\\\"\", {(const char *)bytes_${number}, ${bytes_length}}")
  set(plain ${bytes_length})
  set(result 1)
  if(GZIP)
    execute_process(COMMAND ${GZIP} -9 -n -c ${FOLDER}/${file} OUTPUT_FILE ${SOURCE}.gz RESULT_VARIABLE result)
  endif()
  if(result EQUAL 0)
    file(SIZE ${SOURCE}.gz packed)
    if(packed LESS plain)
      append_bytes(${SOURCE}.gz packed_${number})
      string(APPEND row ", {(const char *)packed_${number}, ${bytes_length}}")
    endif()
    file(REMOVE ${SOURCE}.gz)
  endif()
  string(APPEND rows "${row}},\n")
  math(EXPR number "${number} + 1")
endforeach()
file(APPEND ${SOURCE} "\nconst Asset ${NAME}[] = {\n${rows}    {0},\n};\n")
