#include "work/machine.hpp"

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <string_view>
#include <thread>

namespace asymptoken::native {

unsigned hardware_threads() { return std::max(1U, std::thread::hardware_concurrency()); }

double usable_memory() {
  const double physical =
      static_cast<double>(::sysconf(_SC_PHYS_PAGES)) * static_cast<double>(::sysconf(_SC_PAGESIZE));
  const double margin = std::max(0.1 * physical, 256e6);
  return std::max(physical - margin, 64e6);
}

double peak_memory() {
  // Linux says it of this program; getrusage would count what the process was before it became this program.
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    constexpr std::string_view name = "VmHWM:";
    if (line.starts_with(name)) return 1024 * std::strtod(line.c_str() + name.size(), nullptr);
  }
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
#ifdef __APPLE__
  constexpr double unit = 1;
#else
  constexpr double unit = 1024;
#endif
  return static_cast<double>(usage.ru_maxrss) * unit;
}

}  // namespace asymptoken::native
