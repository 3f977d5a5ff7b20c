# The compiler to WebAssembly: the one on PATH when it is new enough, the system's package when that is,
# else Debian 13's package in the tools folder, driving the system's clang.

emscripten_is_enough() {
  has emcc && at_least "$(emcc -dumpversion 2>/dev/null || echo 0)" "$emscripten_floor"
}

need_emscripten() {
  need_build_programs
  need_node
  if ! emscripten_is_enough; then
    if [ "$suite" != "$os_codename" ]; then  # Debian 12
      use_private_emscripten
    else
      need_apt Emscripten
      [ -n "$(apt_candidate emscripten)" ] || apt_refresh
      at_least "$(apt_candidate emscripten)" "$emscripten_floor" ||
        fail "Emscripten $emscripten_floor or later is needed and this system's package is older:" \
          "install emsdk, put its emcc on PATH, and run again."
      system_packages Emscripten emscripten
    fi
  fi
  EMCC=$(command -v emcc)
  export EMCC
}

use_private_emscripten() {
  has_all "clang-$llvm_version" "wasm-ld-$llvm_version" "llvm-ar-$llvm_version" python3 ||
    system_packages "clang $llvm_version and Python, which Emscripten drives" \
      "clang-$llvm_version" "lld-$llvm_version" "llvm-$llvm_version" python3
  suite_prepare Emscripten
  emscripten_name=emscripten-$emscripten_version-binaryen-$binaryen_version
  emscripten_folder=$tools/$emscripten_name
  [ -d "$emscripten_folder" ] || step "getting Emscripten $emscripten_version (260 MB, 1.8 GB unpacked)"
  once "$emscripten_name" unpack_emscripten
  EM_CONFIG=$emscripten_folder/config
  EM_CACHE=$emscripten_folder/usr/share/emscripten/cache
  PATH=$emscripten_folder/usr/share/emscripten:$PATH
  export EM_CONFIG EM_CACHE PATH
}

unpack_emscripten() {
  suite_unpack "emscripten=$emscripten_version*" "binaryen=$binaryen_version*" libc6 libstdc++6 libgcc-s1
  run_with_own_libraries
  # Debian keeps this one in a package of its own; a package registry has it too.
  npm install --prefix "$PWD" --no-audit --no-fund --loglevel=error --no-save "acorn@$acorn_version"
  cat >config <<'CONF'
import os, shutil
here = os.path.dirname(os.path.realpath(os.environ['EM_CONFIG']))
CONF
  cat >>config <<CONF
LLVM_ROOT = os.path.dirname(shutil.which('clang-$llvm_version'))
LLVM_ADD_VERSION = CLANG_ADD_VERSION = '$llvm_version'
BINARYEN_ROOT = os.path.join(here, 'binaryen')
NODE_JS = shutil.which('node')
FROZEN_CACHE = True
CONF
}

# Binaryen's programs were built for a newer C library, which lies unpacked beside them, with the loader that goes with it.
run_with_own_libraries() {
  mkdir -p binaryen/bin
  for own_program in usr/bin/wasm-*; do
    cat >"binaryen/bin/${own_program##*/}" <<'RUN'
#!/bin/sh
here=$(dirname "$0")/../..
exec "$here"/usr/lib/*/ld-linux-*.so.* --library-path "$(echo "$here"/usr/lib/*-linux-gnu)" "$here/usr/bin/${0##*/}" "$@"
RUN
    chmod 755 "binaryen/bin/${own_program##*/}"
  done
}
