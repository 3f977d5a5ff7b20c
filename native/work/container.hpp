#pragma once

#include <filesystem>

namespace asymptoken::native {

/// What a container, or whoever else made a control group, lets this process have; infinite where nothing is said.
struct ContainerLimits {
  double memory;  ///< bytes
  double cores;   ///< seconds of computing in a second, such as 1.5
};

/// From the files of Linux under `root`: proc/self/cgroup and those below sys/fs/cgroup, version 1, version 2 or both.
ContainerLimits container_limits(const std::filesystem::path& root);

}  // namespace asymptoken::native
