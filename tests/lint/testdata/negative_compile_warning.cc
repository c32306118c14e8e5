// Compiles, but for a warning: proof that negative_compile_test uses the warnings of every other compilation.
int main() {
  int nobody_reads_me = 0;
}
