# Shared by the scripts beside it; sourced, never run. All paths are relative to the checkout, so that a
# checkout below "/tmp/a b" needs no care anywhere else.

set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

PYTHON=.venv/bin/python
export PYTHONUTF8=1 PIP_DISABLE_PIP_VERSION_CHECK=1

say() { printf '%s\n' "$*"; }

# One plain line (or a few) and the end. Never a traceback.
fail() {
    printf '\n✗ %s\n' "$1" >&2
    shift
    for line in "$@"; do printf '  %s\n' "$line" >&2; done
    exit 1
}

# The line of a log that says what went wrong.
reason_in() {
    grep -aE 'No space left|Permission denied|Read-only file system' "$1" | head -1 | grep . ||
        grep -aE '^(ERROR|E:|error|[A-Za-z_.]+(Error|Exception)\b)' "$1" | tail -1 | grep . || tail -1 "$1"
}

# The end of a log; of a traceback only the line that tells.
words_of() {
    if grep -q '^Traceback' "$1"; then reason_in "$1"; else tail -5 "$1"; fi
}

services_running() {
    [ "$("$PYTHON" -m platform_portal.embedded status --var-dir "$1" 2>/dev/null)" = running ]
}

stop_services() {
    "$PYTHON" -m platform_portal.embedded stop --var-dir "$1" >/dev/null || true
}

# The database and Redis of the tests; those who started them stop them at the end.
start_test_services() {
    VAR=var/test
    export PORTAL_ENV=test
    if services_running "$VAR"; then return; fi
    trap 'stop_services "$VAR"' EXIT
    "$PYTHON" -m platform_portal.embedded start --fast --var-dir "$VAR" >/dev/null || exit 1
}

find_browser() {
    local candidate
    for candidate in ${CHROMIUM:+"$CHROMIUM"} chromium-headless-shell chromium chromium-browser google-chrome; do
        command -v "$candidate" && return
    done
    return 1
}
