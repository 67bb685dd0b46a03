# Headers that take longest to read, compiled once: `core` for what uses the engine, storage and Qt Core, `command` for
# what reads a command line besides, `window` for what draws. The engine has its own (see BurdockRoom.cmake). A folder chooses by BURDOCK_PRECOMPILED; sources
# still include all that they use.
file(WRITE ${PROJECT_BINARY_DIR}/precompiled/empty.cpp "")
foreach(kind IN ITEMS core command window)
    add_library(burdock_precompiled_${kind} OBJECT EXCLUDE_FROM_ALL ${PROJECT_BINARY_DIR}/precompiled/empty.cpp)
    set_target_properties(burdock_precompiled_${kind} PROPERTIES AUTOMOC OFF POSITION_INDEPENDENT_CODE ON)
    target_link_libraries(burdock_precompiled_${kind} PRIVATE burdock_options tl::expected nlohmann_json::nlohmann_json)
endforeach()
set(standard <algorithm> <array> <chrono> <cmath> <cstdint> <deque> <filesystem> <functional> <limits> <map> <memory>
    <mutex> <optional> <set> <span> <string> <string_view> <thread> <unordered_map> <variant> <vector>
    <tl/expected.hpp> <nlohmann/json.hpp>)
set(core ${standard} <armadillo>
    <QByteArray> <QCoreApplication> <QDateTime> <QDir> <QFile> <QHash> <QObject> <QPointer> <QRegularExpression> <QString>
    <QStringList> <QTimer> <QVariant> <QVector>)
target_link_libraries(burdock_precompiled_core PRIVATE Qt6::Core ${ARMADILLO_LIBRARIES})
target_precompile_headers(burdock_precompiled_core PRIVATE ${core})
find_package(CLI11 REQUIRED)
target_link_libraries(burdock_precompiled_command PRIVATE Qt6::Core ${ARMADILLO_LIBRARIES} CLI11::CLI11)
target_precompile_headers(burdock_precompiled_command PRIVATE ${core} <CLI/CLI.hpp>)
# CLI11 is all templates and inline functions, which nobody waits for when they run.
target_compile_options(burdock_precompiled_command PRIVATE $<$<CONFIG:Release>:-O1>)
target_link_libraries(burdock_precompiled_window PRIVATE Qt6::Widgets)
target_precompile_headers(burdock_precompiled_window PRIVATE ${standard} <QtWidgets>)

# burdock_precompile(<target>): lets the target's sources begin with what BURDOCK_PRECOMPILED names.
function(burdock_precompile target)
    target_precompile_headers(${target} REUSE_FROM burdock_precompiled_${BURDOCK_PRECOMPILED})
    # What was compiled for a library fits libraries' code only. GCC 12 reports concatenated strings wrongly (its bug
    # 105651) where their class comes precompiled.
    target_compile_options(${target} PRIVATE -fPIC -Wno-array-bounds)
    if(BURDOCK_PRECOMPILED STREQUAL "command")
        target_compile_options(${target} PRIVATE $<$<CONFIG:Release>:-O1>)
    endif()
endfunction()
