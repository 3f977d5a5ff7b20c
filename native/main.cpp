#include <cstdio>
#include <exception>
#include <new>
#include <string>

#include "asymptoken/error.hpp"
#include "commands/command_line.hpp"

namespace {

using asymptoken::native::ExitCode;

// One sentence on one line, whatever a file name or a value had in it.
int report(std::string sentence, ExitCode code) {
  for (char& character : sentence) {
    if (static_cast<unsigned char>(character) < 0x20 || character == 0x7f) character = ' ';
  }
  std::fprintf(stderr, "asymptoken: %s\n", sentence.c_str());
  return static_cast<int>(code);
}

}  // namespace

int main(int count, char** arguments) {
  try {
    return asymptoken::native::run_command_line(count, arguments);
  } catch (const asymptoken::Error& error) {
    return report(error.what(), ExitCode::bad_input);
  } catch (const std::bad_alloc&) {
    return report("this machine has too little free memory for what was asked", ExitCode::internal);
  } catch (const std::exception& error) {
    return report(std::string("internal error: ") + error.what(), ExitCode::internal);
  }
}
