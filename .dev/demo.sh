# The page, built and served from this machine.

run_demo() {
  demo_port='' demo_open=yes
  while [ $# -gt 0 ]; do
    case $1 in
      --no-open) demo_open=no ;;
      --port)
        case ${2:-} in '' | *[!0-9]*) fail '--port takes a number.' ;; esac
        demo_port=$2
        shift
        ;;
      *) fail "'$1' is not an option of demo: it takes --port N and --no-open." ;;
    esac
    shift
  done
  build_all OFF
  demo_port=${demo_port:-$(free_port)}
  demo_address=http://127.0.0.1:$demo_port/
  step "serving $demo_address (Ctrl-C stops)"
  [ "$demo_open" = no ] || open_browser "$demo_address" &
  room_script web serve --port "$demo_port" --strictPort
}

# The page's usual port, or any free one when that is taken.
free_port() {
  node -e '
    const server = require("node:net").createServer();
    const tell = () => { console.log(server.address().port); server.close(); };
    server.once("error", () => server.listen(0, "127.0.0.1"));
    server.on("listening", tell);
    server.listen(4173, "127.0.0.1");'
}

# open_browser ADDRESS: once it answers, and only where there is a display to show it on.
open_browser() {
  [ -n "${DISPLAY:-}${WAYLAND_DISPLAY:-}" ] && has xdg-open || return 0
  for _ in 1 2 3 4 5 6 7 8 9 10; do
    sleep 1
    if node -e "fetch('$1').catch(() => process.exit(1))"; then
      xdg-open "$1" >/dev/null 2>&1
      return 0
    fi
  done
}
