# Every test there is: native, wasm under node, and the page in two browsers. A test that did not run is a failure.

run_tests() {
  [ $# = 0 ] || fail "test takes no argument: it runs everything."
  need_browsers
  need_emscripten
  build_all ON
  room_packages tests
  step 'running the tests'
  mkdir -p build/log
  ctest --test-dir build/native --output-on-failure --no-tests=error --parallel "$jobs" \
    --output-log "$root/build/log/ctest.log" </dev/null
  if grep -q '^The following tests did not run:' build/log/ctest.log; then
    fail 'some tests did not run; ctest names them above. A part they need is missing.'
  fi
}
