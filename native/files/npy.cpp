#include "files/npy.hpp"

#include <utility>

namespace asymptoken::native {

NpyWriter::NpyWriter(std::string field, const std::string& path, NumberType type, Index rows, Index columns)
    : file_(std::move(field), path), type_(type), columns_(columns) {
  const std::string header = write_npy_header(type, rows, columns);
  data_offset_ = header.size();
  if (!write_all(file_.descriptor(), header)) file_.fail();
}

void NpyWriter::write(Index first, const Rows<double>& rows) {
  const auto place = static_cast<std::uint64_t>(first) * static_cast<std::uint64_t>(columns_);
  const auto put = [&](const auto& numbers) {
    const std::size_t each = sizeof(numbers(0, 0));
    if (!write_at(file_.descriptor(), data_offset_ + place * each, numbers.data(),
                  static_cast<std::size_t>(numbers.size()) * each)) {
      file_.fail();
    }
  };
  if (type_ == NumberType::float64) {
    put(rows);
  } else {
    put(Rows<float>(rows.cast<float>()));
  }
}

void write_npy(const std::string& field, const std::string& path, NumberType type, const Rows<double>& rows) {
  NpyWriter writer(field, path, type, rows.rows(), rows.cols());
  writer.write(0, rows);
  writer.publish();
}

}  // namespace asymptoken::native
