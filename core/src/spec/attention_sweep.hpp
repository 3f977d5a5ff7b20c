#pragma once

#include "asymptoken/spec.hpp"
#include "json/reader.hpp"

namespace asymptoken {

/// Reads a spec's `attention` object; the law gives the dimension and the covariance that horizons refer to.
AttentionSweep read_attention(Reader& attention, const Law& law);

/// Keys of `attention` that exclude each other: setting one drops the others.
std::vector<std::string_view> attention_alternatives();

}  // namespace asymptoken
