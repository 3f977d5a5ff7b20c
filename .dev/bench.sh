# Speed, verified and beside its peers, natively and in Chromium: tests/benchmarks/README.md. Numbers and figures go to
# build/bench/.

run_bench() {
  bench_peers=
  if [ "${1:-}" = --peers ]; then
    bench_peers=yes
    shift
  fi
  need_chromium
  need_node
  [ -z "$bench_peers" ] || get_peers
  need_google_benchmark
  build_native OFF -DASYMPTOKEN_BUILD_BENCHMARKS=ON "-DASYMPTOKEN_ONEDNN=$(private_onednn)"
  build_wasm OFF -DASYMPTOKEN_BUILD_BENCHMARKS=ON
  room_packages tests
  # Types are stripped from what the browser is served by a part of node that still warns about itself.
  node --disable-warning=ExperimentalWarning tests/benchmarks/bench.ts "$@"
}

need_google_benchmark() {
  ! has apt-get || system_packages 'Google Benchmark' libbenchmark-dev
}

# What can be had by package managers; PyTorch, a gigabyte, is the user's to install.
get_peers() {
  room_packages tests/benchmarks/peers
  if [ "$suite" = "$os_codename" ]; then
    system_packages oneDNN libdnnl-dev
  else  # Debian 12
    suite_prepare oneDNN
    [ -d "$tools/onednn-$suite" ] || step 'getting oneDNN (12 MB)'
    once "onednn-$suite" unpack_onednn
  fi
}

# Debian 13's oneDNN needs a newer C library than Debian 12 has, so it comes with one of its own.
unpack_onednn() {
  suite_unpack libdnnl-dev libdnnl3.6 libc6 libgcc-s1 libgomp1 libstdc++6
}

# Empty where there is none; CMake then looks for an installed one.
private_onednn() {
  [ ! -d "$tools/onednn-$suite" ] || echo "$tools/onednn-$suite"
}
