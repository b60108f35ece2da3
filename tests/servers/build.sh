#!/bin/sh
# Makes the servers the tests speak to, once, and keeps them; tests themselves never download anything.
#   FerretDB 2.7.0 (Go) on PostgreSQL 18 with the DocumentDB extension (Debian packages in a folder of their own),
#   Debian's redis-server and chromium with Chinese fonts, OpenSearch 2.19 (opensearch/build.sh).
# Kept in $POLICYMAP_SERVERS, else in the user's cache. Needs root (chroot), Debian's apt, Go 1.25 or newer.
# docs/decisions/test-servers.md says why these.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
base=${POLICYMAP_SERVERS:-${XDG_CACHE_HOME:-$HOME/.cache}/policymap-servers}
debian=$base/debian
template=/var/lib/postgresql/template
pgbin=/usr/lib/postgresql/18/bin

say() { echo "servers: $*" >&2; }
end() { say "$*"; exit 1; }
inside() { chroot --userspec=postgres:postgres "$debian.new" env -i LC_ALL=C.UTF-8 PATH="$pgbin:/usr/bin:/bin" "$@"; }

needs() { # COMMAND PACKAGE
    command -v "$1" >/dev/null && return
    command -v apt-get >/dev/null || end "$1 is missing and this is not Debian; install it first"
    say "installing $2"
    apt-get install -y -qq --no-install-recommends "$2" >/dev/null || end "apt-get could not install $2"
}

make_debian() {
    say "PostgreSQL 18 with DocumentDB (about 100 MB)"
    rm -rf "$debian.new"
    # The machine's own apt settings decide on mirror, proxy and date checks.
    apt-config dump | grep -E '^Acquire::(Check-|https?::)' > "$base/apt.conf" || :
    mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' | grep -E '/debian/?$' | head -n 1) || :
    mmdebstrap --quiet --variant=minbase --aptopt="$base/apt.conf" --aptopt='Apt::Install-Recommends "false"' \
        --dpkgopt='path-exclude=/usr/share/man/*' --dpkgopt='path-exclude=/usr/share/doc/*' \
        --dpkgopt='path-exclude=/usr/share/locale/*' --include=postgresql-18,postgresql-18-documentdb \
        sid "$debian.new" ${mirror:+"deb $mirror sid main"} >&2
}

make_template() {
    say "an empty database, copied for each test run"
    inside initdb --pgdata="$template" --username=postgres --auth=trust --encoding=UTF8 --locale=C.UTF-8 >/dev/null
    # fsync off: what the tests write may die with the machine. full_page_writes stays on: without it a unique
    # index is corrupt after a kill. The folder has no /dev/shm. Deadlocks of bulk writes should fail soon.
    cat >> "$debian.new$template/postgresql.conf" <<'CONF'
listen_addresses = '127.0.0.1'
unix_socket_directories = ''
shared_preload_libraries = 'pg_cron, pg_documentdb_core, pg_documentdb'
cron.database_name = 'postgres'
cron.log_statement = off
cron.log_run = off
dynamic_shared_memory_type = mmap
shared_buffers = 64MB
max_connections = 60
fsync = off
deadlock_timeout = 20ms
log_min_messages = warning
CONF
    port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
    inside pg_ctl --pgdata="$template" --options="-p $port" --log="$template.log" --wait start >/dev/null
    inside psql -qAt -h 127.0.0.1 -p "$port" -U postgres -c 'SET client_min_messages = error' \
        -c 'CREATE EXTENSION documentdb CASCADE' >/dev/null
    inside pg_ctl --pgdata="$template" --mode=fast --wait stop >/dev/null
}

make_ferretdb() {
    say "FerretDB"
    command -v go >/dev/null || end "Go 1.25 or newer is missing; install it first"
    (cd "$here/ferretdb" && CGO_ENABLED=0 GOFLAGS=-buildvcs=false go build -trimpath -ldflags='-s -w' -o "$base/ferretdb.new" .)
    mv "$base/ferretdb.new" "$base/ferretdb"
}

# A part is made again only when its recipe changed.
made() { [ "$(cat "$base/$1.recipe" 2>/dev/null)" = "$2" ]; }
recipe() { cat "$@" | sha256sum | cut -c1-16; }

[ "$(id -u)" = 0 ] || end "root is needed (chroot); without it the tests run over the embedded store only"
needs redis-server redis-server
needs chromium chromium
fc-list :lang=zh 2>/dev/null | grep -q . || needs no-chinese-font fonts-noto-cjk
mkdir -p "$base"
wanted=$(recipe "$here/build.sh")
if ! made debian "$wanted"; then
    needs mmdebstrap mmdebstrap
    make_debian
    make_template
    rm -rf "$debian" && mv "$debian.new" "$debian"
    echo "$wanted" > "$base/debian.recipe"
fi
wanted=$(recipe "$here"/ferretdb/*)
if ! made ferretdb "$wanted"; then
    make_ferretdb
    echo "$wanted" > "$base/ferretdb.recipe"
fi
wanted=$(recipe "$here"/opensearch/*)
if ! made opensearch "$wanted"; then
    "$here/opensearch/build.sh" "$base/opensearch"
    echo "$wanted" > "$base/opensearch.recipe"
fi
say "ready in $base"
