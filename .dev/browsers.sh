# The two browsers that the tests drive, of which the benchmarks need one. Nothing else needs them.

need_browsers() {
  ASYMPTOKEN_CHROMIUM=${ASYMPTOKEN_CHROMIUM:-$(first_of chromium chromium-browser google-chrome)}
  ASYMPTOKEN_FIREFOX=${ASYMPTOKEN_FIREFOX:-$(first_of firefox-esr firefox)}
  if [ -z "$ASYMPTOKEN_CHROMIUM" ] || [ -z "$ASYMPTOKEN_FIREFOX" ]; then
    system_packages 'the browsers that the tests drive' chromium firefox-esr
    ASYMPTOKEN_CHROMIUM=$(first_of chromium)
    ASYMPTOKEN_FIREFOX=$(first_of firefox-esr)
  fi
  export ASYMPTOKEN_CHROMIUM ASYMPTOKEN_FIREFOX
}

need_chromium() {
  ASYMPTOKEN_CHROMIUM=${ASYMPTOKEN_CHROMIUM:-$(first_of chromium chromium-browser google-chrome)}
  [ -n "$ASYMPTOKEN_CHROMIUM" ] || system_packages 'the browser that the benchmarks drive' chromium
  ASYMPTOKEN_CHROMIUM=${ASYMPTOKEN_CHROMIUM:-$(first_of chromium)}
  export ASYMPTOKEN_CHROMIUM
}

# first_of NAME...: the path of the first program of the list that is there.
first_of() {
  for first_name; do
    command -v "$first_name" && return
  done
  return 0
}
