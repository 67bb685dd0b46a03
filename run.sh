#!/usr/bin/env bash
# Installs what is missing, builds, and opens Burdock's window. Arguments go to the program: ./run.sh --help
set -euo pipefail
program=build/bin/burdock
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

# A DISPLAY whose server is gone would end in Qt's own abort.
has_display() {
    [[ -z ${QT_QPA_PLATFORM:-} ]] || return 0
    [[ -z ${WAYLAND_DISPLAY:-} ]] || return 0
    case ${DISPLAY:-} in
        "") return 1 ;;
        :*) local number=${DISPLAY#:}; grep -q "/tmp/.X11-unix/X${number%%.*}\$" /proc/net/unix ;;
    esac
}

# In a subshell, so that file names among the arguments keep their meaning.
(
    cd "$here"
    # shellcheck source=cmake/prepare.sh
    source cmake/prepare.sh
    install_missing
    build programs
)
if ! has_display; then
    echo "No display to open a window on; $here/build/bin/burdock-cli does the same work without one (try --help)." >&2
    exit 1
fi
exec "$here/$program" "$@"
