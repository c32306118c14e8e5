/* lwIP's compiler, as the Pico SDK has it: its random numbers have no C linkage in C++. */
#ifndef EDDY_STUB_ARCH_CC_H
#define EDDY_STUB_ARCH_CC_H

typedef int sys_prot_t;

unsigned int pico_lwip_rand(void);
#ifndef LWIP_RAND
#define LWIP_RAND pico_lwip_rand
#endif

#endif
