# shellcheck shell=bash disable=SC2034  # read by the other scripts
# SPDX-License-Identifier: GPL-2.0-or-later
# The guests' initramfs images: the agent, x550-taskoffload, a few of Debian's programs and the
# kernel's own modules.

X550_AGENT=guest-tools/agent/x550-agent
X550_TASKOFFLOAD=guest-tools/taskoffload/x550-taskoffload
X550_INITRD_PACKAGES=(busybox-static iproute2 ethtool iperf3)

# x550_initrd_path KERNEL-FOLDER
x550_initrd_path() { printf '%s/initramfs/%s.img\n' "$X550_BUILD" "$(cat "$1/release")"; }

# The same with DPDK's testpmd: x550_dpdk_initrd_path KERNEL-FOLDER
x550_dpdk_initrd_path() { printf '%s/initramfs/%s-dpdk.img\n' "$X550_BUILD" "$(cat "$1/release")"; }

x550_ensure_initrd() {
    x550_make_initrd "$1" "$(x550_initrd_path "$1")" \
        "$(x550_fetch_debs bookworm "${X550_INITRD_PACKAGES[@]}")"
}

x550_ensure_dpdk_initrd() {
    x550_make_initrd "$1" "$(x550_dpdk_initrd_path "$1")" \
        "$(x550_fetch_debs bookworm "${X550_INITRD_PACKAGES[@]}" dpdk-dev)" \
        --program dpdk-testpmd:dpdk-dev --library librte_mempool_ring.so.23 \
        --library libgcc_s.so.1
}

# Made again only when the agent, the tool, the recipe or the packages changed:
# x550_make_initrd KERNEL-FOLDER IMAGE PACKAGE-FOLDER OPTION...
x550_make_initrd() {
    local kernel="$1" image="$2" packages="$3" release key
    shift 3
    [[ -n "$packages" ]] || return 1
    release="$(cat "$kernel/release")"
    key="$(sha256sum "$X550_BUILD/$X550_AGENT" "$X550_BUILD/$X550_TASKOFFLOAD" \
        "$X550_ROOT/guest-tools/initramfs/build.sh" "$packages/.packages" | sha256sum)"
    [[ -e "$image" && "$(cat "$image.key" 2>/dev/null)" == "$key" ]] && return 0
    x550_step "initramfs for Linux $release" "$X550_ROOT/guest-tools/initramfs/build.sh" \
        --kernel-version "$release" --modules "$kernel/lib/modules/$release" \
        --agent "$X550_BUILD/$X550_AGENT" --tool "$X550_BUILD/$X550_TASKOFFLOAD" --root "$packages" --output "$image" "$@" || return 1
    printf '%s\n' "$key" >"$image.key"
}

x550_ensure_all_initrds() {
    local entry
    for entry in "${X550_KERNEL_SERIES[@]}"; do
        x550_ensure_initrd "$(x550_kernel_path "${entry%%:*}")" || return 1
        x550_ensure_dpdk_initrd "$(x550_kernel_path "${entry%%:*}")" || return 1
    done
}
