#include "work/container.hpp"

#include <algorithm>
#include <fstream>
#include <initializer_list>
#include <limits>
#include <string>
#include <string_view>

namespace asymptoken::native {

namespace {

namespace fs = std::filesystem;

constexpr double unlimited = std::numeric_limits<double>::infinity();

// The number that a file holds; what is no file, or holds a word such as `max` or -1, limits nothing.
double number_in(const fs::path& file) {
  std::ifstream stream(file);
  double number = 0;
  return stream >> number && number > 0 ? number : unlimited;
}

double memory_of(const fs::path& group) {
  return std::min(number_in(group / "memory.max"), number_in(group / "memory.limit_in_bytes"));
}

double cores_of(const fs::path& group) {
  std::ifstream stream(group / "cpu.max");
  double quota = 0;
  double period = 0;
  const double newer = stream >> quota >> period && quota > 0 && period > 0 ? quota / period : unlimited;
  const double older_quota = number_in(group / "cpu.cfs_quota_us");
  const double older_period = number_in(group / "cpu.cfs_period_us");
  return older_quota < unlimited && older_period < unlimited ? std::min(newer, older_quota / older_period)
                                                             : newer;
}

// A limit holds for all groups below. Inside a container the group's own path may not be in sight, but its root is.
void add_limits(ContainerLimits& limits, const fs::path& top, const fs::path& group) {
  for (fs::path inner = group.relative_path();; inner = inner.parent_path()) {
    limits.memory = std::min(limits.memory, memory_of(top / inner));
    limits.cores = std::min(limits.cores, cores_of(top / inner));
    if (inner.empty()) return;
  }
}

}  // namespace

ContainerLimits container_limits(const fs::path& root) {
  ContainerLimits limits{.memory = unlimited, .cores = unlimited};
  const fs::path mounts = root / "sys/fs/cgroup";
  // Lines such as 0::/user.slice, of version 2, and 4:cpu,cpuacct:/docker/1a2b, of version 1.
  std::ifstream groups(root / "proc/self/cgroup");
  for (std::string line; std::getline(groups, line);) {
    const std::size_t first = line.find(':');
    const std::size_t second = first == std::string::npos ? first : line.find(':', first + 1);
    if (second == std::string::npos) continue;
    const std::string controllers = line.substr(first + 1, second - first - 1);
    const fs::path group = line.substr(second + 1);
    if (controllers.empty()) {
      add_limits(limits, mounts, group);
      add_limits(limits, mounts / "unified", group);
      continue;
    }
    // Both are mounted as the list says, and linked by the single names.
    for (const std::string_view controller : {"memory", "cpu"}) {
      if (("," + controllers + ",").find("," + std::string(controller) + ",") != std::string::npos)
        add_limits(limits, mounts / controller, group);
    }
    add_limits(limits, mounts / controllers, group);
  }
  return limits;
}

}  // namespace asymptoken::native
