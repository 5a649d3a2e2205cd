# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
# ./x550 test: builds the test programs, runs them layer by layer and adds up their results.

X550_LAYERS=(lint docs unit device qtest guest tidy)
# Without tidy, which takes longer than all others together when nothing is cached.
X550_DEFAULT_LAYERS=(lint docs unit device qtest guest)
# A program that runs longer hangs.
X550_PROGRAM_SECONDS=3000

x550_test_help() {
    cat <<'END'
Usage: ./x550 test [options]

Builds and runs the tests and ends with one line "N passed, N failed".

  --layer LIST    only these layers, comma-separated: lint, docs, unit, device, qtest, guest, tidy
                  (default: all but tidy)
  --filter GLOB   only tests whose name matches, e.g. 'Lso*' or '*Hostile*:-*Slow*'
                  (GoogleTest's filter syntax, Suite.Name)
  --list          name every test with its layer and run none
  --no-asan       leave out the second run of unit and device tests under ASan and UBSan
  --asan-qemu     qtests with a test QEMU that is itself built with ASan and UBSan
  -v, --verbose   show all output while it happens
  -h, --help      this text

Layers:
  lint     clang-format and shellcheck find nothing; one test a file, such as
           Format.hw/net/lso.cc
  docs     docs/registers.md is what its generator writes
  unit     engines and building blocks; also under ASan and UBSan
  device   the whole device against a fake host; also under ASan and UBSan
  qtest    the plug-in in a QEMU of its own whose guest is the test program
  tidy     clang-tidy finds nothing; it skips files that have passed and not changed since
  guest    Debian's kernels with their stock driver, in both QEMU versions

A failing guest test leaves its console log, packet capture and register dump in one folder below
build/artifacts; the failure message names it. X550_JOBS sets how many programs run at a time.
END
}

# ---- what there is to run ----------------------------------------------------------------------

# Lines "layer <tab> name <tab> program" for one build folder.
x550_registered_tests() {
    meson introspect --tests "$1" | python3 -c '
import json, sys
for test in json.load(sys.stdin):
    layers = [suite.split(":")[-1] for suite in test["suite"]]
    print(layers[0], test["name"], test["cmd"][0], sep="\t")
'
}

# Programs of one layer: x550_layer_programs FOLDER LAYER
x550_layer_programs() { x550_registered_tests "$1" | awk -F '\t' -v l="$2" '$1 == l { print $3 }'; }

x550_has_layer() {
    local layer
    for layer in "${layers[@]}"; do
        [[ "$layer" == "$1" ]] && return 0
    done
    return 1
}

x550_check_layers() {
    local layer
    for layer in "${layers[@]}"; do
        [[ " ${X550_LAYERS[*]} " == *" $layer "* ]] ||
            x550_die "there is no layer '$layer'; layers are: ${X550_LAYERS[*]}"
    done
}

# ---- building ----------------------------------------------------------------------------------

# Everything the wanted layers need, except when tests are only to be listed.
x550_build_tests() {
    local in_qemu=0
    if x550_has_layer qtest || x550_has_layer guest; then in_qemu=1; fi
    if ((in_qemu && !list)); then
        x550_ensure_sdk72 && x550_ensure_test_qemu plain && x550_ensure_test_qemu "$flavour" ||
            return 1
    fi
    if ((!list)) && x550_has_layer guest; then x550_ensure_all_kernels || return 1; fi
    x550_setup_build || return 1
    if ((in_qemu)); then x550_ninja "$X550_BUILD" || return 1; fi
    x550_build_layer_programs "$X550_BUILD" "${layers[@]}" || return 1
    if ((!list)) && x550_has_layer guest; then x550_ensure_all_initrds || return 1; fi
    if ((sanitize)); then
        x550_setup_asan && x550_build_layer_programs "$X550_BUILD_ASAN" "${layers[@]}"
    fi
}

# x550_build_layer_programs FOLDER LAYER...
x550_build_layer_programs() {
    local folder="$1" layer program targets=()
    shift
    for layer in "$@"; do
        if [[ "$layer" == docs ]]; then
            [[ "$folder" == "$X550_BUILD" ]] && targets+=("$X550_REGISTER_GENERATOR")
        elif [[ "$layer" == tidy ]]; then
            # Not when only listing: clang-tidy's dependencies come from the compiler.
            if ((!list)) && [[ "$folder" == "$X550_BUILD" ]]; then
                mapfile -t -O "${#targets[@]}" targets < <(x550_lint tidy objects)
            fi
        elif [[ "$layer" == unit || "$layer" == device ]]; then
            while read -r program; do
                targets+=("${program#"$folder"/}")
            done < <(x550_layer_programs "$folder" "$layer")
        fi
    done
    if ((${#targets[@]})); then x550_ninja "$folder" "${targets[@]}"; fi
}

# What qtest and guest programs learn about their surroundings.
x550_export_test_environment() {
    local test_qemu kernels=() initrds=() dpdk=() entry
    export X550_ARTIFACTS
    mkdir -p "$X550_ARTIFACTS"
    test_qemu="$(x550_test_qemu_path "$flavour")" || return 0
    X550_QEMU_72="$(command -v qemu-system-x86_64)"
    X550_PLUGIN_72="$X550_BUILD/$X550_PLUGIN"
    X550_QEMU_100="$test_qemu/bin/qemu-system-x86_64"
    X550_PLUGIN_100="$X550_PLUGIN_72"
    X550_FIRMWARE_100="$test_qemu/share/qemu"
    export X550_QEMU_72 X550_PLUGIN_72 X550_QEMU_100 X550_PLUGIN_100 X550_FIRMWARE_100
    x550_has_layer guest || return 0
    for entry in "${X550_KERNEL_SERIES[@]}"; do
        kernels+=("$(x550_kernel_path "${entry%%:*}")")
        initrds+=("$(x550_initrd_path "${kernels[-1]}")")
        dpdk+=("$(x550_dpdk_initrd_path "${kernels[-1]}")")
    done
    X550_KERNELS="$(IFS=: && printf '%s' "${kernels[*]}")"
    X550_INITRDS="$(IFS=: && printf '%s' "${initrds[*]}")"
    X550_DPDK_INITRDS="$(IFS=: && printf '%s' "${dpdk[*]}")"
    export X550_KERNELS X550_INITRDS X550_DPDK_INITRDS
}

# ---- running -----------------------------------------------------------------------------------

# Attribute of the first element of a GoogleTest report: x550_report_number FILE NAME
x550_report_number() { sed -n "s/.*<testsuites.* $2=\"\([0-9]*\)\".*/\1/p" "$1" | head -n 1; }

# Output of the tests that failed, and of a test that never ended.
x550_show_failures() {
    awk '
        /^\[ RUN      \]/ { text = ""; open = 1 }
        open { text = text $0 "\n" }
        /^\[       OK \]|^\[  SKIPPED \]/ { open = 0; text = "" }
        /^\[  FAILED  \]/ && open { printf "%s", text; open = 0; text = "" }
        END { if (open) printf "%s", text }' "$1" | tail -n 200
}

# Names each test of a slow layer as it ends.
x550_name_results() {
    local label="$1"
    # shellcheck disable=SC2016  # awk code
    stdbuf -oL awk -v label="$label" '
        /^\[       OK \]/ { print "[" label "] ok      " substr($0, 14); fflush() }
        /^\[  SKIPPED \]/ { print "[" label "] skipped " substr($0, 14); fflush() }
        /^\[  FAILED  \] .* \([0-9]+ ms\)$/ {
            print "[" label "] FAILED  " substr($0, 14); fflush() }'
}

# One program, or one shard of it. Leaves "tests failures skipped" in a file of its own.
x550_run_program() {
    local label="$1" program="$2" shard="$3" shards="$4" id start=$SECONDS status=0
    local tests failures skipped report log
    set +e # runs in the background; a failing test program is a result, not an error
    id="${label// /-}-$(basename "$program")-$shard"
    report="$results/$id.xml"
    log="$results/$id.log"
    (
        export GTEST_TOTAL_SHARDS="$shards" GTEST_SHARD_INDEX="$shard" GTEST_COLOR=no
        export ASAN_OPTIONS=detect_stack_use_after_return=1:strict_string_checks=1
        # QEMU leaves memory behind when it ends.
        if [[ "$flavour" == asan ]]; then ASAN_OPTIONS+=:detect_leaks=0; fi
        export UBSAN_OPTIONS=halt_on_error=1:print_stacktrace=1
        # timeout ends the program with all it has started, also when it is told to end itself.
        trap 'kill "$child"' TERM
        timeout --kill-after=20 "$X550_PROGRAM_SECONDS" "$program" --gtest_filter="$filter" \
            --gtest_output="xml:$report" &
        child=$!
        wait "$child"
    ) </dev/null 2>&1 | if ((X550_VERBOSE)); then
        tee "$log" >&2
    elif ((shards > 1)); then
        tee "$log" | x550_name_results "$label" >&2
    else
        cat >"$log"
    fi
    status=${PIPESTATUS[0]}
    if [[ -s "$report" ]]; then
        tests="$(x550_report_number "$report" tests)"
        failures=$(($(x550_report_number "$report" failures) +
            $(x550_report_number "$report" errors)))
        skipped="$(grep -c '<testcase .*result="skipped"' "$report")"
        ((status && !failures)) && failures=1 && tests=$((tests + 1)) # e.g. a leak at exit
    else
        # It crashed or hung: what passed until then counts, and the crash is a failure.
        failures=$(($(grep -c '^\[  FAILED  \] .* ms)$' "$log") + 1))
        skipped="$(grep -c '^\[  SKIPPED \] .* ms)$' "$log")"
        tests=$(($(grep -c '^\[       OK \]' "$log") + failures + skipped))
    fi
    printf '%s %s %s\n' "$tests" "$failures" "$skipped" >"$results/$id.sum"
    x550_report_program "$label" "$program" "$log" "$status" "$(x550_elapsed "$start")"
}

x550_report_program() {
    local label="$1" name log="$3" status="$4" elapsed="$5"
    name="$(basename "$2")"
    if ((failures)); then
        {
            printf '[%s] %s: %d FAILED, %d passed, exit status %d (%s)\n' "$label" "$name" \
                "$failures" $((tests - failures - skipped)) "$status" "$elapsed"
            ((X550_VERBOSE)) || x550_show_failures "$log" | sed 's/^/    /'
            grep -q '^\[ RUN ' "$log" || tail -n 40 "$log" | sed 's/^/    /'
            printf '    the whole output: %s\n' "$log"
        } >&2
    elif ((tests)); then
        printf '[%s] %s: %d passed (%s)\n' "$label" "$name" $((tests - skipped)) "$elapsed" >&2
    fi
}

# Ctrl-C: no test program and no QEMU stays behind.
x550_stop_programs() {
    local job
    for job in $(jobs -rp); do kill -TERM -- "-$job" 2>/dev/null || true; done
    wait
    x550_note "stopped"
    exit 130
}

# x550_run_layer LABEL FOLDER LAYER
x550_run_layer() {
    local label="$1" folder="$2" layer="$3" program shards=1 shard
    # The slow layers are cut into shards so that each processor has work until the end.
    [[ "$layer" == qtest || "$layer" == guest ]] && shards="$X550_JOBS"
    while read -r program; do
        for ((shard = 0; shard < shards; ++shard)); do
            while (($(jobs -rp | wc -l) >= X550_JOBS)); do wait -n || true; done
            set -m # a process group of its own, for x550_stop_programs
            x550_run_program "$label" "$program" "$shard" "$shards" &
            set +m
        done
    done < <(x550_layer_programs "$folder" "$layer")
    wait
}

# x550_lint LAYER COMMAND OPTION...
x550_lint() {
    python3 "$X550_ROOT/scripts/lint.py" --layer "$@" --root "$X550_ROOT" --build "$X550_BUILD" \
        --filter="${filter:-*}"
}

# x550_run_lint_layer LAYER
x550_run_lint_layer() {
    local layer="$1" options=(--jobs "$X550_JOBS" --cache "$X550_CACHE/tidy" --results "$results")
    ((X550_VERBOSE)) && options+=(--verbose)
    set -m # a process group of its own, for x550_stop_programs
    x550_lint "$layer" run "${options[@]}" </dev/null &
    set +m
    # A run that broke off left no result of its own.
    wait "$!" || printf '1 1 0\n' >"$results/$layer.sum"
}

# The generated register list in the documentation is up to date.
x550_run_docs_layer() {
    local failed=0 written="$results/registers.md" name=Docs.RegistersMatchTheGenerator
    "$X550_BUILD/$X550_REGISTER_GENERATOR" >"$written" || failed=1
    if ! diff -u "$X550_ROOT/docs/registers.md" "$written" >"$results/docs.log"; then
        failed=1
        head -n 40 "$results/docs.log" >&2
        x550_note "write it again: $X550_BUILD/$X550_REGISTER_GENERATOR > docs/registers.md"
    fi
    printf '[docs] %s: %s\n' "$name" "$( ((failed)) && echo FAILED || echo passed)" >&2
    printf '1 %s 0\n' "$failed" >"$results/docs.sum"
}

x550_filter_wants_docs() {
    # shellcheck disable=SC2053  # the filter is a pattern
    [[ "$filter" == '*' ]] || [[ Docs.RegistersMatchTheGenerator == ${filter%%:*} ]]
}

x550_list_tests() {
    local layer program
    for layer in "${layers[@]}"; do
        if [[ "$layer" == docs ]]; then
            x550_filter_wants_docs && printf 'docs\tDocs.RegistersMatchTheGenerator\n'
            continue
        elif [[ "$layer" == lint || "$layer" == tidy ]]; then
            x550_lint "$layer" list
            continue
        fi
        while read -r program; do
            "$program" --gtest_list_tests --gtest_filter="$filter" | awk -v layer="$layer" '
                /^[^ ].*\.( |$)/ { suite = $1; next }
                /^  / && suite != "" { printf "%s\t%s%s\n", layer, suite, $1 }'
        done < <(x550_layer_programs "$X550_BUILD" "$layer")
    done
}

x550_run_tests() {
    local layer
    trap x550_stop_programs INT TERM
    for layer in "${layers[@]}"; do
        if [[ "$layer" == docs ]]; then
            if x550_filter_wants_docs; then x550_run_docs_layer; fi
            continue
        elif [[ "$layer" == lint || "$layer" == tidy ]]; then
            x550_run_lint_layer "$layer"
            continue
        fi
        x550_run_layer "$layer" "$X550_BUILD" "$layer"
        if ((sanitize)) && [[ "$layer" == unit || "$layer" == device ]]; then
            x550_run_layer "$layer asan" "$X550_BUILD_ASAN" "$layer"
        fi
    done
}

# The last line of standard output, and the exit status.
x550_sum_up() {
    local tests=0 failures=0 skipped=0 file a b c
    for file in "$results"/*.sum; do
        [[ -e "$file" ]] || continue
        read -r a b c <"$file"
        ((tests += a, failures += b, skipped += c)) || true
    done
    if ((!tests)); then x550_note "No test ran."; fi
    if ((skipped)); then
        printf '%d passed, %d failed, %d skipped\n' $((tests - failures - skipped)) \
            "$failures" "$skipped"
    else
        printf '%d passed, %d failed\n' $((tests - failures)) "$failures"
    fi
    ((tests && !failures))
}

x550_test() {
    local layers=("${X550_DEFAULT_LAYERS[@]}") filter='*' list=0 sanitize=1 flavour=plain results
    local groups=(run test)
    while (($#)); do
        [[ "$1" == --*=* ]] && set -- "${1%%=*}" "${1#*=}" "${@:2}"
        case "$1" in
            --layer) x550_need_value test "$@" && IFS=, read -r -a layers <<<"$2" && shift ;;
            --filter) x550_need_value test "$@" && filter="$2" && shift ;;
            --list) list=1 ;;
            --no-asan) sanitize=0 ;;
            --asan-qemu) flavour=asan ;;
            -v | --verbose) X550_VERBOSE=1 ;;
            -h | --help) x550_test_help && return 0 ;;
            *) x550_usage_error test "unknown argument '$1'" ;;
        esac
        shift
    done
    x550_check_layers
    ((list)) && sanitize=0
    x550_has_layer unit || x550_has_layer device || sanitize=0
    if ((!list)) && { x550_has_layer lint || x550_has_layer tidy; }; then groups+=(lint); fi
    x550_require_packages "${groups[@]}"
    x550_build_tests || return 1
    if ((list)); then
        x550_list_tests
        return
    fi
    x550_export_test_environment
    results="$X550_BUILD/results"
    rm -rf "$results"
    mkdir -p "$results"
    x550_run_tests
    x550_sum_up
}
