#!/usr/bin/env bash
# Builds the image with podman and holds it to what the compose file asks: read-only, no capabilities, not root, healthy,
# a search answered, a clean stop. Where the official base image cannot be pulled, a stand-in of the same short name is
# made from this machine's own Debian mirror and Python 3.12 (PYTHON_PREFIX, else pyenv's newest). Needs root and Debian.
set -euo pipefail
cd "$(dirname "$0")/../.."
base=python:3.12-slim-bookworm node_base=node:22-bookworm-slim tag=policymap:local name=policymap-check-$$
work=$(mktemp -d)
finish() { podman rm -f -t 0 "$name" >/dev/null 2>&1 || :; rm -rf "$work"; }
trap finish EXIT
say() { echo "container: $*" >&2; }
fail() { say "FAIL: $*"; podman logs "$name" 2>&1 | tail -20 >&2 || :; exit 1; }

command -v podman >/dev/null || {
    say "installing podman"
    apt-get update -qq
    apt-get install -y -qq --no-install-recommends podman buildah runc netavark aardvark-dns iptables catatonit \
        uidmap mmdebstrap >/dev/null
}

# Without systemd, and where limits may only be lowered, podman needs to be told.
files=$(ulimit -Hn); [ "$files" != unlimited ] && [ "$files" -le 65536 ] || files=65536
cat > "$work/containers.conf" <<CONF
[containers]
default_ulimits = ["nofile=$files:$files", "nproc=4096:4096"]
log_driver = "k8s-file"
[engine]
runtime = "runc"
cgroup_manager = "cgroupfs"
events_logger = "file"
CONF
export CONTAINERS_CONF=$work/containers.conf

make_base() {
    say "a stand-in for $base (about 40 s)"
    prefix=${PYTHON_PREFIX:-$(ls -d "$(pyenv root)"/versions/3.12.* 2>/dev/null | sort -V | tail -n 1 || :)}
    [ -x "$prefix/bin/python3.12" ] || fail "no Python 3.12: set PYTHON_PREFIX"
    libraries=$(find "$prefix/lib/python3.12/lib-dynload" -name '*.so' ! -name '_tkinter*' -exec ldd {} + |
        awk '$3 ~ /^\//{print $3}' | sort -u | while read -r found; do
            dpkg -S "$(readlink -f "$found")" 2>/dev/null || dpkg -S "${found#/usr}" 2>/dev/null || :
        done | cut -d: -f1 | sort -u | paste -sd, -)
    sources=/etc/apt/sources.list.d/debian.sources; [ -f "$sources" ] || sources=/etc/apt/sources.list
    mmdebstrap --quiet --variant=apt --include="ca-certificates,netbase,tzdata${libraries:+,$libraries}" \
        bookworm "$work/root" "$sources"
    tar -C "$prefix" --exclude=__pycache__ --exclude='site-packages/*' --exclude=lib/python3.12/test -cf - \
        bin/python3.12 lib include | tar -C "$work/root/usr/local" -xf -
    ln -sf python3.12 "$work/root/usr/local/bin/python3"; ln -sf python3 "$work/root/usr/local/bin/python"
    chroot "$work/root" ldconfig
    chroot "$work/root" /usr/local/bin/python3 -m ensurepip --default-pip >/dev/null 2>&1
    # This machine's certificates and pip settings stay in the stand-in: the Dockerfile needs neither.
    cp /usr/local/share/ca-certificates/*.crt "$work/root/usr/local/share/ca-certificates/" 2>/dev/null || :
    chroot "$work/root" update-ca-certificates >/dev/null 2>&1
    {
        printf '[global]\ncert = /etc/ssl/certs/ca-certificates.crt\n'
        for key in index-url extra-index-url trusted-host; do
            value=$(pip config get "global.$key" 2>/dev/null || pip config get ":env:.$key" 2>/dev/null) &&
                echo "$key = $value" || :
        done
    } > "$work/root/etc/pip.conf"
    tar -C "$work/root" -cf - . | podman import --quiet \
        --change 'ENV PATH=/usr/local/bin:/usr/local/sbin:/usr/sbin:/usr/bin:/sbin:/bin' - "$base" >/dev/null
}

# The same for Node: this machine's own, on the other stand-in.
make_node_base() {
    say "a stand-in for $node_base"
    [ -x "$(command -v node)" ] && [ -x "$(command -v npm)" ] || fail "no Node on this machine"
    mkdir "$work/node"
    cp -L "$(command -v node)" "$work/node/node"
    cp -rL "$(dirname "$(dirname "$(readlink -f "$(command -v npm)")")")" "$work/node/npm"
    {
        printf 'cafile=/etc/ssl/certs/ca-certificates.crt\n'
        printf 'registry=%s\n' "$(npm config get registry)"
    } > "$work/node/npmrc"
    cat > "$work/node/Dockerfile" <<NODE
FROM $base
RUN apt-get update && apt-get install --yes --no-install-recommends libstdc++6 && rm -rf /var/lib/apt/lists/*
COPY node /usr/local/bin/node
COPY npm /usr/local/lib/node_modules/npm
COPY npmrc /usr/local/etc/npmrc
RUN ln -s ../lib/node_modules/npm/bin/npm-cli.js /usr/local/bin/npm && ln -s ../lib/node_modules/npm/bin/npx-cli.js /usr/local/bin/npx
NODE
    podman build --quiet --pull=never --format docker --tag "$node_base" "$work/node" >/dev/null
}

podman image exists "$base" || podman pull --quiet "$base" >/dev/null 2>&1 || make_base
podman image exists "$node_base" || podman pull --quiet "$node_base" >/dev/null 2>&1 || make_node_base
say "building $tag"
podman build --quiet --pull=never --format docker --tag "$tag" . >/dev/null

podman run --rm "$tag" >"$work/refused" 2>&1 && fail "it starts without a secret key"
grep -q POLICYMAP_SECRET_KEY "$work/refused" || fail "it does not name the missing variable"

podman run -d --name "$name" --read-only --tmpfs /tmp --cap-drop ALL --security-opt no-new-privileges \
    --health-interval=disable -e POLICYMAP_SECRET_KEY="$(head -c 24 /dev/urandom | base64)" \
    -p 127.0.0.1::8000 "$tag" >/dev/null 2>&1 || fail "it does not start"
address=http://$(podman port "$name" 8000/tcp)
for try in $(seq 60); do
    curl -fsS -m 2 "$address/readyz" >"$work/ready" 2>/dev/null && break
    [ "$try" -lt 60 ] || fail "not ready"
    sleep 0.5
done
curl -fsSG "$address/api/v1/search" --data-urlencode 'q=高企' | grep -q '"total"' || fail "no answer to a search"
podman exec "$name" python -c 'from backend.adapters.printing import chinese_font; chinese_font()' ||
    fail "no Chinese font for pictures and PDF"
curl -fsS "$address/" | grep -q '<div id="app">' || fail "no web page"
podman healthcheck run "$name" || fail "its own HEALTHCHECK fails"
[ "$(podman exec "$name" id -u)" != 0 ] || fail "it runs as root"
podman stop -t 25 "$name" >/dev/null 2>&1
code=$(podman inspect "$name" --format '{{.State.ExitCode}}'); [ "$code" = 0 ] || fail "SIGTERM ended it with $code"
say "ok: $tag, $(podman image inspect "$tag" --format '{{.Size}}' | numfmt --to=si)B, ready, healthy, not root, stops clean"
