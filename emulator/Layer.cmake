# layer(<name> USES <layer>... LIBRARIES <foreign library>...): one library per folder. What lies in the folder itself
# is public, what lies in src/ nobody else can include. USES may name only layers that exist already, so that a
# dependency upwards, or a cycle, stops the configuration. LIBRARIES stay private to the folder; PUBLIC_LIBRARIES
# are those whose types the folder's own headers name.
function(layer name)
  cmake_parse_arguments(ARG "" "" "USES;LIBRARIES;PUBLIC_LIBRARIES" ${ARGN})
  file(GLOB public CONFIGURE_DEPENDS *.h)
  file(GLOB sources CONFIGURE_DEPENDS src/*.c src/*/*.c)
  add_library(${name} STATIC ${sources})
  target_sources(${name} PUBLIC FILE_SET HEADERS BASE_DIRS ${CMAKE_CURRENT_SOURCE_DIR} FILES ${public})
  target_include_directories(${name} PRIVATE ${CMAKE_CURRENT_SOURCE_DIR}/src)
  foreach(used IN LISTS ARG_USES)
    if(NOT TARGET ${used})
      message(FATAL_ERROR "${name} uses ${used}, which is not below it in emulator/CMakeLists.txt")
    endif()
    target_link_libraries(${name} PUBLIC ${used})
  endforeach()
  target_link_libraries(${name} PRIVATE ${ARG_LIBRARIES} PUBLIC ${ARG_PUBLIC_LIBRARIES})
endfunction()
