# shellcheck shell=bash disable=SC2034  # read by the other scripts
# SPDX-License-Identifier: GPL-2.0-or-later
# Meson set-up and compilation of the build folders.

# SDK folders that exist, joined by commas as the Meson option wants them.
x550_ready_sdks() {
    local sdk72 test_qemu sdks=()
    sdk72="$(x550_sdk72_path)" && x550_sdk_is_ready "$sdk72" && sdks+=("$sdk72")
    test_qemu="$(x550_test_qemu_path plain)" && sdks+=("$test_qemu/sdk")
    (
        IFS=,
        printf '%s\n' "${sdks[*]-}"
    )
}

# x550_setup FOLDER OPTION...: configure, or configure again when the options changed
x550_setup() {
    local folder="$1" wanted
    shift
    wanted="$(printf '%s\n' "SDK recipe $X550_SDK_RECIPE" "$@")"
    if [[ ! -e "$folder/build.ninja" ]]; then
        rm -rf "$folder"
        x550_step "configuring ${folder##*/}" meson setup "$folder" "$X550_ROOT" "$@" || return 1
    elif [[ "$(cat "$folder/.x550-options" 2>/dev/null)" != "$wanted" ]]; then
        x550_step "configuring ${folder##*/} again" \
            meson setup --reconfigure "$folder" "$X550_ROOT" "$@" || return 1
    fi
    printf '%s\n' "$wanted" >"$folder/.x550-options"
    # Up to date with the meson.build files before anybody asks what is to be built.
    x550_ninja "$folder" build.ninja
}

x550_setup_build() { x550_setup "$X550_BUILD" "-Dqemu_sdks=$(x550_ready_sdks)"; }

x550_setup_asan() {
    x550_setup "$X550_BUILD_ASAN" -Doptimization=1 -Db_sanitize=address,undefined \
        -Db_lundef=false -Dqemu_sdks=
}

# x550_ninja FOLDER TARGET...: without a target everything; silent when nothing is to be done
x550_ninja() {
    local folder="$1"
    shift
    if ninja -C "$folder" -n "$@" 2>/dev/null | grep -q 'no work to do'; then
        return 0
    fi
    x550_step "compiling ${folder##*/}" nice ninja -C "$folder" -j "$X550_JOBS" "$@"
}

# What "run" needs and no more; "build" and "test" compile the rest: x550_build_for_run TARGET...
x550_build_for_run() {
    x550_ensure_sdk72 || return 1
    x550_setup_build || return 1
    x550_ninja "$X550_BUILD" "$X550_PLUGIN" "$@"
}

x550_build_help() {
    cat <<'END'
Usage: ./x550 build [options]

Fetches and builds everything that "run" and "test" need, so that they start at once: the headers of
the installed QEMU, the test QEMU, guest kernels, and this project in build/ and build-asan/.

  --asan-qemu     also build the test QEMU with ASan and UBSan (about 8 minutes on 2 cores)
  -v, --verbose   show all output
  -h, --help      this text
END
}

x550_build() {
    local list=0 sanitize=1 flavour=plain layers=("${X550_DEFAULT_LAYERS[@]}")
    while (($#)); do
        case "$1" in
            --asan-qemu) flavour=asan ;;
            -v | --verbose) X550_VERBOSE=1 ;;
            -h | --help) x550_build_help && return 0 ;;
            *) x550_usage_error build "unknown argument '$1'" ;;
        esac
        shift
    done
    x550_require_packages run test
    x550_build_tests || return 1
    x550_note "The plug-in for QEMU $(cat "$(x550_sdk72_path)/version") and" \
        "$(cat "$(x550_test_qemu_path plain)/sdk/version"): $X550_BUILD/$X550_PLUGIN"
}
