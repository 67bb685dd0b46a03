# Target `programs`: what a user starts, without the tests: burdock, burdock-cli and every shipped plugin.
add_custom_target(programs)
get_property(plugins GLOBAL PROPERTY BURDOCK_PLUGINS)
foreach(target IN ITEMS burdock burdock-cli ${plugins})
    if(TARGET ${target})
        add_dependencies(programs ${target})
    endif()
endforeach()
