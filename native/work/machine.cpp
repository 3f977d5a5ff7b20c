#include "work/machine.hpp"

#include <sched.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <fstream>
#include <limits>
#include <string>
#include <string_view>
#include <thread>

#include "work/container.hpp"

namespace asymptoken::native {

namespace {

double limit_of(decltype(RLIMIT_AS) resource) {
  rlimit limit{};
  return ::getrlimit(resource, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY
             ? static_cast<double>(limit.rlim_cur)
             : std::numeric_limits<double>::infinity();
}

}  // namespace

unsigned hardware_threads() {
  unsigned threads = std::max(1U, std::thread::hardware_concurrency());
#ifdef __linux__
  // What taskset and the like leave.
  cpu_set_t allowed;
  if (::sched_getaffinity(0, sizeof(allowed), &allowed) == 0 && CPU_COUNT(&allowed) > 0)
    threads = std::min(threads, static_cast<unsigned>(CPU_COUNT(&allowed)));
#endif
  const double cores = std::ceil(container_limits("/").cores);
  return cores < threads ? std::max(1U, static_cast<unsigned>(cores)) : threads;
}

double usable_memory() {
  const double physical =
      static_cast<double>(::sysconf(_SC_PHYS_PAGES)) * static_cast<double>(::sysconf(_SC_PAGESIZE));
  const double margin = std::max(0.1 * physical, 256e6);
  // Of a limit on this process all but its own small things is for work.
  const double limit =
      0.9 * std::min({container_limits("/").memory, limit_of(RLIMIT_AS), limit_of(RLIMIT_DATA)});
  return std::min(std::max(physical - margin, 64e6), limit);
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
