// A plugin for QEMU's translator that counts the instructions that the board's processor executes: 64 bits at
// the start of the file that `count=PATH` names, which another process may read at any time. A processor that
// sleeps executes none.
//
// The functions are QEMU's (docs/devel/tcg-plugins.rst, version 1 of the interface).
#include <sys/mman.h>

#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

struct qemu_plugin_tb;
struct qemu_plugin_insn;
typedef uint64_t plugin_id;
typedef void (*on_translation)(plugin_id, struct qemu_plugin_tb*);
enum { kAdd = 0 };  // QEMU_PLUGIN_INLINE_ADD_U64

extern void qemu_plugin_register_vcpu_tb_trans_cb(plugin_id id, on_translation callback);
extern size_t qemu_plugin_tb_n_insns(const struct qemu_plugin_tb* block);
extern struct qemu_plugin_insn* qemu_plugin_tb_get_insn(const struct qemu_plugin_tb* block, size_t index);
extern void qemu_plugin_register_vcpu_insn_exec_inline(struct qemu_plugin_insn* instruction, int operation,
                                                       void* number, uint64_t immediate);

__attribute__((visibility("default"))) int qemu_plugin_version = 1;

static uint64_t* count;

static void translated(plugin_id id, struct qemu_plugin_tb* block) {
  (void)id;
  for (size_t i = 0; i < qemu_plugin_tb_n_insns(block); ++i) {
    qemu_plugin_register_vcpu_insn_exec_inline(qemu_plugin_tb_get_insn(block, i), kAdd, count, 1);
  }
}

__attribute__((visibility("default"))) int qemu_plugin_install(plugin_id id, const void* info, int argc,
                                                               char** argv) {
  (void)info;
  const char kOption[] = "count=";
  if (argc != 1 || strncmp(argv[0], kOption, sizeof kOption - 1) != 0) return -1;
  int file = open(argv[0] + sizeof kOption - 1, O_RDWR);
  if (file < 0) return -1;
  void* memory = mmap(NULL, sizeof *count, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
  close(file);
  if (memory == MAP_FAILED) return -1;
  count = memory;
  qemu_plugin_register_vcpu_tb_trans_cb(id, translated);
  return 0;
}
