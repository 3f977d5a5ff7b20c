# The three things that are built: the native command, the wasm package and the site.

jobs=$(getconf _NPROCESSORS_ONLN 2>/dev/null || echo 2)

# The rooms' npm scripts say what they did, not what npm would like us to know.
npm_config_audit=false npm_config_fund=false npm_config_loglevel=error npm_config_update_notifier=false
export npm_config_audit npm_config_fund npm_config_loglevel npm_config_update_notifier

run_build() {
  case "${1:-all}" in
    native) build_native OFF ;;
    wasm) build_wasm OFF ;;
    site) build_wasm OFF && build_site ;;
    all) build_all OFF ;;
    *) fail "'$1' is not a part: ./dev build takes native, wasm, site, or nothing for all three." ;;
  esac
}

# Each takes whether the tests are built too, ON or OFF.
build_all() {
  build_native "$1"
  build_wasm "$1"
  build_site
}

# build_native TESTS [OPTION...], build_wasm TESTS [OPTION...]: with more options for CMake
build_native() {
  configure_native "$@"
  step 'building the command: build/native/asymptoken'
  quietly build-native cmake --build build/native --parallel "$jobs"
}

configure_native() {
  need_compiler
  need_libraries
  [ "$1" = OFF ] || need_catch2
  configure_tests=$1
  shift
  quietly configure-native cmake --preset native "-DASYMPTOKEN_BUILD_TESTS=$configure_tests" \
    -DASYMPTOKEN_BUILD_BENCHMARKS=OFF "$@"
}

build_wasm() {
  need_emscripten
  need_libraries
  [ "$1" = OFF ] || need_catch2
  room_packages wasm
  step 'building the wasm package: build/wasm/'
  build_wasm_tests=$1
  shift
  quietly configure-wasm cmake --preset wasm "-DASYMPTOKEN_BUILD_TESTS=$build_wasm_tests" \
    -DASYMPTOKEN_BUILD_BENCHMARKS=OFF "$@"
  quietly build-wasm cmake --build build/wasm-cmake --parallel "$jobs"
  quietly pack-wasm room_script wasm build
}

build_site() {
  need_node
  room_packages web
  step 'building the site: build/site/'
  quietly build-site room_script web build
}

# room_packages ROOM: install the npm packages of ROOM, unless the same lockfile was installed before.
room_packages() {
  room_lock=$root/$1/package-lock.json
  room_stamp=$root/$1/node_modules/.lockfile
  cmp -s "$room_lock" "$room_stamp" && return
  step "getting the npm packages of $1/"
  quietly "npm-${1##*/}" npm --prefix "$root/$1" ci
  mkdir -p "$root/$1/node_modules"
  cp "$room_lock" "$room_stamp"
}

# room_script ROOM SCRIPT [ARGUMENT...]: run a script of the room's package.json.
room_script() (
  cd "$root/$1" || exit
  script=$2
  shift 2
  npm run --silent "$script" -- "$@"
)
