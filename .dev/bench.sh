# Speed, native and in wasm: a table here, and the numbers as JSON in build/bench/.

run_bench() {
  [ $# = 0 ] || fail 'bench takes no argument.'
  build_native OFF
  build_wasm OFF
  mkdir -p build/bench
  step 'native'
  build/native/asymptoken bench
  build/native/asymptoken bench --json >build/bench/native.json
  step 'wasm'
  room_script wasm bench
  room_script wasm bench --json >build/bench/wasm.json
}
