# shellcheck shell=bash disable=SC2034  # read by the other scripts
# SPDX-License-Identifier: GPL-2.0-or-later
# The one list of Debian packages that the project uses, by purpose.

# ./x550 run, build, help-device. Meson configures the tests as well, so their libraries are here.
X550_PACKAGES_RUN=(
    # compiling
    g++ meson ninja-build pkg-config python3
    libglib2.0-dev libcli11-dev nlohmann-json3-dev
    libgtest-dev libgmock-dev libbenchmark-dev libtins-dev libpcap-dev
    # headers of the installed QEMU
    dpkg-dev libfdt-dev libpixman-1-dev libslirp-dev zlib1g-dev
    # the QEMU everybody has
    qemu-system-x86 qemu-system-data qemu-utils seabios ipxe-qemu
    # what the scripts use
    ca-certificates cpio gzip kmod util-linux xz-utils zstd
    # programs for the guests
    ethtool iperf3 iproute2
)
# ./x550 test: the test QEMU's configure makes a Python environment; tshark reads our captures.
X550_PACKAGES_TEST=(python3-venv tshark)
# The lint layer of ./x550 test.
X550_PACKAGES_LINT=(clang-format clang-tidy shellcheck)

# Names of the packages of these groups that are not installed: x550_missing_packages run test
x550_missing_packages() {
    local group wanted=()
    for group in "$@"; do
        local -n list="X550_PACKAGES_${group^^}"
        wanted+=("${list[@]}")
    done
    # shellcheck disable=SC2016  # dpkg-query expands it
    comm -13 \
        <(dpkg-query --show --showformat '${db:Status-Status} ${Package}\n' "${wanted[@]}" \
            2>/dev/null | sed -n 's/^installed //p' | sort -u) \
        <(printf '%s\n' "${wanted[@]}" | sort -u)
}

x550_apt_has_lists() { compgen -G '/var/lib/apt/lists/*_Packages*' >/dev/null; }

x550_install_packages() {
    export DEBIAN_FRONTEND=noninteractive
    if x550_apt_has_lists && apt-get install --yes --no-install-recommends "$@"; then
        return 0
    fi
    # No lists, or lists that name versions which the mirror has dropped.
    apt-get update && apt-get install --yes --no-install-recommends "$@"
}

# Installs what is missing when root, otherwise says what to install and stops.
x550_require_packages() {
    local missing
    if [[ ! -x /usr/bin/dpkg-query || ! -x /usr/bin/apt-get ]]; then
        x550_die "this script sets up Debian (tested: 12); see README.md for other systems"
    fi
    mapfile -t missing < <(x550_missing_packages "$@")
    ((${#missing[@]})) || return 0
    if ((EUID == 0)); then
        x550_step "installing ${#missing[@]} packages" x550_install_packages "${missing[@]}" ||
            x550_die "these packages could not be installed: ${missing[*]}"
        return 0
    fi
    x550_note "These packages are missing: ${missing[*]}"
    x550_note "Install them with this command, then run again:"
    x550_note "  sudo apt-get install --no-install-recommends ${missing[*]}"
    exit 1
}
