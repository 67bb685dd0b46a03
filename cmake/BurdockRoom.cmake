# burdock_room(<room> [SHARED] [DIRECTORY <dir>] SOURCES ... [LINK ...] [PRIVATE_LINK ...])
#
# One room of the house becomes one library `burdock_<room>` (static, or shared where plugins need the very
# same one) whose only include path is a folder holding a link called <room> to its sources. A header is
# therefore written `#include "<room>/part/file.h"`, and including a room that is not linked does not compile.
function(burdock_room room)
    cmake_parse_arguments(ARG "SHARED" "DIRECTORY" "SOURCES;LINK;PRIVATE_LINK" ${ARGN})
    if(NOT ARG_DIRECTORY)
        set(ARG_DIRECTORY ${CMAKE_CURRENT_SOURCE_DIR})
    endif()
    set(root ${PROJECT_BINARY_DIR}/rooms/${room})
    file(MAKE_DIRECTORY ${root})
    file(CREATE_LINK ${ARG_DIRECTORY} ${root}/${room} SYMBOLIC)
    if(ARG_SHARED)
        add_library(burdock_${room} SHARED ${ARG_SOURCES})
        # Lets the compiler inline the library's own functions in spite of -fPIC.
        target_compile_options(burdock_${room} PRIVATE -fno-semantic-interposition)
        install(TARGETS burdock_${room} LIBRARY DESTINATION ${BURDOCK_INSTALL_LIBDIR})
    else()
        add_library(burdock_${room} STATIC ${ARG_SOURCES})
        burdock_precompile(burdock_${room})
    endif()
    set_target_properties(burdock_${room} PROPERTIES POSITION_INDEPENDENT_CODE ON UNITY_BUILD ${BURDOCK_UNITY})
    target_include_directories(burdock_${room} PUBLIC $<BUILD_INTERFACE:${root}>)
    target_link_libraries(burdock_${room} PUBLIC ${ARG_LINK} PRIVATE burdock_options ${ARG_PRIVATE_LINK})
endfunction()

# burdock_engine_part(<part> [ENTRIES] SOURCES ... [LINK ...])
#
# One folder of the engine becomes one target `burdock_engine_<part>` whose include path holds that folder alone;
# LINK names the parts that it may include, and libraries. ENTRIES: its files are entries, each the only one in its file
# to be called what all are called (`table`, `inferShape`). All parts together are the room `engine`.
function(burdock_engine_part part)
    cmake_parse_arguments(ARG "ENTRIES" "" "SOURCES;LINK" ${ARGN})
    set(root ${PROJECT_BINARY_DIR}/rooms/engine_${part})
    file(MAKE_DIRECTORY ${root}/engine)
    file(CREATE_LINK ${CMAKE_CURRENT_SOURCE_DIR}/${part} ${root}/engine/${part} SYMBOLIC)
    list(TRANSFORM ARG_SOURCES PREPEND ${part}/)
    set(target burdock_engine_${part})
    add_library(${target} OBJECT ${ARG_SOURCES})
    set_target_properties(${target} PROPERTIES POSITION_INDEPENDENT_CODE ON)
    if(NOT ARG_ENTRIES)
        set_target_properties(${target} PROPERTIES UNITY_BUILD ${BURDOCK_UNITY})
    endif()
    target_include_directories(${target} PUBLIC ${root})
    set(links)
    foreach(link IN LISTS ARG_LINK)
        if(TARGET burdock_engine_${link})
            set(link burdock_engine_${link})
        endif()
        list(APPEND links ${link})
    endforeach()
    target_link_libraries(${target} PUBLIC ${links} PRIVATE burdock_options OpenMP::OpenMP_CXX Threads::Threads)
    target_compile_options(${target} PRIVATE ${BURDOCK_OPTIONS_engine})
    target_precompile_headers(${target} REUSE_FROM burdock_precompiled_engine)
    list(APPEND BURDOCK_ENGINE_PARTS ${target})
    set(BURDOCK_ENGINE_PARTS ${BURDOCK_ENGINE_PARTS} PARENT_SCOPE)
endfunction()

# burdock_plugin(<name> SOURCES ... [LINK ...])
#
# A plugin that is shipped: a module in the build tree's plugin folder, installed beside the engine. Its
# metadata stand in <name>.json in the current folder.
function(burdock_plugin name)
    cmake_parse_arguments(ARG "" "" "SOURCES;LINK" ${ARGN})
    add_library(burdock_plugin_${name} MODULE ${ARG_SOURCES})
    set_target_properties(burdock_plugin_${name} PROPERTIES
        AUTOMOC ON
        PREFIX ""
        OUTPUT_NAME ${name}
        LIBRARY_OUTPUT_DIRECTORY ${BURDOCK_PLUGIN_BUILD_DIR}
        INSTALL_RPATH "$ORIGIN/..")
    burdock_precompile(burdock_plugin_${name})
    target_link_libraries(burdock_plugin_${name} PRIVATE burdock_options burdock_plugin_api ${ARG_LINK})
    install(TARGETS burdock_plugin_${name} LIBRARY DESTINATION ${BURDOCK_INSTALL_LIBDIR}/plugins)
    set_property(GLOBAL APPEND PROPERTY BURDOCK_PLUGINS burdock_plugin_${name})
endfunction()
