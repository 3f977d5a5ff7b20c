# Tests: native, wasm under node, and the page in two browsers. A test that did not run is a failure.

# run_tests [--all]: with what is proved of every float there is, which takes minutes; else some of each exponent are seen.
run_tests() {
  test_left_out='--label-exclude exhaustive'
  case "$*" in
    '') ;;
    --all) test_left_out= ;;
    *) fail "'$*' is not something to test: ./dev test takes --all, or nothing." ;;
  esac
  need_browsers
  need_emscripten
  build_all ON
  room_packages tests
  step 'running the tests'
  mkdir -p build/log
  # shellcheck disable=SC2086
  ctest --test-dir build/native $test_left_out --output-on-failure --no-tests=error --parallel "$jobs" \
    --output-log "$root/build/log/ctest.log" </dev/null
  fail_if_skipped
}

# What was skipped passes for ctest: a whole test, a case of Catch2, a case of node's runner.
fail_if_skipped() {
  if grep -Eq '^The following tests did not run:' build/log/ctest.log ||
    grep -Eq '^[^ ]* skipped [1-9]|^test cases:.*[1-9][0-9]* skipped' build/native/Testing/Temporary/LastTest.log; then
    fail 'some tests were skipped, so what they test is unknown: see build/native/Testing/Temporary/LastTest.log.'
  fi
}
