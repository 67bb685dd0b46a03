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
