# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Debian packages and sources through apt's own client, with a state of our own: the machine's apt
# configuration is read, never written.

X550_KEYRING=/usr/share/keyrings/debian-archive-keyring.gpg
X550_APT_MAX_AGE_MINUTES=1440

# URI that this machine uses for a suite: x550_debian_uri bookworm|bookworm-security
x550_debian_uri() {
    # shellcheck disable=SC2016  # apt expands these, not the shell
    apt-get indextargets --format '$(RELEASE) $(REPO_URI)' 'Created-By: Packages' 2>/dev/null |
        awk -v suite="$1" '$1 == suite { print $2; exit }'
}

x550_apt_sources() {
    local suite="$1" codename main security base options=""
    codename="$(x550_debian_codename)"
    main="$(x550_debian_uri "$codename")"
    security="$(x550_debian_uri "$codename-security")"
    [[ -n "$main" ]] || main=http://deb.debian.org/debian/
    [[ -n "$security" ]] || security=http://deb.debian.org/debian-security/
    [[ -r "$X550_KEYRING" ]] && options="[signed-by=$X550_KEYRING] "
    base="${suite%-backports}"
    local type
    for type in deb deb-src; do
        printf '%s %s%s %s main\n' "$type" "$options" "$main" "$suite"
        [[ "$suite" == "$base" ]] || continue
        printf '%s %s%s %s-updates main\n' "$type" "$options" "$main" "$suite"
        printf '%s %s%s %s-security main\n' "$type" "$options" "$security" "$suite"
    done
}

# x550_apt SUITE COMMAND...: apt-get with the private state of that suite. The empty status file
# makes "install --download-only" fetch a package's whole closure, whatever this machine has.
x550_apt() {
    local suite="$1" root="$X550_CACHE/apt/$1"
    shift
    local options=(
        -o Dir::Etc::SourceList="$root/sources.list" -o Dir::Etc::SourceParts=/dev/null
        -o Dir::Etc::PreferencesParts=/dev/null -o Dir::Etc::Preferences=/dev/null
        -o Dir::State="$root/state" -o Dir::State::Lists="$root/lists"
        -o Dir::State::status="$root/status" -o Dir::Cache="$root/cache"
        -o Dir::Cache::archives="$root/archives" -o APT::Install-Recommends=false
        -o APT::Get::AutomaticRemove=false -o Debug::NoLocking=true -o Acquire::Retries=3
        -o Acquire::Languages=none -o Binary::apt::APT::Keep-Downloaded-Packages=true
        -o Dir::Cache::pkgcache=pkgcache.bin -o Dir::Cache::srcpkgcache=srcpkgcache.bin
    )
    # apt's own download user cannot enter a cache below /root.
    ((EUID == 0)) && options+=(-o APT::Sandbox::User=root)
    DEBIAN_FRONTEND=noninteractive apt-get -q "${options[@]}" "$@"
}

# x550_apt_update SUITE [force]
x550_apt_update() {
    local suite="$1" root="$X550_CACHE/apt/$1" stamp
    stamp="$root/updated"
    mkdir -p "$root"/{state,lists/partial,cache,archives/partial}
    : >"$root/status"
    if [[ "${2:-}" != force && -n "$(find "$stamp" -mmin -$X550_APT_MAX_AGE_MINUTES 2>/dev/null)" ]]
    then
        return 0
    fi
    x550_apt_sources "$suite" >"$root/sources.list"
    x550_step "package lists of $suite" x550_apt "$suite" update
    touch "$stamp"
}

# Names of a source package's files; run in an empty folder because apt omits files that are there.
x550_source_files() {
    mkdir -p "$X550_CACHE/apt/$1/empty"
    (cd "$X550_CACHE/apt/$1/empty" &&
        x550_apt "$1" source --print-uris --only-source "$2") \
        2>/dev/null | sed -n "s/^'[^']*' \([^ ]*\) .*/\1/p"
}

# Newest version of a source package in a suite, without epoch: x550_source_version SUITE PACKAGE
x550_source_version() {
    x550_source_files "$1" "$2" | sed -n "s/^${2}_\(.*\)\.dsc\$/\1/p" | grep .
}

# x550_fetch_source SUITE PACKAGE[=VERSION] FOLDER: an unpacked, patched source tree in FOLDER
x550_fetch_source() {
    local suite="$1" package="$2" folder="$3" download dsc
    download="$X550_CACHE/apt/$suite/source"
    x550_apt_update "$suite" || return 1
    if [[ -z "$(x550_source_files "$suite" "$package")" ]]; then
        x550_apt_update "$suite" force || return 1
    fi
    dsc="$(x550_source_files "$suite" "$package" | grep '\.dsc$')" || {
        x550_note "The package archive has no source for $package."
        return 1
    }
    mkdir -p "$download"
    x550_step "source package $package" x550_download_source "$suite" "$package" "$download" ||
        return 1
    rm -rf "$folder"
    mkdir -p "$(dirname "$folder")"
    x550_step "unpacking $package" dpkg-source --no-check --extract "$download/$dsc" "$folder" ||
        return 1
    # dpkg-source leaves a copy of the archive beside the folder.
    rm -f "$(dirname "$folder")"/*.orig*.tar.*
}

x550_download_source() {
    cd "$3" && x550_apt "$1" source --download-only --only-source "$2"
}

# x550_fetch_debs SUITE PACKAGE...: packages with their dependencies, unpacked into one folder of
# the cache, whose path is printed. Done once for each set of names.
x550_fetch_debs() {
    local suite="$1" folder
    shift
    folder="$X550_CACHE/debs/$suite-$(x550_hash "$@")"
    [[ -e "$folder/.packages" ]] ||
        x550_locked "debs-$suite" x550_fill_debs "$suite" "$folder" closure "$@" || return 1
    printf '%s\n' "$folder"
}

# x550_fetch_deb_alone SUITE PACKAGE...: the same without dependencies
x550_fetch_deb_alone() {
    local suite="$1" folder
    shift
    folder="$X550_CACHE/debs/$suite-alone-$(x550_hash "$@")"
    [[ -e "$folder/.packages" ]] ||
        x550_locked "debs-$suite" x550_fill_debs "$suite" "$folder" alone "$@" || return 1
    printf '%s\n' "$folder"
}

x550_fill_debs() {
    local suite="$1" folder="$2" mode="$3"
    shift 3
    [[ -e "$folder/.packages" ]] && return 0
    x550_apt_update "$suite"
    x550_step "packages of $suite: $*" x550_download_debs "$suite" "$folder.part" "$mode" "$@" ||
        return 1
    x550_publish "$folder.part" "$folder"
}

# File names of the packages that would come; asked in an empty folder, because apt omits those it
# has already: x550_deb_files SUITE closure|alone PACKAGE...
x550_deb_files() {
    local suite="$1" mode="$2" empty="$X550_CACHE/apt/$1/empty" question
    shift 2
    mkdir -p "$empty/partial"
    question=(download --print-uris)
    [[ "$mode" == closure ]] &&
        question=(install --print-uris --yes -o "Dir::Cache::archives=$empty")
    (cd "$empty" && x550_apt "$suite" "${question[@]}" "$@") |
        sed -n "s/^'[^']*' \([^ ]*\.deb\) .*/\1/p" | grep .
}

x550_download_debs() {
    local suite="$1" folder="$2" mode="$3" name
    local archives="$X550_CACHE/apt/$1/archives"
    shift 3
    rm -rf "$folder"
    mkdir -p "$folder"
    x550_deb_files "$suite" "$mode" "$@" >"$folder/.packages" || return 1
    if [[ "$mode" == closure ]]; then
        x550_apt "$suite" install --download-only --yes "$@" || return 1
    else
        (cd "$archives" && x550_apt "$suite" download "$@") || return 1
    fi
    while read -r name; do
        dpkg-deb --extract "$archives/$name" "$folder" && rm "$archives/$name" || return 1
    done <"$folder/.packages"
}
