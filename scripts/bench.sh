# shellcheck shell=bash disable=SC2034  # read by the other scripts
# SPDX-License-Identifier: GPL-2.0-or-later
# ./x550 bench: goodput of a guest against QEMU's other network cards, and the engines alone.

x550_bench_help() {
    cat <<'END'
Usage: ./x550 bench [options] [-- GUEST-BENCHMARK-OPTIONS...]

Measures in an optimised build of its own (build-bench): the packet engines with Google Benchmark,
then TCP goodput of a stock Linux guest with virtio-net-pci, vmxnet3, e1000e, igb and x550 in the
same QEMU, interleaved, over the user, tap and stream backends in both directions. Prints medians
and ratios and keeps the numbers as JSON in build-bench/results.

  --engines       only the engines
  --guest         only the guests
  --filter REGEX  only engine benchmarks that match
  -v, --verbose   show all output of the builds
  -h, --help      this text

Options after "--" go to the guest benchmark; "./x550 bench --guest -- --help" lists them.
Let nothing else run on the machine meanwhile.
END
}

# Engine benchmarks: every program registered with Meson's benchmark().
x550_bench_programs() {
    meson introspect --benchmarks "$X550_BUILD_BENCH" | python3 -c '
import json, sys
for benchmark in json.load(sys.stdin):
    print(benchmark["cmd"][0])
'
}

x550_bench_engines() {
    local program name status=0
    while read -r program; do
        name="$(basename "$program")"
        "$program" --benchmark_filter="$filter" --benchmark_out_format=json \
            --benchmark_out="$results/$name.json" || status=1
    done < <(x550_bench_programs)
    return "$status"
}

x550_bench_guest() {
    local test_qemu kernel
    test_qemu="$(x550_test_qemu_path plain)"
    kernel="$(x550_kernel_path "$X550_DEFAULT_KERNEL")"
    "$X550_BUILD_BENCH/$X550_GUEST_TOOL" bench --qemu "$test_qemu/bin/qemu-system-x86_64" \
        --plugin "$X550_BUILD_BENCH/$X550_PLUGIN" --kernel "$kernel/vmlinuz" \
        --initrd "$(x550_initrd_path "$kernel")" --json "$results/guest.json" "$@"
}

x550_bench_build() {
    if ((guest)); then
        x550_ensure_sdk72 && x550_ensure_test_qemu plain || return 1
        x550_ensure_kernel "$X550_DEFAULT_KERNEL" || return 1
    fi
    x550_setup "$X550_BUILD_BENCH" --buildtype=release "-Dqemu_sdks=$(x550_ready_sdks)" || return 1
    if ((guest)); then
        x550_ninja "$X550_BUILD_BENCH" "$X550_PLUGIN" "$X550_GUEST_TOOL" "$X550_AGENT" \
            "$X550_TASKOFFLOAD" || return 1
        x550_ensure_initrd "$(x550_kernel_path "$X550_DEFAULT_KERNEL")" || return 1
    fi
    if ((engines)); then
        local programs
        mapfile -t programs < <(x550_bench_programs)
        if ((${#programs[@]})); then
            x550_ninja "$X550_BUILD_BENCH" "${programs[@]#"$X550_BUILD_BENCH"/}" || return 1
        fi
    fi
}

x550_bench() {
    local engines=1 guest=1 filter=. results="$X550_BUILD_BENCH/results"
    while (($#)); do
        [[ "$1" == --*=* ]] && set -- "${1%%=*}" "${1#*=}" "${@:2}"
        case "$1" in
            --engines) guest=0 ;;
            --guest) engines=0 ;;
            --filter) x550_need_value bench "$@" && filter="$2" && shift ;;
            -v | --verbose) X550_VERBOSE=1 ;;
            -h | --help) x550_bench_help && return 0 ;;
            --) shift && break ;;
            *) x550_usage_error bench "unknown argument '$1'" ;;
        esac
        shift
    done
    ((engines || guest)) || x550_usage_error bench "--engines and --guest exclude each other"
    x550_require_packages run test
    # The initramfs of the optimised agent belongs to this build folder.
    X550_BUILD="$X550_BUILD_BENCH"
    x550_bench_build || return 1
    mkdir -p "$results"
    if ((engines)); then x550_bench_engines || return 1; fi
    if ((guest)); then x550_bench_guest "$@" || return 1; fi
    x550_note "The numbers are kept in $results"
}
