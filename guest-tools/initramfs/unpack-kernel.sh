#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Unpacks a vmlinuz into the ELF image inside it. QEMU starts that through the PVH entry point, and
# an emulated CPU does not have to decompress it: boot takes half the time.
set -eu

if [ $# -ne 2 ]; then
    echo "usage: unpack-kernel.sh VMLINUZ OUTPUT" >&2
    exit 2
fi
image=$1
output=$2

# Tries one format: every place its magic occurs (given as a Perl pattern for grep) may be the start.
attempt() {
    LC_ALL=C grep -obUaP "$1" "$image" | cut -d: -f1 | while read -r offset; do
        tail -c +$((offset + 1)) "$image" | $2 >"$output.part" 2>/dev/null || true
        if [ "$(head -c 4 "$output.part" | od -An -tx1 | tr -d ' \n')" = 7f454c46 ]; then
            mv "$output.part" "$output"
            break
        fi
    done
    [ -s "$output" ]
}

rm -f "$output"
mkdir -p "$(dirname "$output")"
attempt '\xFD7zXZ\x00' 'xz -dcq' ||
    attempt '\x28\xB5\x2F\xFD' 'zstd -dcq' ||
    attempt '\x1F\x8B\x08' 'gzip -dcq' ||
    attempt '\x02\x21\x4C\x18' 'lz4 -dcq' || {
    rm -f "$output.part"
    echo "unpack-kernel.sh: no known compression in $image" >&2
    exit 1
}
