// The core's lock of Debian's lwIP: its lwipopts.h declares the functions to C++ as if they were not C's.
namespace {

extern "C" {
void lock() __asm__("sys_lock_tcpip_core");
void unlock() __asm__("sys_unlock_tcpip_core");
}

}  // namespace

void sys_lock_tcpip_core();
void sys_unlock_tcpip_core();

void sys_lock_tcpip_core() { lock(); }
void sys_unlock_tcpip_core() { unlock(); }
