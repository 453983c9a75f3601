#!/bin/sh
# Installs what requirements.lock names, each file checked against its hash, and the project itself.
# Usage: install.sh PYTHON VENV, in the root of the checkout; nothing is written outside it.
set -eu
python=$1
venv=$2
cache=$PWD/.tanggap/cache

say() { echo "install: $*"; }

# Where the environment was made by another Python, or half made, it is made anew.
if ! "$venv/bin/python" -c 'import sys, pip; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then
    say "making $venv with $("$python" --version)"
    rm -rf "$venv"
    if ! problem=$("$python" -m venv "$venv" 2>&1); then
        rm -rf "$venv"
        echo "$problem" | tail -n 3 >&2
        echo "Python's venv module does not work here; install it (on Debian and Ubuntu: the package python3-venv)." >&2
        exit 1
    fi
fi

mkdir -p "$cache"
export PIP_CACHE_DIR="$cache/pip" UV_CACHE_DIR="$cache/uv"
export PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_INPUT=1
pip() { "$venv/bin/python" -m pip --quiet "$@"; }

# uv installs the same files in a fraction of pip's time; it is itself pinned by the lock.
with_uv() {
    say "fetching the installer"
    sed -n '/^uv==/,/^[a-z].*==/{/^uv==/p;/^    --hash/p;}' requirements.lock >"$cache/uv.lock"
    pip install --require-hashes --requirement "$cache/uv.lock" || return 1
    # uv does not read pip's settings: hand on those that say where packages come from and whom to trust.
    index=${PIP_INDEX_URL:-$(pip_setting index-url)}
    certificate=${PIP_CERT:-$(pip_setting cert)}
    if [ -n "$index" ]; then export UV_DEFAULT_INDEX="$index"; fi
    if [ -n "$certificate" ]; then export SSL_CERT_FILE="${SSL_CERT_FILE:-$certificate}"; fi
    say "fetching and installing $(grep -c '^[A-Za-z].*==' requirements.lock) packages"
    # The system's certificates first: behind a company's proxy only those are right; a bare container has none.
    UV_SYSTEM_CERTS=true sync_with_uv || sync_with_uv
}

sync_with_uv() {
    "$venv/bin/uv" pip sync --python "$venv/bin/python" --require-hashes requirements.lock
}

pip_setting() {
    pip config list 2>/dev/null | sed -n "s/^[a-z:]*\.$1='\(.*\)'\$/\1/p" | tail -n 1
}

with_pip() {
    say "the quick way failed; with pip it takes about a minute"
    "$venv/bin/python" -m pip install --progress-bar off --require-hashes --requirement requirements.lock |
        grep --line-buffered -E '^(Collecting|Installing)' || true
    pip install --require-hashes --requirement requirements.lock
}

with_uv || with_pip || {
    echo "The packages could not be installed; check the network (and proxy settings) and run make again." >&2
    exit 1
}
say "installing the project"
pip install --no-deps --no-build-isolation --editable .
say "done"
