#include "files/array_file.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <bit>
#include <cerrno>
#include <csignal>
#include <string_view>
#include <utility>

#include "asymptoken/error.hpp"

namespace asymptoken::native {

static_assert(std::endian::native == std::endian::little, "arrays are read as they lie in the file");

namespace {

// Nothing but this may be called where a page of a file is no longer there.
extern "C" void say_that_a_file_broke(int /*number*/) {
  constexpr std::string_view sentence =
      "asymptoken: an input file is shorter than it was or cannot be read any more; expected one that stays "
      "as it is\n";
  [[maybe_unused]] const auto written = ::write(STDERR_FILENO, sentence.data(), sentence.size());
  ::_exit(2);
}

}  // namespace

MappedFile::MappedFile(const std::string& path, const std::string& expected) {
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  struct stat status{};
  if (!file.is_open() || ::fstat(file.number(), &status) != 0) {
    throw Error(path, "not readable (" + system_message(errno) + ")", expected);
  }
  if (!S_ISREG(status.st_mode)) throw Error(path, "not a regular file", expected);
  size_ = static_cast<std::size_t>(status.st_size);
  if (size_ == 0) return;
  void* const start = ::mmap(nullptr, size_, PROT_READ, MAP_PRIVATE, file.number(), 0);
  if (start == MAP_FAILED) throw Error(path, "not readable (" + system_message(errno) + ")", expected);
  start_ = static_cast<std::byte*>(start);
  struct sigaction action{};
  action.sa_handler = say_that_a_file_broke;
  sigemptyset(&action.sa_mask);
  sigaction(SIGBUS, &action, nullptr);
}

MappedFile::MappedFile(MappedFile&& other) noexcept
    : start_(std::exchange(other.start_, nullptr)), size_(std::exchange(other.size_, 0)) {}

MappedFile::~MappedFile() {
  if (start_ != nullptr) ::munmap(start_, size_);
}

ArrayFile::ArrayFile(const std::string& path)
    : path_(path),
      file_(path, "a .npy file"),
      header_(read_npy_header(
          path, file_.bytes().first(std::min<std::size_t>(file_.bytes().size(), npy_header_bytes)),
          file_.bytes().size())) {}

}  // namespace asymptoken::native
