/* The compiler, as lwIP wants to know it. Its sources and ours include this. */
#ifndef EDDY_LWIP_ARCH_CC_H
#define EDDY_LWIP_ARCH_CC_H

#ifdef __cplusplus
extern "C" {
#endif
/* An impossible state in lwIP: says so and ends the program. */
void net_lwip_failed(const char* message, const char* file, int line) __attribute__((noreturn));
unsigned int net_lwip_random(void);
#ifdef __cplusplus
}
#endif

#define LWIP_PLATFORM_ASSERT(message) net_lwip_failed(message, __FILE__, __LINE__)
#define LWIP_PLATFORM_DIAG(message)
#define LWIP_RAND() net_lwip_random()

#endif
