# What `cmake --install build` adds to what the rooms and plugins install themselves: the programs, the shipped
# data, and what makes a desktop know them.
foreach(program IN ITEMS burdock burdock-cli)
    if(TARGET ${program})
        install(TARGETS ${program} RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
    endif()
endforeach()

foreach(folder IN ITEMS datasets notebook)
    if(IS_DIRECTORY ${PROJECT_SOURCE_DIR}/resources/${folder})
        install(DIRECTORY resources/${folder} DESTINATION ${BURDOCK_INSTALL_DATADIR}
            PATTERN "*.sh" EXCLUDE PATTERN "*.py" EXCLUDE PATTERN "models" EXCLUDE)
    endif()
endforeach()

install(FILES resources/applications/burdock.desktop DESTINATION ${CMAKE_INSTALL_DATADIR}/applications)
install(FILES resources/mime/burdock.xml DESTINATION ${CMAKE_INSTALL_DATADIR}/mime/packages)
set(icons ${CMAKE_INSTALL_DATADIR}/icons/hicolor/scalable)
install(FILES resources/icons/burdock.svg DESTINATION ${icons}/apps OPTIONAL)
install(FILES resources/icons/burdock.svg DESTINATION ${icons}/mimetypes RENAME application-x-burdock.svg OPTIONAL)
install(FILES LICENSE DESTINATION ${CMAKE_INSTALL_DATADIR}/doc/burdock)

# The reference documentation: made by the program from its registries.
if(TARGET burdock-cli)
    install(CODE "execute_process(
        COMMAND \"$<TARGET_FILE:burdock-cli>\" reference --output
            \"\$ENV{DESTDIR}\${CMAKE_INSTALL_PREFIX}/${CMAKE_INSTALL_DATADIR}/doc/burdock/reference\"
        OUTPUT_QUIET COMMAND_ERROR_IS_FATAL ANY)")
endif()

# What plugins are built with: headers, a CMake package, and an example.
set(BURDOCK_INCLUDEDIR ${CMAKE_INSTALL_INCLUDEDIR}/burdock)
install(DIRECTORY engine/ DESTINATION ${BURDOCK_INCLUDEDIR}/engine FILES_MATCHING PATTERN "*.h")
install(FILES plugins/api/plugin.h plugins/api/registries.h DESTINATION ${BURDOCK_INCLUDEDIR}/plugin_api)
install(DIRECTORY plugins/example/ DESTINATION ${CMAKE_INSTALL_DATADIR}/doc/burdock/example-plugin)
include(CMakePackageConfigHelpers)
set(BURDOCK_QT_VERSION 6.4)
configure_package_config_file(cmake/BurdockConfig.cmake.in ${PROJECT_BINARY_DIR}/BurdockConfig.cmake
    INSTALL_DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/Burdock
    PATH_VARS BURDOCK_INSTALL_LIBDIR BURDOCK_INCLUDEDIR)
write_basic_package_version_file(${PROJECT_BINARY_DIR}/BurdockConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/BurdockConfig.cmake ${PROJECT_BINARY_DIR}/BurdockConfigVersion.cmake
    DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/Burdock)
