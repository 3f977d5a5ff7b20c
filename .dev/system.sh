# What comes from the machine's own package manager, asked for by name and only when it is missing.

# os_field NAME: a field of the system's own description, empty where there is none.
os_field() {
  [ ! -r /etc/os-release ] || sed -n "s/^$1=\"\{0,1\}\([^\"]*\)\"\{0,1\}\$/\1/p" /etc/os-release
}
os_id=$(os_field ID)
os_version=$(os_field VERSION_ID)
os_codename=$(os_field VERSION_CODENAME)

# On a system without apt we say once what the whole project needs, and why we stopped here.
need_apt() {
  has apt-get || fail "this needs $1, and there is no apt here to get it. Install by hand: CMake $cmake_floor, Ninja," \
    "g++ 12 or clang 16, Git, Node.js $node_floor, Emscripten $emscripten_floor (these or later), and for the tests" \
    "Chromium and Firefox; then run again."
}

apt_get() {
  set -- env DEBIAN_FRONTEND=noninteractive \
    apt-get -o DPkg::Lock::Timeout=600 -o Acquire::Retries=3 "$@"
  if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi
}

# The package lists are refreshed once a run, and only when something has to be installed.
apt_refreshed=
apt_refresh() {
  [ -n "$apt_refreshed" ] && return
  quietly apt-update apt_get update
  apt_refreshed=yes
}

# apt_candidate PACKAGE: the version that the machine's own lists offer, without epoch; nothing if none.
apt_candidate() {
  LC_ALL=C apt-cache policy "$1" 2>/dev/null | sed -n 's/^  Candidate: \([0-9]*:\)\{0,1\}\([0-9][^ ]*\)$/\2/p'
}

# system_packages WHAT PACKAGE...: install the packages of the list that are not there yet.
system_packages() {
  system_what=$1
  shift
  need_apt "$system_what"
  system_missing=
  for system_package; do
    [ "$(dpkg-query -W -f '${db:Status-Status}' "$system_package" 2>/dev/null)" = installed ] ||
      system_missing="$system_missing $system_package"
  done
  [ -n "$system_missing" ] || return 0
  [ "$(id -u)" = 0 ] || has sudo ||
    fail "this needs $system_what, and only root may install it: apt-get install$system_missing; then run again."
  apt_refresh
  # shellcheck disable=SC2086  # a list of words
  set -- $system_missing
  system_size=$(LC_ALL=C apt-get install --no-install-recommends --print-uris -qq "$@" 2>/dev/null |
    awk '{ bytes += $3 } END { printf "%d", bytes / 1e6 + 1 }')
  step "installing $system_what:$system_missing ($system_size MB)"
  quietly "apt-$1" apt_get install -y --no-install-recommends "$@"
}
