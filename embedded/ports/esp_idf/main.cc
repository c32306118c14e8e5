// A program's `main` in ESP-IDF, whose own entry is app_main. The program is compiled with -Dmain=eddy_main.
#include <cstdio>

[[gnu::weak]] int eddy_main();
[[gnu::weak]] int eddy_main(int argc, char** argv);

extern "C" void app_main() {
  char name[] = "eddy";
  char* arguments[] = {name, nullptr};
  int (*plain)() = eddy_main;
  int (*with_arguments)(int, char**) = eddy_main;
  int status = plain != nullptr ? plain() : with_arguments(1, arguments);
  std::printf("the program has ended with status %d\n", status);
}
