# burdock_room(<room> [DIRECTORY <dir>] SOURCES ... [LINK ...] [PRIVATE_LINK ...] [SHARED_OBJECT])
#
# One room of the house becomes one static library `burdock_<room>` whose only include path is
# a folder holding a link called <room> to its sources. A header is therefore written
# `#include "<room>/part/file.h"`, and including a room that is not linked does not compile.
function(burdock_room room)
    cmake_parse_arguments(ARG "" "DIRECTORY" "SOURCES;LINK;PRIVATE_LINK" ${ARGN})
    if(NOT ARG_DIRECTORY)
        set(ARG_DIRECTORY ${CMAKE_CURRENT_SOURCE_DIR})
    endif()
    set(root ${PROJECT_BINARY_DIR}/rooms/${room})
    file(MAKE_DIRECTORY ${root})
    file(CREATE_LINK ${ARG_DIRECTORY} ${root}/${room} SYMBOLIC)
    add_library(burdock_${room} STATIC ${ARG_SOURCES})
    set_target_properties(burdock_${room} PROPERTIES POSITION_INDEPENDENT_CODE ON)
    target_include_directories(burdock_${room} PUBLIC $<BUILD_INTERFACE:${root}>)
    target_link_libraries(burdock_${room} PUBLIC ${ARG_LINK} PRIVATE burdock_options ${ARG_PRIVATE_LINK})
endfunction()
