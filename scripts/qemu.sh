# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
# QEMU headers of the very version that will load the plug-in ("SDK"), and the test QEMU.

# Raise it when an SDK folder made by an older script must not be used any more.
X550_SDK_RECIPE=2
X550_TEST_QEMU_SUITE=trixie
X550_TEST_QEMU_MESON_SUITE=bookworm-backports

# What both configure runs share: nothing but a PC with TCG and the user-mode network.
X550_QEMU_OPTIONS=(
    --target-list=x86_64-softmmu --without-default-features --enable-system --enable-tcg
    --enable-plugins --enable-slirp --enable-fdt=system --disable-werror --disable-docs
    --disable-debug-info --disable-tools --disable-guest-agent
)
X550_TEST_QEMU_OPTIONS=(
    "${X550_QEMU_OPTIONS[@]}" --without-default-devices --with-devices-x86_64=x550
    --disable-install-blobs --disable-download
)
X550_TEST_QEMU_DEVICES=(
    Q35 I440FX HPET VTD PCIE_PORT XIO3130 SERIAL_ISA SERIAL_PCI
    E1000_PCI E1000E_PCI_EXPRESS IGB_PCI_EXPRESS VMXNET3_PCI
    VIRTIO_PCI VIRTIO_NET VIRTIO_BLK VIRTIO_RNG VIRTIO_SERIAL
    ISA_DEBUG ISA_TESTDEV PCI_TESTDEV
)

x550_without_epoch() { printf '%s\n' "${1#*:}"; }

# Source version of the installed QEMU package, with epoch.
x550_installed_qemu() {
    # shellcheck disable=SC2016  # dpkg-query expands it
    dpkg-query --show --showformat '${source:Version}' qemu-system-x86 2>/dev/null
}

# ---- SDK ---------------------------------------------------------------------------------------

x550_sdk72_path() {
    local version
    version="$(x550_installed_qemu)" && [[ -n "$version" ]] || return 1
    printf '%s/sdk/%s\n' "$X550_CACHE" "$(x550_without_epoch "$version")"
}

x550_sdk_is_ready() { [[ "$(cat "$1/.recipe" 2>/dev/null)" == "$X550_SDK_RECIPE" ]]; }

# Makes the SDK of the installed QEMU; nothing to do in every run but the first.
x550_ensure_sdk72() {
    local sdk
    sdk="$(x550_sdk72_path)" || {
        x550_note "The package qemu-system-x86 is not installed."
        return 1
    }
    x550_sdk_is_ready "$sdk" || x550_locked sdk72 x550_make_sdk72 "$sdk"
}

x550_make_sdk72() {
    local sdk="$1" version work="$X550_CACHE/work/sdk72"
    x550_sdk_is_ready "$sdk" && return 0
    version="$(x550_installed_qemu)"
    x550_fetch_source "$(x550_debian_codename)" "qemu=$version" "$work/source" || return 1
    x550_step "configuring QEMU $version for its headers" x550_configure "$work" \
        "${X550_QEMU_OPTIONS[@]}" --meson=/usr/bin/meson --with-git-submodules=ignore || return 1
    x550_step "generating the headers of QEMU $version" x550_generate_headers "$work/build" ||
        return 1
    x550_write_sdk "$work" "$sdk" "$(x550_without_epoch "$version")" || return 1
    rm -rf "$work"
}

# x550_configure WORK OPTION...: WORK/source is configured in WORK/build
x550_configure() {
    local work="$1"
    shift
    rm -rf "$work/build"
    mkdir -p "$work/build"
    cd "$work/build" && ../source/configure --prefix=/usr "$@"
}

x550_generate_headers() {
    local headers
    cd "$1" || return 1
    mapfile -t headers < <(ninja -t targets all | sed -n 's/^\([^:]*\.h\): .*/\1/p' |
        grep -v -E '^(/|qga/|tests/|storage-daemon/|linux-user/)')
    nice ninja -j "$X550_JOBS" "${headers[@]}"
}

# Copies what a device model needs and says how to compile against it.
x550_write_sdk() {
    local work="$1" sdk="$2" package_version="$3" part="$2.part" folder
    rm -rf "$part"
    mkdir -p "$part/build" "$part/source/host" "$part/source/trace"
    cp -r "$work/source"/{include,linux-headers} "$part/source/"
    cp "$work"/source/trace/*.h "$part/source/trace/"
    [[ -d "$work/source/host/include" ]] && cp -r "$work/source/host/include" "$part/source/host/"
    (cd "$work/build" && find . -path ./qemu-bundle -prune -o -path ./pyvenv -prune \
        -o -name '*.h' -type f -print0 | cpio -0pdm --quiet "$part/build") || return 1
    cp "$work/source"/trace/{control,control-internal,event-internal}.h "$part/build/trace/" ||
        return 1
    cp "$work/source/COPYING" "$part/"
    cat "$work/source/VERSION" >"$part/version"
    printf '%s\n' "$package_version" >"$part/package-version"
    {
        printf '%s\n' -std=gnu11 -m64 -mcx16 -msse2 -pthread -fno-strict-aliasing -fno-common \
            -fwrapv -D_GNU_SOURCE -D_FILE_OFFSET_BITS=64 -D_LARGEFILE_SOURCE
        printf '%s\n' "-isystem$sdk/source/linux-headers"
        for folder in build source source/include source/host/include/{x86_64,generic}; do
            [[ -d "$part/$folder" ]] && printf '%s\n' "-iquote$sdk/$folder"
        done
        pkg-config --cflags glib-2.0 | tr ' ' '\n' | grep .
    } >"$part/cflags"
    printf '%s\n' "$X550_SDK_RECIPE" >"$part/.recipe"
    x550_publish "$part" "$sdk"
}

# ---- test QEMU ---------------------------------------------------------------------------------

# x550_test_qemu_options plain|asan
x550_test_qemu_options() {
    printf '%s\n' "${X550_TEST_QEMU_OPTIONS[@]}"
    if [[ "$1" == asan ]]; then printf '%s\n' --enable-asan --enable-ubsan; fi
}

x550_test_qemu_key() {
    mapfile -t options < <(x550_test_qemu_options "$1")
    x550_hash "recipe-$X550_SDK_RECIPE" "$1" "${options[@]}" "${X550_TEST_QEMU_DEVICES[@]}"
}

# Folder of the test QEMU that is ready, newest version first: x550_test_qemu_path plain|asan
x550_test_qemu_path() {
    local key found
    key="$(x550_test_qemu_key "$1")"
    found="$(find "$X550_CACHE/qemu" -mindepth 2 -maxdepth 2 -path "*-$key/.complete" 2>/dev/null |
        sort -V | tail -n 1)"
    [[ -n "$found" ]] || return 1
    dirname "$found"
}

x550_ensure_test_qemu() {
    local flavour="${1:-plain}"
    x550_test_qemu_path "$flavour" >/dev/null ||
        x550_locked "qemu-$flavour" x550_make_test_qemu "$flavour"
}

x550_make_test_qemu() {
    local flavour="$1" version folder meson options work="$X550_CACHE/work/qemu-$1"
    x550_test_qemu_path "$flavour" >/dev/null && return 0
    mapfile -t options < <(x550_test_qemu_options "$flavour")
    x550_fetch_source "$X550_TEST_QEMU_SUITE" qemu "$work/source" || return 1
    meson="$(x550_fetch_deb_alone "$X550_TEST_QEMU_MESON_SUITE" meson)" || return 1
    version="$(x550_source_version "$X550_TEST_QEMU_SUITE" qemu)" || return 1
    folder="$X550_CACHE/qemu/$version-$(x550_test_qemu_key "$flavour")"
    printf 'CONFIG_%s=y\n' "${X550_TEST_QEMU_DEVICES[@]}" \
        >"$work/source/configs/devices/x86_64-softmmu/x550.mak"

    # QEMU 10 wants a newer meson than Debian 12 has; its virtual environment takes it from here.
    export PYTHONPATH="$meson/usr/lib/python3/dist-packages"
    # A plug-in finds QEMU's functions only if the program exports them.
    export LDFLAGS=-Wl,--export-dynamic
    x550_step "configuring QEMU $version" x550_configure "$work" "${options[@]}" || return 1
    x550_step "building QEMU $version (about 4 minutes on 2 cores)" \
        nice ninja -C "$work/build" -j "$X550_JOBS" qemu-system-x86_64 || return 1
    unset PYTHONPATH LDFLAGS
    x550_check_exports "$work/build/qemu-system-x86_64" || return 1
    x550_install_test_qemu "$work" "$folder" "$version" || return 1
    rm -rf "$work"
}

x550_check_exports() {
    local binary="$1" symbol names status=0
    names="$(nm --dynamic --defined-only "$binary" | awk '{ print $3 }')"
    for symbol in type_register_static pci_register_bar msix_init qemu_new_nic \
        vmstate_info_uint32 qemu_bh_new_full timer_init_full aio_bh_new_full qemu_loglevel; do
        grep -qx "$symbol" <<<"$names" || {
            x550_note "$binary does not export $symbol"
            status=1
        }
    done
    return "$status"
}

x550_install_test_qemu() {
    local work="$1" folder="$2" version="$3" part="$2.part" rom
    rm -rf "$part"
    # QEMU looks for firmware beside its own folder: no -L is needed.
    mkdir -p "$part/bin" "$part/share/qemu"
    cp "$work/build/qemu-system-x86_64" "$part/bin/"
    for rom in /usr/share/qemu/*.bin /usr/share/qemu/*.rom /usr/share/seabios/*.bin \
        /usr/lib/ipxe/qemu/*.rom; do
        [[ -e "$rom" ]] && ln -sf "$(readlink -f "$rom")" "$part/share/qemu/${rom##*/}"
    done
    x550_publish "$part" "$folder"
    x550_write_sdk "$work" "$folder/sdk" "$version" || return 1
    : >"$folder/.complete"
}
