# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
# ./x550 clean: removes what was built.

x550_clean_help() {
    cat <<'END'
Usage: ./x550 clean [--cache]

Removes the build folders of this checkout.

  --cache     also remove what was downloaded and made for all checkouts:
              QEMU headers, test QEMU, kernels, packages, initramfs images
  -h, --help  this text
END
}

x550_clean() {
    local cache=0 folder
    while (($#)); do
        case "$1" in
            --cache) cache=1 ;;
            -h | --help) x550_clean_help && return 0 ;;
            *) x550_usage_error clean "unknown argument '$1'" ;;
        esac
        shift
    done
    local folders=("$X550_BUILD" "$X550_BUILD_ASAN" "$X550_BUILD_BENCH")
    ((cache)) && folders+=("$X550_CACHE")
    for folder in "${folders[@]}"; do
        if [[ -d "$folder" ]]; then
            rm -rf "$folder"
            x550_note "removed $folder"
        fi
    done
}
