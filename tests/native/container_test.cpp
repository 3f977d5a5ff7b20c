#include "work/container.hpp"

#include <unistd.h>

#include <catch_amalgamated.hpp>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <string>

#include "work/machine.hpp"

namespace asymptoken::native {

namespace {

namespace fs = std::filesystem;

/// A root folder that holds nothing but what a test writes.
class Root {
 public:
  Root() {
    fs::remove_all(path_);
    fs::create_directories(path_);
  }
  Root(const Root&) = delete;
  Root& operator=(const Root&) = delete;
  ~Root() { fs::remove_all(path_); }

  void write(const std::string& file, const std::string& text) const {
    fs::create_directories((path_ / file).parent_path());
    std::ofstream(path_ / file) << text;
  }
  ContainerLimits limits() const { return container_limits(path_); }

 private:
  fs::path path_ = fs::temp_directory_path() / ("asymptoken-root-" + std::to_string(::getpid()));
};

}  // namespace

TEST_CASE("without control groups nothing is limited", "[container]") {
  const Root root;
  CHECK(std::isinf(root.limits().memory));
  CHECK(std::isinf(root.limits().cores));
  root.write("proc/self/cgroup", "0::/\nnonsense\n:\n");
  CHECK(std::isinf(root.limits().memory));
}

TEST_CASE("limits of version 2, of the group and of those around it", "[container]") {
  const Root root;
  root.write("proc/self/cgroup", "0::/outer/inner\n");
  root.write("sys/fs/cgroup/outer/inner/memory.max", "max\n");
  root.write("sys/fs/cgroup/outer/inner/cpu.max", "max 100000\n");
  CHECK(std::isinf(root.limits().memory));
  CHECK(std::isinf(root.limits().cores));
  root.write("sys/fs/cgroup/outer/memory.max", "1000000000\n");
  root.write("sys/fs/cgroup/outer/cpu.max", "150000 100000\n");
  CHECK(root.limits().memory == 1e9);
  CHECK(root.limits().cores == 1.5);
  root.write("sys/fs/cgroup/outer/inner/memory.max", "300000000\n");
  root.write("sys/fs/cgroup/outer/inner/cpu.max", "50000 100000\n");
  CHECK(root.limits().memory == 3e8);
  CHECK(root.limits().cores == 0.5);
}

TEST_CASE("limits of version 1, alone and beside version 2", "[container]") {
  const Root root;
  root.write("proc/self/cgroup", "4:memory:/docker/1a2b\n3:cpu,cpuacct:/docker/1a2b\n0::/\n");
  // No limit is a number there, near 2^63.
  root.write("sys/fs/cgroup/memory/docker/1a2b/memory.limit_in_bytes", "9223372036854771712\n");
  root.write("sys/fs/cgroup/cpu,cpuacct/docker/1a2b/cpu.cfs_quota_us", "-1\n");
  root.write("sys/fs/cgroup/cpu,cpuacct/docker/1a2b/cpu.cfs_period_us", "100000\n");
  CHECK(root.limits().memory > 9e18);
  CHECK(std::isinf(root.limits().cores));
  root.write("sys/fs/cgroup/memory/docker/1a2b/memory.limit_in_bytes", "2147483648\n");
  root.write("sys/fs/cgroup/cpu,cpuacct/docker/1a2b/cpu.cfs_quota_us", "200000\n");
  CHECK(root.limits().memory == 0x1p31);
  CHECK(root.limits().cores == 2);
  root.write("sys/fs/cgroup/unified/memory.max", "1000\n");
  CHECK(root.limits().memory == 1000);
}

TEST_CASE("a group whose path is out of sight is the root of what is in sight", "[container]") {
  const Root root;
  root.write("proc/self/cgroup", "4:memory:/kubepods/pod7/9f\n0::/../other\n");
  root.write("sys/fs/cgroup/memory/memory.limit_in_bytes", "536870912\n");
  root.write("sys/fs/cgroup/cpu.max", "100000 100000\n");
  CHECK(root.limits().memory == 0x1p29);
  CHECK(root.limits().cores == 1);
}

TEST_CASE("this machine has memory and a thread", "[container]") {
  CHECK(usable_memory() > 0);
  CHECK(hardware_threads() >= 1);
}

}  // namespace asymptoken::native
