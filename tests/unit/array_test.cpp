#include "asymptoken/array.hpp"

#include <catch_amalgamated.hpp>
#include <cmath>
#include <cstring>
#include <limits>
#include <string>
#include <vector>

#include "arbitrary.hpp"
#include "stored_array.hpp"

using namespace asymptoken;

namespace {

// ---- Files of NumPy

/// What stands before the numbers of a file whose dictionary is this, padded as NumPy pads it.
std::string file_start(std::string dictionary, char major = 1) {
  const std::size_t before = major == 1 ? 10 : 12;
  dictionary.resize((before + dictionary.size() + 1 + 63) / 64 * 64 - before, ' ');
  dictionary.back() = '\n';
  std::string start = "\x93NUMPY";
  start += {major, '\0'};
  for (std::size_t byte = 0; byte < (major == 1 ? 2 : 4); ++byte) {
    start += static_cast<char>((dictionary.size() >> (8 * byte)) & 0xff);
  }
  return start + dictionary;
}

std::string dictionary(const std::string& type, const std::string& shape,
                       const std::string& fortran = "False") {
  return "{'descr': '" + type + "', 'fortran_order': " + fortran + ", 'shape': " + shape + ", }";
}

/// The header of a file that starts so and is so much longer.
NpyHeader header_of(const std::string& start, std::uint64_t number_bytes) {
  return read_npy_header("k.npy", std::as_bytes(std::span(start)), start.size() + number_bytes);
}

ArrayLayout layout_of(const std::string& type, const std::string& shape,
                      const std::string& fortran = "False") {
  return header_of(file_start(dictionary(type, shape, fortran)), (type.back() == '8' ? 8 : 4) * 15).layout;
}

/// The sentence about a file that starts so and is so much longer.
std::string refusal(const std::string& start, std::uint64_t number_bytes = 60) {
  return sentence([&] { header_of(start, number_bytes); });
}

std::string refusal_of_shape(const std::string& shape) {
  return refusal(file_start(dictionary("<f4", shape)));
}

bool is(const ArrayLayout& layout, NumberType type, const std::vector<Index>& shape) {
  return layout.type == type && layout.shape == shape && layout.strides.empty();
}

// ---- Arrays in memory

const Rows<double> numbers{{1, -2, 0.5}, {3.25, -0.0, 1024}, {7, 8, 9}, {-1, 0.125, 6}, {5, 4, 3}};

template <class T>
bool has_bits(const Rows<T>& read, const Rows<double>& expected) {
  const Rows<T> converted = expected.cast<T>();
  return read.rows() == converted.rows() && read.cols() == converted.cols() &&
         std::memcmp(read.data(), converted.data(), sizeof(T) * static_cast<std::size_t>(read.size())) == 0;
}

Fingerprint fingerprint(const Rows<double>& rows, NumberType type = NumberType::float64) {
  return stored(rows, type).array().fingerprint();
}

}  // namespace

// ---- Files of NumPy -------------------------------------------------------------------------------------------------------

TEST_CASE("headers of .npy files of every format", "[array]") {
  const std::string text = dictionary("<f4", "(5, 3)");
  for (const char major : {'\1', '\2', '\3'}) {
    const std::string start = file_start(text, major);
    const NpyHeader header = header_of(start, 60);
    CHECK(header.data_offset == start.size());
    CHECK(is(header.layout, NumberType::float32, {5, 3}));
    // The numbers may be in sight already, or not yet.
    const std::string with_numbers = start + std::string(60, '\0');
    CHECK(read_npy_header("k.npy", std::as_bytes(std::span(with_numbers)), with_numbers.size()).data_offset ==
          start.size());
  }
}

TEST_CASE("headers of .npy files as Python 2 and 3, and others, write them", "[array]") {
  for (const std::string& text :
       {std::string("{'descr': '<f4', 'fortran_order': False, 'shape': (5L, 3L), }"),
        std::string(R"({ "shape":(5,3) ,"descr":"<f4","fortran_order":False})"),
        std::string("{'fortran_order': False, 'shape': ( 5 , 3, ), 'descr': 'f4'}")}) {
    INFO(text);
    CHECK(is(header_of(file_start(text), 60).layout, NumberType::float32, {5, 3}));
  }
  for (const char* type : {"<f4", "=f4", "|f4", "f4", "f", "float32", "single"}) {
    INFO(type);
    CHECK(header_of(file_start(dictionary(type, "(5, 3)")), 60).layout.type == NumberType::float32);
  }
  for (const char* type : {"<f8", "=f8", "f8", "d", "float64", "double", "float"}) {
    INFO(type);
    CHECK(header_of(file_start(dictionary(type, "(5, 3)")), 120).layout.type == NumberType::float64);
  }
}

TEST_CASE("shapes and orders of .npy files", "[array]") {
  using Lengths = std::vector<Index>;
  CHECK(layout_of("<f8", "(5, 3)").strides.empty());
  CHECK(layout_of("<f8", "(5, 3)", "True").strides == Lengths{1, 5});
  CHECK(layout_of("<f8", "(15, 1)", "True").strides == Lengths{1, 15});
  CHECK(layout_of("<f4", "(15,)").shape == Lengths{15});
  CHECK(layout_of("<f4", "(15L,)").shape == Lengths{15});
  // As many as a machine of 32 bits can have.
  CHECK(header_of(file_start(dictionary("<f8", "(200000000,)")), 1'600'000'000).layout.shape ==
        Lengths{200'000'000});
  // One dimension has one order.
  CHECK(layout_of("<f4", "(15,)", "True").strides.empty());
}

TEST_CASE("a header that is written is read, and numbers follow at a multiple of 64", "[array]") {
  for (const Index rows : {1, 7, 10'000'000}) {
    const std::string start = write_npy_header(NumberType::float64, rows, 12);
    CHECK(start.size() % 64 == 0);
    const NpyHeader header = header_of(start, static_cast<std::uint64_t>(rows) * 12 * 8);
    CHECK(header.data_offset == start.size());
    CHECK(is(header.layout, NumberType::float64, {rows, 12}));
  }
  CHECK(header_of(write_npy_header(NumberType::float32, 5, 3), 60).layout.type == NumberType::float32);
}

TEST_CASE("what is no .npy file, or not all of one, is refused in one sentence", "[array]") {
  const std::string good = file_start(dictionary("<f4", "(5, 3)"));
  CHECK(refusal(good) == "accepted");
  CHECK(refusal("", 0) == "k.npy is 0 bytes long; expected a .npy file, which is longer");
  CHECK(refusal(good.substr(0, 11), 0) == "k.npy is 11 bytes long; expected a .npy file, which is longer");
  CHECK(refusal("1.0 2.0 3.0\n4.0 5.0 6.0\n") ==
        "k.npy is not a .npy file; expected one that begins with \\x93NUMPY");
  CHECK(refusal(file_start(dictionary("<f4", "(5, 3)"), 4)) ==
        "k.npy is in .npy format 4; expected format 1, 2 or 3");
  CHECK(refusal(file_start(dictionary("<f4", "(5, 3)"), 0)) ==
        "k.npy is in .npy format 0; expected format 1, 2 or 3");
  CHECK(refusal(good.substr(0, 50), 0) ==
        "k.npy is 50 bytes long; expected at least the 128 bytes of its header");
  CHECK(refusal(good, 59) ==
        "k.npy is 187 bytes long; expected 188 bytes, which its 5 x 3 float32 numbers take");
  CHECK(refusal(good, 64) ==
        "k.npy is 192 bytes long; expected 188 bytes, which its 5 x 3 float32 numbers take");
  std::string long_header = file_start(dictionary("<f4", "(5, 3)"), 2);
  long_header.replace(8, 4, std::string("\x01\x00\x10\x00", 4));
  CHECK(refusal(long_header) == "k.npy is a .npy file with a header of 1048577 bytes; expected a short one");
  // The longest header that is read is read whole.
  const std::string longest =
      file_start(dictionary("<f4", "(5, 3)") + std::string((std::size_t{1} << 20) - 200, ' '), 2);
  CHECK(longest.size() <= npy_header_bytes);
  CHECK(refusal(longest) == "accepted");
}

TEST_CASE("headers that say something else are refused in one sentence", "[array]") {
  const std::string unreadable =
      "k.npy is a .npy file with an unreadable header; expected the keys descr, fortran_order and shape";
  for (const char* text :
       {"", "{}", "{'shape': (5, 3), 'order': 'C'}", "{'descr': '<f4', 'fortran_order': False}",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (5, 3)",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (5, 3), } and more",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (5, 3), 'shape': (5, 3)}",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (5, 3), 'other': 1}",
        "{'descr': '<f4', 'fortran_order': Maybe, 'shape': (5, 3)}",
        "{'descr': '<f4, 'fortran_order': False, 'shape': (5, 3)}",
        "{'descr': '<f4', 'fortran_order': False, 'shape': 5}"}) {
    INFO(text);
    CHECK(refusal(file_start(text)) == unreadable);
  }
  for (const char* type : {"<i4", "<f2", ">f4", ">f8", "<c8", "bool"}) {
    CHECK(refusal(file_start(dictionary(type, "(5, 3)"))) ==
          "k.npy is an array of type " + std::string(type) +
              "; expected little-endian float32 or float64 (<f4 or <f8)");
  }
  CHECK(refusal(file_start("{'descr': [('x', '<f4')], 'fortran_order': False, 'shape': (5, 3), }")) ==
        "k.npy is an array of type [('x', '<f4')]; expected little-endian float32 or float64 (<f4 or <f8)");
  for (const char* shape :
       {"(5, 3, 1)", "()", "(15)", "(-5, 3)", "(5, x)", "(5.0, 3)", "(5 3)", "(1234567890123456789, 1)"}) {
    CHECK(refusal_of_shape(shape) == "k.npy is an array of shape " + std::string(shape) +
                                         "; expected one or two dimensions, one token a row");
  }
  for (const char* shape : {"(0, 3)", "(5, 0)", "(0,)"}) {
    CHECK(refusal_of_shape(shape) ==
          "k.npy is an array of shape " + std::string(shape) + "; expected at least one row and one column");
  }
  CHECK(refusal_of_shape("(999999999999999999, 9)") ==
        "k.npy is an array of shape (999999999999999999, 9); expected a size that a file can have");
}

// ---- Reading ---------------------------------------------------------------------------------------------------------------

TEST_CASE("an array is read whatever its type, its order and its place in memory", "[array]") {
  for (const NumberType type : {NumberType::float32, NumberType::float64}) {
    for (const std::vector<Index>& strides :
         std::vector<std::vector<Index>>{{}, {3, 1}, {1, 5}, {7, 2}, {1, 9}, {-3, 1}, {-6, 2}}) {
      const Stored memory = stored(numbers, type, strides);
      const Array array = memory.array();
      INFO(text_of(array.layout()) << (strides.empty() ? "" : ", strides " + std::to_string(strides[0])));
      CHECK(array.rows() == 5);
      CHECK(array.columns() == 3);
      CHECK(has_bits(array.read<float>(0, 5), numbers));
      CHECK(has_bits(array.read<double>(0, 5), numbers));
      for (Index first = 0; first < 5; ++first) {
        CHECK(has_bits(array.read<float>(first, 5 - first), numbers.bottomRows(5 - first)));
        CHECK(has_bits(array.read<double>(first, 1), numbers.middleRows(first, 1)));
      }
    }
  }
}

TEST_CASE("a step along a length of 1 is never taken", "[array]") {
  const auto is_contiguous = [](std::vector<Index> shape, std::vector<Index> strides) {
    return ArrayLayout{.type = NumberType::float64, .shape = std::move(shape), .strides = std::move(strides)}
        .has_contiguous_rows();
  };
  // As NumPy's order of Fortran has them.
  CHECK(is_contiguous({15, 1}, {1, 15}));
  CHECK(is_contiguous({1, 15}, {1, 1}));
  CHECK(is_contiguous({1, 1}, {-7, 9}));
  CHECK(!is_contiguous({15, 1}, {2, 1}));
  CHECK(!is_contiguous({1, 15}, {1, 2}));
  CHECK(!is_contiguous({5, 3}, {1, 5}));
  for (const NumberType type : {NumberType::float32, NumberType::float64}) {
    const Rows<double> column = numbers.col(1);
    const Rows<double> row = numbers.row(3);
    CHECK(has_bits(Stored(column, type, {5, 1}, {1, 5}).array().read<float>(1, 3), column.middleRows(1, 3)));
    CHECK(has_bits(Stored(row, type, {1, 3}, {1, 1}).array().read<double>(0, 1), row));
  }
}

TEST_CASE("an array of one dimension is one column", "[array]") {
  const Rows<double> column = numbers.col(2);
  for (const NumberType type : {NumberType::float32, NumberType::float64}) {
    for (const std::vector<Index>& strides : std::vector<std::vector<Index>>{{}, {1}, {4}, {-2}}) {
      const Stored memory(column, type, {5}, strides);
      const Array array = memory.array();
      CHECK(array.rows() == 5);
      CHECK(array.columns() == 1);
      CHECK(has_bits(array.read<float>(1, 3), column.middleRows(1, 3)));
      CHECK(has_bits(array.read<double>(0, 5), column));
    }
  }
}

TEST_CASE("numbers keep their digits where they fit, and are rounded once where not", "[array]") {
  const Rows<double> fine{{0.1, 1.0 / 3.0}, {1e300, -4e-320}};
  CHECK(has_bits(stored(fine).array().read<double>(0, 2), fine));
  CHECK(has_bits(stored(fine).array().read<float>(0, 1), fine.topRows(1)));
  const Rows<double> rounded = fine.topRows(1).cast<float>().cast<double>();
  CHECK(has_bits(stored(fine.topRows(1), NumberType::float32).array().read<double>(0, 1), rounded));
}

TEST_CASE("numbers that are not finite are refused with their row and column", "[array]") {
  constexpr double infinity = std::numeric_limits<double>::infinity();
  const struct {
    double number;
    const char* text;
  } cases[] = {{std::numeric_limits<double>::quiet_NaN(), "nan"}, {infinity, "inf"}, {-infinity, "-inf"}};
  for (const auto& [number, text] : cases) {
    Rows<double> bad = numbers;
    bad(3, 1) = number;
    bad(4, 0) = number;  // after the first
    const std::string expected =
        "tokens is " + std::string(text) + " at row 3, column 1 (counted from 0); expected finite numbers";
    for (const NumberType type : {NumberType::float32, NumberType::float64}) {
      for (const Stored& memory : {stored(bad, type), by_columns(bad, type)}) {
        const Array array = memory.array("tokens");
        CHECK(sentence([&] { array.read<float>(0, 5); }) == expected);
        CHECK(sentence([&] { array.read<double>(2, 2); }) == expected);
        CHECK(sentence([&] { array.fingerprint(); }) == expected);
        CHECK(has_bits(array.read<double>(0, 3), numbers.topRows(3)));
      }
    }
  }
  // 1e300 is a number, and none that float32 holds.
  const Stored large = stored(Rows<double>{{1, 2}, {3, 1e300}});
  CHECK_NOTHROW(large.array().read<double>(0, 2));
  CHECK(sentence([&] { large.array().read<float>(0, 2); }).find("at row 1, column 1") != std::string::npos);
}

TEST_CASE("arrays of no or more than two dimensions are none", "[array]") {
  const double number = 1;
  for (const std::vector<Index>& shape :
       std::vector<std::vector<Index>>{{}, {1, 1, 1}, {0}, {1, 0}, {-1, 1}}) {
    CHECK(sentence([&] {
            Array("x", &number, {.type = NumberType::float64, .shape = shape, .strides = {}});
          }) == "x is an array of another shape; expected one or two dimensions of at least one number each");
  }
}

// ---- Fingerprints ----------------------------------------------------------------------------------------------------------

TEST_CASE("equal arrays have equal fingerprints, whatever their order and place in memory", "[array]") {
  for (const NumberType type : {NumberType::float32, NumberType::float64}) {
    const Fingerprint expected = fingerprint(numbers, type);
    for (const std::vector<Index>& strides :
         std::vector<std::vector<Index>>{{3, 1}, {1, 5}, {7, 2}, {1, 9}, {-3, 1}}) {
      CHECK(stored(numbers, type, strides).array("another name").fingerprint() == expected);
    }
  }
  // More numbers than are looked at in one go.
  const Rows<double> many = arbitrary(3000, 100, 5);
  CHECK(by_columns(many).array().fingerprint() == fingerprint(many));
}

TEST_CASE("arrays that differ anywhere have different fingerprints", "[array]") {
  std::vector<Fingerprint> seen = {
      fingerprint(numbers),
      fingerprint(numbers, NumberType::float32),
      fingerprint(numbers.transpose()),  // the same numbers, another shape
      fingerprint(numbers.reshaped<Eigen::RowMajor>(3, 5)),
      fingerprint(numbers.reshaped<Eigen::RowMajor>(15, 1)),
      Stored(numbers.reshaped<Eigen::RowMajor>(15, 1), NumberType::float64, {15}, {}).array().fingerprint(),
      fingerprint(numbers.topRows(4))};
  for (Index i = 0; i < 5; ++i) {
    for (Index j = 0; j < 3; ++j) {
      Rows<double> changed = numbers;
      // The last bit; of -0 the first.
      changed(i, j) = changed(i, j) == 0 ? 0.0 : std::nextafter(changed(i, j), 1e9);
      seen.push_back(fingerprint(changed));
    }
  }
  for (std::size_t i = 0; i < seen.size(); ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      INFO(i << " and " << j);
      CHECK_FALSE(seen[i] == seen[j]);
    }
  }
}

// Values of python-xxhash 4.1.0: xxh3_128(b'3 x 2 float32' + the bytes of the numbers in C order).hexdigest().
TEST_CASE("fingerprints are those that others compute, on every machine", "[array][reference]") {
  const Rows<double> small{{1, -2}, {0.5, 3.25}, {-0.0, 0.125}};
  CHECK(text_of(fingerprint(small, NumberType::float32)) == "8d0f34d6f32bef2c6564004ef16aec80");
  Rows<double> many(100'000, 3);
  for (Index k = 0; k < many.size(); ++k) {
    many.data()[k] = static_cast<double>(k - 1000) / 8;
  }
  CHECK(text_of(fingerprint(many)) == "deb8c6e1cd9018ffc140c9d86c616a21");
  CHECK(text_of(by_columns(many).array().fingerprint()) == "deb8c6e1cd9018ffc140c9d86c616a21");
  const Stored line(Rows<double>{{0.1}, {1e300}}, NumberType::float64, {2}, {});
  CHECK(describe(line.array("line")) == InputDescription{.name = "line",
                                                         .layout = "2 float64",
                                                         .fingerprint = "7ad92fc1b5ffbb7ac8cb72a430215650"});
}

// ---- Inputs ----------------------------------------------------------------------------------------------------------------

TEST_CASE("an input is found by its name, or the sentence says which there are", "[array]") {
  Inputs inputs;
  CHECK(sentence([&] { inputs.at("x", "queries.input"); }) ==
        R"(queries.input is "x"; expected the name of an input that is given with the spec, and none is)");
  const double data[] = {1, 2, 3, 4, 5, 6};
  inputs.add("tokens", data, {.type = NumberType::float64, .shape = {2, 3}, .strides = {}});
  inputs.add("A", data, {.type = NumberType::float64, .shape = {6}, .strides = {}});
  CHECK(inputs.at("tokens", "law.points.input").read<double>(1, 1)(0, 2) == 6);
  CHECK(inputs.at("A", "law.weights.input").rows() == 6);
  CHECK(sentence([&] { inputs.at("x", "queries.input"); }) ==
        R"(queries.input is "x"; expected the name of an input that is given with the spec: A, tokens)");
  CHECK(sentence([&] {
          inputs.add("A", data, {.type = NumberType::float64, .shape = {1}, .strides = {}});
        }) == "input A is given twice; expected a name of its own for each array");
  CHECK(inputs.at("A", "law.weights.input").rows() == 6);
  CHECK(inputs.all().size() == 2);
}
