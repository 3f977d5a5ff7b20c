#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include "asymptoken/error.hpp"
#include "asymptoken/law.hpp"

namespace asymptoken::detail {

/// Makes tokens first, first+1, ... from d standard normal variates each: calls make(z, y) with the variates
/// j d .. j d + d-1 of the stream and room for the d numbers of token j.
template <class Make>
void tokens_from_normals(Stream stream, std::uint64_t first, Index d, Eigen::Ref<Rows<float>> out,
                         Make make) {
  if (out.cols() != d) {
    throw Error("tokens", std::to_string(out.cols()) + " numbers wide",
                std::to_string(d) + ", the law's dimension");
  }
  constexpr Index normals_at_once = 16384;
  const Index rows_at_once = std::max<Index>(1, normals_at_once / d);
  std::vector<float> normals(static_cast<std::size_t>(std::min(rows_at_once, out.rows()) * d));
  for (Index start = 0; start < out.rows(); start += rows_at_once) {
    const Index rows = std::min(rows_at_once, out.rows() - start);
    const std::uint64_t token = first + static_cast<std::uint64_t>(start);
    normal_variates(stream, token * static_cast<std::uint64_t>(d),
                    {normals.data(), static_cast<std::size_t>(rows * d)});
    for (Index row = 0; row < rows; ++row) {
      make(normals.data() + row * d, out.row(start + row).data());
    }
  }
}

}  // namespace asymptoken::detail
