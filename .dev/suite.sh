# A Debian suite read through a private apt: its own lists, its own cache, the machine's mirror and keys.
# Debian 12 is too old in a few packages that Debian 13 has. They are unpacked into the tools folder and never
# installed, because installing them would replace the C library of the running system.

case $os_id-$os_version in
  debian-12) suite=trixie ;;
  *) suite=$os_codename ;;
esac
case $os_id in
  ubuntu) suite_components='main universe' ;;
  *) suite_components=main ;;
esac

# The mirror this machine already uses for its own main suite.
suite_mirror() {
  apt-get indextargets --format '$(REPO_URI)' "Codename: $os_codename" 'Component: main' 'Created-By: Packages' |
    head -n 1
}

suite_apt() {
  apt-get -c "$tools/suite-$suite/apt.conf" "$@"
}

suite_prepare() {
  need_apt "$1"
  [ -d "$tools/suite-$suite" ] && return
  [ -n "$(suite_mirror)" ] || apt_refresh
  suite_uri=$(suite_mirror)
  [ -n "$suite_uri" ] || fail "apt knows no mirror of $os_id $os_codename; add one to its sources and run again."
  step "reading the package lists of $suite (20 MB)"
  once "suite-$suite" suite_read
}

suite_read() {
  mkdir -p lists/partial cache/archives/partial
  : >status
  for suite_kind in deb deb-src; do
    echo "$suite_kind [signed-by=/usr/share/keyrings/$os_id-archive-keyring.gpg]" \
      "$suite_uri $suite $suite_components"
  done >sources.list
  suite_conf "$PWD" >apt.conf
  apt-get -c apt.conf -o Acquire::Retries=3 update
  suite_conf "$tools/suite-$suite" >apt.conf
}

# suite_conf FOLDER: the settings of an apt that lives in FOLDER and sees nothing of the system's state.
suite_conf() {
  cat <<CONF
Dir::State "$1";
Dir::State::lists "$1/lists";
Dir::State::status "$1/status";
Dir::Cache "$1/cache";
Dir::Etc::sourcelist "$1/sources.list";
Dir::Etc::sourceparts "/dev/null";
Dir::Etc::preferencesparts "/dev/null";
Acquire::Languages "none";
APT::Sandbox::User "";
APT::Update::Post-Invoke { };
#clear APT::Update::Post-Invoke;
#clear APT::Update::Post-Invoke-Success;
#clear Acquire::IndexTargets::deb::DEP-11;
CONF
}

# suite_unpack PACKAGE...: the files of those packages, in the current folder.
suite_unpack() {
  # The lists may be older than the latest of the suite's updates, which take the place of what was listed.
  suite_apt -o Acquire::Retries=3 download "$@" ||
    { suite_apt update && suite_apt -o Acquire::Retries=3 download "$@"; }
  for suite_package in *.deb; do
    dpkg-deb -x "$suite_package" .
    rm "$suite_package"
  done
}
