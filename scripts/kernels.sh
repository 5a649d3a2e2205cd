# shellcheck shell=bash disable=SC2034  # read by the other scripts
# SPDX-License-Identifier: GPL-2.0-or-later
# Debian's stock kernels for the guests: image and modules, unpacked into the cache.

# series and the suite that carries it
X550_KERNEL_SERIES=(6.1:bookworm 6.12:trixie)
X550_DEFAULT_KERNEL=6.1
X550_KERNEL_RECIPE=1

# Folder of a kernel that is ready, newest first: x550_kernel_path SERIES
x550_kernel_path() {
    local stamp best=""
    while read -r stamp; do
        [[ "$(cat "$stamp")" == "$X550_KERNEL_RECIPE" ]] && best="${stamp%/*}"
    done < <(find "$X550_CACHE/kernel" -mindepth 2 -maxdepth 2 -path "*/$1.*/.recipe" 2>/dev/null |
        sort -V)
    [[ -n "$best" ]] || return 1
    printf '%s\n' "$best"
}

x550_kernel_suite() {
    local entry
    for entry in "${X550_KERNEL_SERIES[@]}"; do
        [[ "${entry%%:*}" == "$1" ]] && printf '%s\n' "${entry#*:}"
    done
}

# x550_ensure_kernel SERIES
x550_ensure_kernel() {
    x550_kernel_path "$1" >/dev/null ||
        x550_locked "kernel-$1" x550_make_kernel "$1" "$(x550_kernel_suite "$1")"
}

x550_ensure_all_kernels() {
    local entry
    for entry in "${X550_KERNEL_SERIES[@]}"; do
        x550_ensure_kernel "${entry%%:*}" || return 1
    done
}

# The image behind Debian's meta package: x550_kernel_package SUITE
x550_kernel_package() {
    x550_deb_files "$1" closure linux-image-amd64 2>/dev/null |
        sed -n 's/^\(linux-image-[0-9][^_]*-amd64\)_.*/\1/p' | grep -v -e -unsigned | head -n 1
}

x550_make_kernel() {
    local series="$1" suite="$2" package unpacked
    x550_kernel_path "$series" >/dev/null && return 0
    x550_apt_update "$suite" || return 1
    package="$(x550_kernel_package "$suite")"
    [[ "$package" == linux-image-"$series".* ]] || {
        x550_note "Debian $suite offers ${package:-no kernel}, not Linux $series."
        return 1
    }
    unpacked="$(x550_fetch_deb_alone "$suite" "$package")" || return 1
    x550_step "unpacking Linux $series" x550_arrange_kernel "$unpacked" "$series" || return 1
    rm -rf "$unpacked"
}

# Modules are stored plain (Debian 13 compresses them), so that an initramfs can take them as they
# are, and without the hardware that no guest of ours has.
x550_arrange_kernel() {
    local unpacked="$1" modules release part folder="$X550_CACHE/kernel"
    modules="$(find "$unpacked" -type d -path '*lib/modules/*' -prune | head -n 1)"
    release="${modules##*/}"
    [[ "$release" == "$2".* ]] || return 1
    part="$folder/$release.part"
    rm -rf "$part"
    mkdir -p "$part/lib/modules"
    mv "$modules" "$part/lib/modules/$release"
    rm -rf "$part/lib/modules/$release/kernel"/{sound,drivers/{gpu,media,staging,iio,infiniband}}
    find "$part/lib/modules" -name '*.ko.xz' -print0 |
        xargs -0 --no-run-if-empty -n 64 -P "$X550_JOBS" xz --decompress || return 1
    find "$part/lib/modules" -name '*.ko.zst' -print0 |
        xargs -0 --no-run-if-empty -n 64 -P "$X550_JOBS" zstd --quiet --decompress --rm || return 1
    cp "$unpacked/boot/vmlinuz-$release" "$part/vmlinuz"
    cp "$unpacked/boot/config-$release" "$part/config"
    PATH="$PATH:/usr/sbin:/sbin" depmod --basedir "$part" "$release" || return 1
    printf '%s\n' "$release" >"$part/release"
    printf '%s\n' "$X550_KERNEL_RECIPE" >"$part/.recipe"
    x550_publish "$part" "$folder/$release"
}
