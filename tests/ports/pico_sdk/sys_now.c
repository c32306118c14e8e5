/* Of the SDK's port of lwIP, for a program that is only linked. */
unsigned int sys_now(void);
unsigned int sys_now(void) { return 0; }
