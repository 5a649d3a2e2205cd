# shellcheck shell=bash disable=SC2034  # read by the other scripts
# SPDX-License-Identifier: GPL-2.0-or-later
# ./x550 run and ./x550 help-device: the plug-in in the QEMU that is installed here.

x550_run_help() {
    cat <<'END'
Usage: ./x550 run [options]
       ./x550 run [--print] -- QEMU-ARGUMENTS...

Boots Debian's stock kernel in Debian's stock QEMU with an X550, lets the guest's own driver bring
the link up, gets an address by DHCP, moves TCP and UDP both ways over IPv4 and IPv6 and prints a
table of what worked. The exit status is 0 if all of it did. The first run installs and builds what
is missing.

  --check NAME      only this check or group of checks (may be repeated); "all" runs every check.
                    "tx" is the group of the transmit offloads: each is tried off and on, every
                    frame on the wire is judged and both ways are compared byte for byte.
                    "rx" is that of the receive offloads: frames made by hand go in, and what the
                    guest's stack is told about them is compared, with four CPUs unless --cpus N.
                    "control" is that of the task-offload block: each switch goes off and on beside
                    the stock driver, and the frames show what it does
  --list-checks     name the checks and their groups
  --shell           give a shell in the guest afterwards; the guest ends with it
  --kernel SERIES   kernel series: 6.1 (default) or 6.12
  --backend TYPE    user (default), tap, tap-plain, stream, dgram or socket; checks of the groups tx,
                    rx and control and "all" take stream by default: user-mode networking shows and
                    takes no frames
  --device SPEC     another device or properties, e.g. x550,msix=off or e1000e
  --json FILE       write the results there as well: every offload with what proves it
  --html FILE       the same as a page to look at in a browser
  --pcap FILE       write the frames there (stream, dgram and socket backends)
  --print           show the QEMU command line and run nothing
  -v, --verbose     show all output of what is fetched and built
  -h, --help        this text

With "--", your own virtual machine is started with these arguments: -plugin is added, and an x550
on the user-mode network if the arguments name no "-device x550" of their own.
END
}

x550_help_device_help() {
    cat <<'END'
Usage: ./x550 help-device

Lists the properties of "-device x550" with their types and defaults, as QEMU itself describes them.
("-device x550,help" on QEMU's command line comes too early: plug-ins are loaded after it.)
END
}

# x550_run_tool ARGS...: the host program does the rest
x550_run_tool() {
    exec "$X550_BUILD/$X550_GUEST_TOOL" run --qemu "$(command -v qemu-system-x86_64)" \
        --plugin "$X550_BUILD/$X550_PLUGIN" "$@"
}

x550_run_own_vm() {
    x550_build_for_run "$X550_GUEST_TOOL" || return 1
    x550_run_tool "$@"
}

# x550_run_guest SERIES OPTION...
x550_run_guest() {
    local series="$1" kernel
    shift
    x550_ensure_kernel "$series" || return 1
    kernel="$(x550_kernel_path "$series")"
    x550_build_for_run "$X550_GUEST_TOOL" "$X550_AGENT" "$X550_TASKOFFLOAD" || return 1
    x550_ensure_initrd "$kernel" || return 1
    x550_run_tool --kernel "$kernel/vmlinuz" --initrd "$(x550_initrd_path "$kernel")" "$@"
}

x550_run() {
    local series="$X550_DEFAULT_KERNEL" options=() own=0
    while (($#)); do
        [[ "$1" == --*=* ]] && set -- "${1%%=*}" "${1#*=}" "${@:2}"
        case "$1" in
            --check | --backend | --device | --json | --html | --pcap)
                x550_need_value run "$@"
                options+=("$1" "$2") && shift
                ;;
            --kernel) x550_need_value run "$@" && series="$2" && shift ;;
            --shell | --print | --list-checks) options+=("$1") ;;
            -v | --verbose) X550_VERBOSE=1 ;;
            -h | --help) x550_run_help && return 0 ;;
            --) own=1 && break ;; # kept for the host program
            *) x550_usage_error run "unknown argument '$1'" ;;
        esac
        shift
    done
    [[ -n "$(x550_kernel_suite "$series")" ]] || x550_usage_error run "no kernel series '$series'"
    x550_require_packages run
    if ((own)); then
        x550_run_own_vm "${options[@]}" "$@"
    else
        x550_run_guest "$series" "${options[@]}"
    fi
}

x550_help_device() {
    case "${1:-}" in
        "") ;;
        -h | --help) x550_help_device_help && return 0 ;;
        *) x550_usage_error help-device "unknown argument '$1'" ;;
    esac
    x550_require_packages run
    x550_build_for_run || return 1
    # The monitor echoes what it reads with terminal controls; only the list itself is wanted.
    printf 'device_add x550,help\nquit\n' |
        qemu-system-x86_64 -M q35 -accel tcg -S -nodefaults -display none -vga none \
            -plugin "$X550_BUILD/$X550_PLUGIN" -monitor stdio |
        tr -d '\r' | sed -n '/^x550 options:/,/^(qemu)/{/^(qemu)/d;p}'
}
