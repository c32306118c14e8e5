// Runs the examples of right.cc, or of wrong.cc: fails if one gives a wrong value or leaves objects behind.
#include <cstdio>

#include "shapes.h"

extern const Example examples[];

int main() {
  int wrong = 0;
  for (const Example* example = examples; example->name != nullptr; ++example) {
    int value = -1;
    living = 0;
    {
      Task<int> task = example->run();
      value = task.run();
    }
    if (value != 1 || living != 0) {
      std::printf("%s: gives %d, leaves %d objects\n", example->name, value, living);
      ++wrong;
    }
  }
  return wrong;
}
