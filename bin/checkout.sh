# What the scripts beside this file know of the checkout: its root, which Python serves, what has been made already.
# A step is done again only when what it was made from has changed. Its stamp in var/stamps is written last and at
# once, so a step that was interrupted, even by kill -9, has none and is done again.
# shellcheck shell=bash

cd "$(dirname "${BASH_SOURCE[0]}")/.." || exit
ROOT=$PWD
mkdir -p var/stamps
[[ $PATH == "$ROOT/.venv/bin:"* ]] || PATH=$ROOT/.venv/bin:$PATH

say() {
    local bold='' plain=''
    [[ ! -t 2 ]] || bold=$'\e[1m' plain=$'\e[0m'
    printf '%s\n' "$bold$*$plain" >&2
}

die() {
    say "$*"
    exit 1
}

# Python 3.11 or later that can make virtual environments.
find_python() {
    local name
    for name in python3 python3.14 python3.13 python3.12 python3.11; do
        # Not the one of the checkout: it goes away when the environment is made anew.
        name=$(PATH=${PATH#"$ROOT/.venv/bin:"} command -v "$name") || continue
        "$name" -c 'import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || continue
        echo "$name"
        return
    done
    return 1
}

# One word for the names and contents of all files under the given paths.
fingerprint() {
    find "$@" '(' -name node_modules -o -name __pycache__ ')' -prune -o -type f -not -name '*.mo' -print0 |
        LC_ALL=C sort -z | xargs -0 sha256sum | sha256sum | cut -c 1-64
}

# step NAME KEY OUTPUT COMMAND…: run the command, unless OUTPUT is there and was made from the same KEY.
step() {
    local name=$1 key=$2 output=$3
    shift 3
    [[ -e $output && $(cat "var/stamps/$name" 2>/dev/null) == "$key" ]] && return
    say "$name …"
    rm -f "var/stamps/$name"
    "$@"
    echo "$key" >"var/stamps/$name.new"
    mv "var/stamps/$name.new" "var/stamps/$name"
}

# Only one script at a time may change the checkout. What this script starts inherits the lock, so that work left
# behind by a killed run is waited for; servers must close it (9>&-).
lock_checkout() {
    exec 9>var/lock
    flock --nonblock 9 && return
    say "Another run is at work in this checkout; waiting for it …"
    flock 9
}
