# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
# ./x550 doctor: what is missing on this machine, what for, and how to get it.

x550_doctor_help() {
    cat <<'END'
Usage: ./x550 doctor

Says what is missing on this machine and how to get it, and which of the things that are made only
once are there already. Changes nothing. Exit status 0 if "./x550 run" and "./x550 test" can work.
END
}

# x550_finding ok|todo|bad TEXT [REMEDY]
x550_finding() {
    printf '  %-8s %s\n' "$1" "$2"
    [[ -n "${3:-}" ]] && printf '           -> %s\n' "$3"
    [[ "$1" != bad ]] || problems=$((problems + 1))
}

x550_doctor_system() {
    local codename memory disk
    codename="$(x550_debian_codename)"
    printf 'Machine\n'
    if [[ "$codename" == bookworm ]]; then
        x550_finding ok "Debian 12"
    else
        x550_finding bad "this is not Debian 12 but ${codename:-something else}" \
            "use a Debian 12 machine or container; docs/testing.md says what the scripts rely on"
    fi
    [[ "$(uname -m)" == x86_64 ]] || x550_finding bad "the processor is not x86-64"
    memory=$(($(sed -n 's/^MemAvailable: *\([0-9]*\).*/\1/p' /proc/meminfo) / 1024))
    if ((memory >= 2048)); then
        x550_finding ok "$memory MB of memory are free"
    else
        x550_finding bad "only $memory MB of memory are free" "2048 MB are enough for all tests"
    fi
    mkdir -p "$X550_CACHE"
    disk=$(($(df --output=avail -k "$X550_CACHE" | tail -n 1) / 1024))
    if ((disk >= 6144)) || x550_test_qemu_path plain >/dev/null; then
        x550_finding ok "$disk MB are free in $X550_CACHE"
    else
        x550_finding bad "only $disk MB are free in $X550_CACHE" \
            "6144 MB are enough; set XDG_CACHE_HOME to put the cache elsewhere"
    fi
}

x550_doctor_packages() {
    local group command missing install
    printf 'Packages\n'
    for group in run test lint; do
        command="$group"
        [[ "$group" == lint ]] && command='test --layer lint'
        mapfile -t missing < <(x550_missing_packages "$group")
        if ((${#missing[@]} == 0)); then
            x550_finding ok "all packages for ./x550 $command"
            continue
        fi
        install="apt-get install --no-install-recommends ${missing[*]}"
        if ((EUID == 0)); then
            x550_finding todo "./x550 $command will install: ${missing[*]}"
        else
            x550_finding bad "missing for ./x550 $command: ${missing[*]}" "sudo $install"
        fi
    done
}

x550_doctor_caches() {
    local sdk entry path
    printf 'Made once, kept in %s\n' "$X550_CACHE"
    if ! sdk="$(x550_sdk72_path)"; then
        x550_finding todo "QEMU is not installed yet"
    elif x550_sdk_is_ready "$sdk"; then
        x550_finding ok "headers of QEMU $(cat "$sdk/package-version")"
    else
        x550_finding todo "headers of QEMU ${sdk##*/}: ./x550 run makes them in about 30 s"
    fi
    if path="$(x550_test_qemu_path plain)"; then
        x550_finding ok "test QEMU $(cat "$path/sdk/package-version")"
    else
        x550_finding todo "test QEMU 10.0: ./x550 test builds it in about 4 minutes"
    fi
    for entry in "${X550_KERNEL_SERIES[@]}"; do
        if path="$(x550_kernel_path "${entry%%:*}")"; then
            x550_finding ok "kernel ${path##*/}"
        else
            x550_finding todo "kernel ${entry%%:*}: downloaded when first needed (70 to 110 MB)"
        fi
    done
}

x550_doctor_rights() {
    local remedy="tests with a tap backend need root or user namespaces; without they are skipped"
    printf 'Rights\n'
    if [[ ! -c /dev/net/tun ]]; then
        x550_finding todo "there is no /dev/net/tun" "$remedy; as root: modprobe tun"
    elif ((EUID == 0)) || unshare --user --map-root-user --net true 2>/dev/null; then
        x550_finding ok "tap devices can be made in a network namespace"
    else
        x550_finding todo "no tap devices for this user" "$remedy"
    fi
}

x550_doctor() {
    local problems=0
    case "${1:-}" in
        "") ;;
        -h | --help) x550_doctor_help && return 0 ;;
        *) x550_usage_error doctor "unknown argument '$1'" ;;
    esac
    x550_doctor_system
    x550_doctor_packages
    x550_doctor_caches
    x550_doctor_rights
    if ((problems)); then
        printf '%d problem(s); see the arrows above.\n' "$problems"
        return 1
    fi
    printf 'Ready: ./x550 run, ./x550 test\n'
}
