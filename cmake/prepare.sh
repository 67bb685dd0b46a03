# shellcheck shell=bash
# Sourced by run.sh and test.sh, in the repository's folder.

# The names of all packages that are installed, and of those that they stand in for: in Debian 13 qt6-base-dev
# provides what in Debian 12 is libqt6opengl6-dev.
installed() {
    dpkg-query -W -f='${db:Status-Abbrev} ${Package}, ${Provides}\n' |
        sed -n -e 's/^.i  *//p' | tr ',' '\n' | sed -e 's/^ *//' -e 's/[ (:].*//'
}

# Installs the packages of cmake/packages.txt that are missing; asks for root only then.
install_missing() {
    local wanted missing=() as_root=()
    mapfile -t wanted < <(sed -e 's/#.*//' -e '/^[[:space:]]*$/d' cmake/packages.txt)
    if ! command -v dpkg-query >/dev/null; then
        command -v ninja >/dev/null && return
        echo "Not a Debian system: install what cmake/packages.txt names by hand, then start again." >&2
        return 1
    fi
    mapfile -t missing < <(comm -23 <(printf '%s\n' "${wanted[@]}" | sort) <(installed | sort -u))
    ((${#missing[@]})) || return 0
    if ((EUID != 0)); then
        if ! command -v sudo >/dev/null; then
            echo "Packages are missing and there is no sudo. As root: apt-get install --no-install-recommends ${missing[*]}" >&2
            return 1
        fi
        as_root=(sudo)
    fi
    echo "Installing ${#missing[@]} packages: ${missing[*]}"
    "${as_root[@]}" apt-get -q update
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
        apt-get -q install -y --no-install-recommends "${missing[@]}"
}

# build TARGET...: a Release build in build/; says nothing when all is up to date.
build() {
    [[ -e build/build.ninja ]] || cmake -S . -B build -G Ninja -DCMAKE_BUILD_TYPE=Release -DBURDOCK_UNITY=ON
    [[ $(ninja -C build -n "$@" 2>&1) == *"no work to do"* ]] || nice ninja -C build "$@"
}
