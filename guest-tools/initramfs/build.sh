#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Composes an initramfs out of the distribution's packages: busybox, iproute2, ethtool and iperf3
# with their libraries, the guest agent as /init, x550-taskoffload, and the kernel modules the guest
# tests use.
set -eu

usage() {
    cat <<'TEXT'
usage: build.sh --kernel-version V --modules DIR --agent PATH --output FILE [options]

  --kernel-version V   kernel release, for example 6.1.0-56-amd64 (default: uname -r)
  --modules DIR        folder of that release's modules (default: /lib/modules/V)
  --agent PATH         the static x550-agent
  --tool PATH          one more static program of ours, stored under /bin (may be repeated)
  --output FILE        initramfs to write
  --compress KIND      none, zstd or gzip (default: none, which an emulated CPU boots fastest)
  --root DIR           take busybox, ip, ethtool and iperf3 from this root (default: /)
  --program NAME:DEB   one more program with its libraries (may be repeated)
  --library NAME       a library that a program loads by itself (may be repeated)
  --load "A B..."      modules the agent loads at boot unless x550.modules= says otherwise
  --extra PATH         one more file, stored under /extra (may be repeated)
TEXT
}

die() {
    echo "build.sh: $*" >&2
    exit 1
}

version=$(uname -r)
modules=
agent=
output=
compress=none
root=/
load=
extras=
tools=
programs=
loaded=
while [ $# -gt 0 ]; do
    case $1 in
    --help) usage; exit 0 ;;
    --kernel-version | --modules | --agent | --output | --compress | --root | --load | \
        --extra | --program | --library | --tool)
        [ $# -ge 2 ] || die "$1 needs a value"
        ;;
    *) usage >&2; die "unknown option $1" ;;
    esac
    case $1 in
    --kernel-version) version=$2 ;;
    --modules) modules=$2 ;;
    --agent) agent=$2 ;;
    --output) output=$2 ;;
    --compress) compress=$2 ;;
    --root) root=${2%/}/ ;;
    --load) load=$2 ;;
    --extra) extras="$extras
$2" ;;
    --tool) tools="$tools
$2" ;;
    --program) programs="$programs $2" ;;
    --library) loaded="$loaded $2" ;;
    esac
    shift 2
done
modules=${modules:-/lib/modules/$version}
[ -x "$agent" ] || die "--agent must name the built x550-agent"
[ -n "$output" ] || die "--output is missing"
[ -d "$modules/kernel" ] || die "$modules has no kernel modules"

wanted="ixgbe e1000e igb virtio_net vmxnet3 virtio_pci virtio_console 8021q vxlan ip_gre ip6_gre
ipip sit dummy bridge macvlan bonding af_packet geneve udp_tunnel ip6_udp_tunnel ip6_tunnel sch_fq
rtc_cmos nf_conntrack pktgen tcp_bbr esp4 esp6 xfrm_user e1000 sctp crc32c_generic
uio_pci_generic vfio_pci vfio_iommu_type1"

stage=$(mktemp -d)
trap 'rm -rf "$stage"' EXIT INT TERM

# Prints the path of a program inside $root.
find_program() {
    for folder in usr/bin bin usr/sbin sbin; do
        if [ -x "$root$folder/$1" ]; then
            echo "$root$folder/$1"
            return 0
        fi
    done
    return 1
}

# Prints the shared libraries of a program by their paths inside $root; those that $root does not
# have come from this machine.
libraries_of() {
    libraries=${root}lib/x86_64-linux-gnu
    if [ -x "$libraries/ld-linux-x86-64.so.2" ]; then
        "$libraries/ld-linux-x86-64.so.2" --library-path \
            "$libraries:${root}usr/lib/x86_64-linux-gnu" --list "$1"
    else
        ldd "$1"
    fi 2>/dev/null | sed -n -e 's/^[^/]* => \(\/[^ ]*\) (0x.*/\1/p' \
        -e 's/^[[:space:]]*\(\/[^ ]*\) .*/\1/p' | while read -r library; do
        echo "/${library#"$root"}" | tr -s /
    done
}

# Copies a program to /bin and every shared library it names to where it expects them.
add_program() {
    program=$(find_program "$1") || die "$1 is missing: install $2"
    cp -L "$program" "$stage/bin/$1"
    libraries_of "$program" | while read -r library; do
        add_library "$library"
    done
}

# Takes a library by its path inside $root, or from this machine.
add_library() {
    [ -e "$stage$1" ] && return 0
    mkdir -p "$stage$(dirname "$1")"
    source=$root${1#/}
    [ -e "$source" ] || source=$1
    cp -L "$source" "$stage$1"
}

add_module_file() {
    target=$stage/lib/modules/$version/${1#"$modules"/}
    case $target in
    *.xz) plain=${target%.xz}; unpack="xz -dc" ;;
    *.zst) plain=${target%.zst}; unpack="zstd -qdc" ;;
    *.gz) plain=${target%.gz}; unpack="gzip -dc" ;;
    *) plain=$target; unpack="cat" ;;
    esac
    [ -e "$plain" ] && return 0
    mkdir -p "$(dirname "$plain")"
    $unpack "$1" >"$plain"
}

# Walks modules.dep, so that no running kernel of that version is needed.
add_module() {
    name=$(echo "$1" | tr - _)
    awk -v name="$name" '{
        path = $1; sub(/:$/, "", path)
        file = path; sub(/.*\//, "", file); sub(/\..*/, "", file); gsub(/-/, "_", file)
        if (file == name) { print path; for (i = 2; i <= NF; i++) print $i }
    }' "$modules/modules.dep" | while read -r path; do
        add_module_file "$modules/$path"
    done
}

mkdir -p "$stage/bin" "$stage/etc" "$stage/proc" "$stage/sys" "$stage/dev" "$stage/tmp" \
    "$stage/run" "$stage/lib/modules/$version" "$stage/root"
ln -s bin "$stage/sbin"
mkdir -p "$stage/usr" "$stage/var"
ln -s ../run "$stage/var/run"
ln -s ../bin "$stage/usr/bin"
ln -s ../bin "$stage/usr/sbin"

busybox=$(find_program busybox) || die "busybox is missing: install busybox-static"
! ldd "$busybox" >/dev/null 2>&1 || die "busybox is not static: install busybox-static"
cp -L "$busybox" "$stage/bin/busybox"
"$busybox" --list | while read -r applet; do
    [ "$applet" = busybox ] || ln -s busybox "$stage/bin/$applet"
done
for pair in ip:iproute2 tc:iproute2 bridge:iproute2 ethtool:ethtool iperf3:iperf3 $programs; do
    rm -f "$stage/bin/${pair%:*}"
    add_program "${pair%:*}" "${pair#*:}"
done

for name in $loaded; do
    found=
    for folder in lib usr/lib; do
        file=$folder/x86_64-linux-gnu/$name
        [ -n "$found" ] || [ ! -e "$root$file" ] || found=/$file
    done
    [ -n "$found" ] || die "$name is missing"
    add_library "$found"
done

cp "$agent" "$stage/init"
strip "$stage/init" 2>/dev/null || true
chmod 755 "$stage/init"
ln -s ../init "$stage/bin/x550-agent"
echo "$tools" | while read -r tool; do
    [ -z "$tool" ] && continue
    cp -L "$tool" "$stage/bin/"
    strip "$stage/bin/${tool##*/}" 2>/dev/null || true
done
echo "$load" >"$stage/etc/x550-modules"
echo 'root:x:0:0:root:/root:/bin/sh' >"$stage/etc/passwd"
echo "export PS1='x550 guest:\\w\\$ '" >"$stage/etc/profile"
echo "$extras" | while read -r extra; do
    [ -z "$extra" ] && continue
    mkdir -p "$stage/extra"
    cp -L "$extra" "$stage/extra/"
done

[ -e "$modules/modules.dep" ] || depmod -b "${modules%/lib/modules/*}" "$version"
for module in $wanted $load; do
    add_module "$module"
done
cp "$modules/modules.builtin" "$stage/lib/modules/$version/" 2>/dev/null || true
cp "$modules/modules.order" "$stage/lib/modules/$version/" 2>/dev/null || true
depmod -b "$stage" "$version" 2>/dev/null || die "depmod failed: install kmod"

case $compress in
none) pack="cat" ;;
zstd) pack="zstd -q -3 -c" ;;
gzip) pack="gzip -1 -c" ;;
*) die "unknown compression $compress" ;;
esac
if command -v cpio >/dev/null 2>&1; then
    archive="cpio --quiet -o -H newc -R 0:0"
else
    archive="$busybox cpio -o -H newc -R 0:0"
fi
mkdir -p "$(dirname "$output")"
(cd "$stage" && find . | sort | $archive 2>/dev/null) | $pack >"$output.part"
mv "$output.part" "$output"
