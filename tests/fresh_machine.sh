#!/bin/bash
# Runs a command of this workspace on a machine that has nothing but Debian's base system:
#
#   sudo tests/fresh_machine.sh                       # ./bazelw test //...
#   sudo tests/fresh_machine.sh ./bazelw run //examples:tcp_echo_server -- --help
#   sudo tests/fresh_machine.sh .ci/run
#
# The machine is a Debian root made by debootstrap in a temporary directory. It gets a clone of what is committed here,
# and apt's and npm's configuration from this machine. It is not part of `bazel test`: it needs root, a mirror and ten
# minutes.
#   RELEASE=bookworm   the Debian release
#   KEEP=1             keep the directory, to look into it
set -eu

# Mounts live in a namespace of their own: however this script ends, none is left behind.
if [ -z "${FRESH_MACHINE_ROOT:-}" ]; then
  [ "$(id -u)" = 0 ] || { echo 'fresh_machine: needs root' >&2; exit 1; }
  command -v debootstrap >/dev/null || { echo 'fresh_machine: apt-get install debootstrap' >&2; exit 1; }
  FRESH_MACHINE_ROOT=$(mktemp -d "${TMPDIR:-/var/tmp}/eddy-fresh-machine.XXXXXX")
  chmod 755 "$FRESH_MACHINE_ROOT" # apt downloads as a user of its own
  export FRESH_MACHINE_ROOT
  if [ -n "${KEEP:-}" ]; then
    echo "fresh_machine: in $FRESH_MACHINE_ROOT" >&2
  else
    trap 'rm -rf --one-file-system "$FRESH_MACHINE_ROOT"' EXIT
  fi
  unshare --mount --pid --fork --kill-child --propagation private -- "$0" "$@"
  exit
fi

root=$FRESH_MACHINE_ROOT
here=$(cd "$(dirname "$0")/.." && pwd)
release=${RELEASE:-bookworm}
[ $# -gt 0 ] || set -- ./bazelw test //...

# The mirror that this machine's apt uses for the release, and the proxy in front of it.
# shellcheck disable=SC2016  # apt-get's own placeholders
mirror=$(apt-get indextargets --format '$(RELEASE) $(REPO_URI)' 'Created-By: Packages' |
  while read -r name uri; do
    if [ "$name" = "$release" ]; then
      echo "$uri"
      break
    fi
  done)
[ -n "$mirror" ] || { echo "fresh_machine: apt knows no mirror of $release (apt-get update?)" >&2; exit 1; }
eval "$(apt-config shell proxy Acquire::http::Proxy)"
[ -z "${proxy:-}" ] || export http_proxy=$proxy

begin=$SECONDS
debootstrap --variant=minbase "$release" "$root" "$mirror" >"$root/debootstrap.out" || {
  tail "$root/debootstrap.out" >&2
  exit 1
}
echo "fresh_machine: Debian $release in $((SECONDS - begin)) s" >&2

rm -f "$root/etc/apt/sources.list"
for each in sources.list sources.list.d apt.conf.d auth.conf.d trusted.gpg.d keyrings; do
  [ ! -e "/etc/apt/$each" ] || cp -a "/etc/apt/$each" "$root/etc/apt/"
done
cp /etc/resolv.conf /etc/hosts "$root/etc/"

# The registry that this machine's npm uses, and whom it believes.
npm_settings=()
if command -v npm >/dev/null; then
  npm_settings+=("npm_config_registry=$(npm config get registry)")
  authorities=$(npm config get cafile)
  if [ -f "$authorities" ]; then
    cp -L "$authorities" "$root/etc/npm-authorities.pem"
    npm_settings+=(npm_config_cafile=/etc/npm-authorities.pem)
  fi
fi

git -c safe.directory='*' clone --quiet --no-hardlinks "$here" "$root/eddy"

mount -t proc proc "$root/proc"
mount --rbind /sys "$root/sys"
mount --rbind /dev "$root/dev"

begin=$SECONDS
status=0
# shellcheck disable=SC2016  # expanded by the inner shell
chroot "$root" env -i CI=true HOME=/root LANG=C.UTF-8 PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
  "${npm_settings[@]}" /bin/sh -c 'cd /eddy && exec "$@"' sh "$@" </dev/null || status=$?
echo "fresh_machine: exit status $status after $((SECONDS - begin)) s" >&2
exit "$status"
