# The private tools folder: shared by every clone of this user, filled once, never half filled.

tools=${ASYMPTOKEN_TOOLS:-${XDG_CACHE_HOME:-${HOME:?is not set; set it or ASYMPTOKEN_TOOLS}/.cache}/asymptoken}

# once NAME FUNCTION: unless $tools/NAME is there, run FUNCTION in an empty folder beside it and, when it has
# succeeded, rename that folder to NAME. A folder with its final name is therefore always complete.
once() {
  [ -d "$tools/$1" ] && return
  mkdir -p "$tools"
  once_partial=$(mktemp -d "$tools/.$1.XXXXXX")
  chmod 755 "$once_partial"
  quietly "get-$1" in_folder "$once_partial" "$2"
  # Another clone may have finished first: its copy is as good as ours.
  if [ -d "$tools/$1" ]; then rm -rf "$once_partial"; else mv "$once_partial" "$tools/$1"; fi
}

in_folder() (
  set -eu
  trap 'exit 130' HUP INT TERM
  trap 'status=$?; [ $status = 0 ] || rm -rf "$1"; exit $status' EXIT
  cd "$1"
  "$2"
)
