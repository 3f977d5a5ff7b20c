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
  emscripten_folder=$tools/emscripten-$emscripten_version
  [ -d "$emscripten_folder" ] || step "getting Emscripten $emscripten_version (250 MB, 1.7 GB unpacked)"
  once "emscripten-$emscripten_version" unpack_emscripten
  EM_CONFIG=$emscripten_folder/config
  EM_CACHE=$emscripten_folder/usr/share/emscripten/cache
  PATH=$emscripten_folder/usr/share/emscripten:$PATH
  export EM_CONFIG EM_CACHE PATH
}

unpack_emscripten() {
  suite_unpack "emscripten=$emscripten_version*"
  # Debian keeps these two in packages of their own, built for its newer C library; a package registry has both.
  npm install --prefix "$PWD" --no-audit --no-fund --loglevel=error --no-save \
    "acorn@$acorn_version" "binaryen@$binaryen_version"
  cat >config <<'CONF'
import os, shutil
here = os.path.dirname(os.path.realpath(os.environ['EM_CONFIG']))
CONF
  cat >>config <<CONF
LLVM_ROOT = os.path.dirname(shutil.which('clang-$llvm_version'))
LLVM_ADD_VERSION = CLANG_ADD_VERSION = '$llvm_version'
BINARYEN_ROOT = os.path.join(here, 'node_modules', 'binaryen')
NODE_JS = shutil.which('node')
FROZEN_CACHE = True
CONF
}
