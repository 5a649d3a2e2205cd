# shellcheck shell=bash disable=SC2034  # read by the other scripts
# SPDX-License-Identifier: GPL-2.0-or-later
# Paths, messages, stamps and locks that every other script relies on.

X550_CACHE="${XDG_CACHE_HOME:-$HOME/.cache}/qemu-x550"
X550_BUILD="${X550_BUILD_DIR:-$X550_ROOT/build}"
X550_BUILD_ASAN="${X550_BUILD}-asan"
X550_BUILD_BENCH="${X550_BUILD}-bench"
X550_ARTIFACTS="$X550_BUILD/artifacts"
X550_PLUGIN=hw/qemu/libqemu-x550.so
X550_REGISTER_GENERATOR=hw/nic/gen-registers
X550_GUEST_TOOL=guest-tools/host/x550-guest
X550_LOGS="$X550_CACHE/log"
X550_VERBOSE="${X550_VERBOSE:-0}"
X550_JOBS="${X550_JOBS:-$(nproc)}"

x550_note() { printf '%s\n' "$*" >&2; }
x550_warn() { printf 'warning: %s\n' "$*" >&2; }
x550_die() {
    printf 'error: %s\n' "$*" >&2
    exit 1
}

# A terminal gets one line that is rewritten; a log gets a line now and then.
x550_is_terminal() { [[ -t 2 && -z "${CI:-}" ]]; }

# x550_elapsed START: "12 s" or "3 min 04 s"
x550_elapsed() {
    local seconds=$((SECONDS - $1))
    if ((seconds < 60)); then
        printf '%d s' "$seconds"
    else
        printf '%d min %02d s' $((seconds / 60)) $((seconds % 60))
    fi
}

# Last thing a log says, short enough for one line of a terminal.
x550_last_line() {
    tail -n 1 "$1" 2>/dev/null | tr '\r' '\n' | tail -n 1 | tr -cd '[:print:]' | cut -c 1-60
}

# Runs in the background of x550_step and ends with it.
x550_show_progress() {
    local title="$1" log="$2" start="$3" period=20 never
    x550_is_terminal && period=1
    # A pipe that nobody writes to serves as a clock that leaves no child behind when killed.
    exec {never}<> <(:)
    while ! read -r -t "$period" -u "$never"; do
        kill -0 "$$" 2>/dev/null || return 0 # the script was interrupted
        if x550_is_terminal; then
            printf '\r\033[K%s ... %s  %s' "$title" "$(x550_elapsed "$start")" \
                "$(x550_last_line "$log")" >&2
        else
            printf '%s ... %s  %s\n' "$title" "$(x550_elapsed "$start")" \
                "$(x550_last_line "$log")" >&2
        fi
    done
}

# x550_step TITLE COMMAND...: run quietly with progress; on failure show the end of its log.
# The command runs in a subshell so that it cannot change the caller's directory or variables.
x550_step() {
    local title="$1" start=$SECONDS log status=0 progress
    shift
    mkdir -p "$X550_LOGS"
    log="$X550_LOGS/$(printf '%s' "$title" | tr -c 'A-Za-z0-9.\n' '-').log"
    if ((X550_VERBOSE)); then
        x550_note "== $title"
        ("$@") >&2 || status=$?
    else
        x550_show_progress "$title" "$log" "$start" &
        progress=$!
        ("$@") >"$log" 2>&1 </dev/null || status=$?
        kill "$progress" 2>/dev/null || true
        wait "$progress" 2>/dev/null || true
        x550_is_terminal && printf '\r\033[K' >&2
    fi
    if ((status)); then
        x550_note "$title: failed after $(x550_elapsed "$start")"
        if ! ((X550_VERBOSE)); then
            tail -n 25 "$log" | sed 's/^/    /' >&2
            x550_note "the whole log: $log"
        fi
        return "$status"
    fi
    x550_note "$title: done in $(x550_elapsed "$start")"
}

# One process at a time may fill a cache folder; the others wait and then find it filled.
# x550_locked NAME COMMAND...
x550_locked() {
    local name="$1" lock
    shift
    mkdir -p "$X550_CACHE/lock"
    lock="$X550_CACHE/lock/$name"
    (
        if ! flock -n 9; then
            x550_note "waiting for another process that prepares $name"
            flock 9
        fi
        "$@"
    ) 9>"$lock"
}

# Short key for a set of options: x550_hash WORD...
x550_hash() { printf '%s\n' "$@" | sha256sum | cut -c 1-10; }

# Puts a finished folder in its place in one step, so that a broken run leaves nothing behind.
x550_publish() {
    local from="$1" to="$2"
    mkdir -p "$(dirname "$to")"
    rm -rf "$to"
    mv -T "$from" "$to"
}

# shellcheck disable=SC1091  # a file of the system
x550_debian_codename() { (. /etc/os-release && printf '%s\n' "${VERSION_CODENAME:-}"); }
