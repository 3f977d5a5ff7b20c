# What ./dev shows: one line a step, quiet otherwise, and one sentence when something is missing.

step() {
  printf '==> %s\n' "$*"
}

fail() {
  printf 'dev: %s\n' "$*" >&2
  exit 1
}

# quietly LOG COMMAND...: run it with its output in build/log/LOG.log; show the end of that when it fails.
# The subshell and the bare `set -e` keep a function among the commands stopping at its first failure.
quietly() {
  quietly_log=$root/build/log/$1.log
  shift
  mkdir -p "$root/build/log"
  set +e
  (
    set -e
    "$@"
  ) >"$quietly_log" 2>&1 </dev/null
  quietly_status=$?
  set -e
  [ "$quietly_status" = 0 ] && return
  tail -n 40 "$quietly_log" >&2
  fail "'$*' failed; everything it said is in ${quietly_log#"$root"/}."
}

has() {
  command -v "$1" >/dev/null 2>&1
}

has_all() {
  for has_name; do
    has "$has_name" || return 1
  done
}

# at_least HAVE WANT: whether version HAVE is WANT or later.
at_least() {
  [ "$(printf '%s\n%s\n' "$2" "$1" | sort -V | head -n 1)" = "$2" ]
}
