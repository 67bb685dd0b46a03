# Headers that many sources read, compiled once: `engine` for the engine itself, `core` for what uses the engine, storage
# and Qt Core, `window` for what draws, and `core_test` and `window_test` for tests of these. A folder chooses by
# BURDOCK_PRECOMPILED; sources still include all that they use.
#
# What is precompiled is not free: templates that inline functions of a header use are instantiated anew at the end of
# every source, used or not. Only what most sources of a kind need belongs here, and never a header that stands for
# many: all of <QtWidgets>, Armadillo or nlohmann/json cost each source half a second to a second, CLI11 three. Of our
# own headers those stand here that seldom change.
file(WRITE ${PROJECT_BINARY_DIR}/precompiled/empty.cpp "")
# CMake would have all of them taken for system headers, whose warnings nobody sees.
set(CMAKE_PCH_PROLOGUE "")
# Nobody asks errno after a square root, and with it no loop over roots could be vectorised. The compiler may inline
# the library's own functions in spite of -fPIC.
set(BURDOCK_OPTIONS_engine -fno-math-errno -fno-trapping-math -fno-semantic-interposition)
# Nobody waits for what these compute themselves. Nor for a test's own code: the time goes into what is tested.
set(BURDOCK_OPTIONS_core $<$<CONFIG:Release>:-O1>)
set(BURDOCK_OPTIONS_window $<$<CONFIG:Release>:-O2>) # with -O1 a canvas is drawn a twentieth slower
set(BURDOCK_OPTIONS_core_test $<$<CONFIG:Release>:-O0>)
set(BURDOCK_OPTIONS_window_test $<$<CONFIG:Release>:-O0>)
foreach(kind IN ITEMS engine core window core_test window_test)
    add_library(burdock_precompiled_${kind} OBJECT EXCLUDE_FROM_ALL ${PROJECT_BINARY_DIR}/precompiled/empty.cpp)
    set_target_properties(burdock_precompiled_${kind} PROPERTIES AUTOMOC OFF POSITION_INDEPENDENT_CODE ON)
    target_link_libraries(burdock_precompiled_${kind} PRIVATE burdock_options tl::expected nlohmann_json::nlohmann_json)
    target_compile_options(burdock_precompiled_${kind} PRIVATE ${BURDOCK_OPTIONS_${kind}})
    # The rooms' own libraries begin with what is made here, and cannot be linked to it.
    target_include_directories(burdock_precompiled_${kind} PRIVATE
        ${PROJECT_BINARY_DIR}/rooms/engine ${PROJECT_BINARY_DIR}/rooms/storage ${PROJECT_BINARY_DIR}/rooms/theme)
    target_precompile_headers(burdock_precompiled_${kind} PRIVATE
        <algorithm> <cmath> <functional> <map> <memory> <optional> <span> <string> <unordered_map> <vector>
        <tl/expected.hpp> [["engine/schema/layer_schema.h"]] [["engine/schema/registry.h"]])
endforeach()

find_package(OpenMP REQUIRED COMPONENTS CXX)
target_link_libraries(burdock_precompiled_engine PRIVATE OpenMP::OpenMP_CXX)

foreach(kind IN ITEMS core window core_test window_test)
    target_link_libraries(burdock_precompiled_${kind} PRIVATE Qt6::Core)
    target_precompile_headers(burdock_precompiled_${kind} PRIVATE
        [["engine/data/dataset.h"]] [["engine/graph/checked_network.h"]] [["storage/notebook/notebook.h"]]
        <QCoreApplication> <QDateTime> <QDir> <QFile> <QHash> <QPointer> <QTimer> <QVariant>)
endforeach()

foreach(kind IN ITEMS window window_test)
    target_link_libraries(burdock_precompiled_${kind} PRIVATE Qt6::Widgets)
    target_precompile_headers(burdock_precompiled_${kind} PRIVATE
        [["theme/theme.h"]]
        <QAction> <QApplication> <QBoxLayout> <QCheckBox> <QComboBox> <QKeyEvent> <QLabel> <QLineEdit> <QListWidget>
        <QMenu> <QMouseEvent> <QPainter> <QPushButton> <QScrollArea> <QSettings> <QTableView> <QToolButton>)
endforeach()

# burdock_precompile(<target>): lets the target's sources begin with what BURDOCK_PRECOMPILED names.
function(burdock_precompile target)
    target_precompile_headers(${target} REUSE_FROM burdock_precompiled_${BURDOCK_PRECOMPILED})
    # What was compiled for a library fits libraries' code only. GCC 12 reports concatenated strings wrongly (its bug
    # 105651) where their class comes precompiled.
    target_compile_options(${target} PRIVATE -fPIC -Wno-array-bounds ${BURDOCK_OPTIONS_${BURDOCK_PRECOMPILED}})
endfunction()
