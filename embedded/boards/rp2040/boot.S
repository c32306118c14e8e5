// Boot stage 2: what the boot ROM copies to the end of SRAM and runs (RP2040 datasheet, 2.8.1.3). It has the flash's
// controller read at each address that the processor asks for (4.10.13), by the command that all flash chips have, and
// enters the program through its vectors. Of the 256 bytes the last four are the checksum: image.py.
.syntax unified
.cpu cortex-m0plus
.thumb

.section .text.boot, "ax"
.global net_boot
.thumb_func
net_boot:
  ldr r3, =0x18000000
  movs r0, #0
  str r0, [r3, #0x08]  // SSIENR: off, as it is set up
  movs r0, #4
  str r0, [r3, #0x14]  // BAUDR: a quarter of clk_sys, of which it may be 125 MHz
  ldr r0, =0x001f0300
  str r0, [r3, #0x00]  // CTRLR0: one wire each way, 32 bits a frame, a command first and then what it reads
  movs r0, #0
  str r0, [r3, #0x04]  // CTRLR1: one frame an access
  movs r1, #0xf4
  ldr r0, =0x03000218
  str r0, [r3, r1]     // SPI_CTRLR0: the command 03h of eight bits, an address of 24, no dummy cycles
  movs r0, #1
  str r0, [r3, #0x08]

  ldr r0, =0x10000100
  ldr r1, =0xe000ed08
  str r0, [r1]         // VTOR: the program's vectors follow this stage
  ldr r1, [r0]
  msr msp, r1
  ldr r1, [r0, #4]
  bx r1
  .ltorg
