# asymptoken::catch2: the test framework with its main(), from the two files of the amalgamated source.

set(ASYMPTOKEN_CATCH2 "$ENV{ASYMPTOKEN_CATCH2}" CACHE PATH
  "Folder of catch_amalgamated.cpp and .hpp; fetched when empty")

set(asymptoken_catch2_folder ${ASYMPTOKEN_CATCH2})
if(NOT asymptoken_catch2_folder)
  FetchContent_Declare(Catch2
    GIT_REPOSITORY https://github.com/catchorg/Catch2.git
    GIT_TAG v3.7.1
    GIT_SHALLOW ON
    SOURCE_SUBDIR none)
  FetchContent_MakeAvailable(Catch2)
  set(asymptoken_catch2_folder ${catch2_SOURCE_DIR}/extras)
endif()

add_library(asymptoken_catch2 STATIC EXCLUDE_FROM_ALL ${asymptoken_catch2_folder}/catch_amalgamated.cpp)
target_include_directories(asymptoken_catch2 SYSTEM PUBLIC ${asymptoken_catch2_folder})
add_library(asymptoken::catch2 ALIAS asymptoken_catch2)
