/* What lwIP's threads need of a system, by that of the desktop: ../sys_arch.cc. */
#ifndef EDDY_LWIP_ARCH_SYS_ARCH_H
#define EDDY_LWIP_ARCH_SYS_ARCH_H

#include <stddef.h>

struct net_lwip_semaphore;
struct net_lwip_mutex;
struct net_lwip_mailbox;
typedef struct net_lwip_semaphore* sys_sem_t;
typedef struct net_lwip_mutex* sys_mutex_t;
typedef struct net_lwip_mailbox* sys_mbox_t;
typedef int sys_thread_t;
typedef int sys_prot_t;

#define sys_sem_valid(semaphore) (*(semaphore) != NULL)
#define sys_sem_set_invalid(semaphore) (*(semaphore) = NULL)
#define sys_mutex_valid(mutex) (*(mutex) != NULL)
#define sys_mutex_set_invalid(mutex) (*(mutex) = NULL)
#define sys_mbox_valid(mailbox) (*(mailbox) != NULL)
#define sys_mbox_set_invalid(mailbox) (*(mailbox) = NULL)

#endif
