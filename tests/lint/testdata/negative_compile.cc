// Does not compile, as negative_compile_test expects.
#include <type_traits>

template <typename T>
void only_integers(T /*value*/) {
  static_assert(std::is_integral_v<T>, "seen by the test");
}

int main() { only_integers("text"); }
