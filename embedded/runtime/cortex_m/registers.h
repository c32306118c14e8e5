// Registers of every Cortex-M processor (ARMv7-M Architecture Reference Manual, B3.2 to B3.4; ARMv6-M's has the
// same, but for the faults').
#pragma once

#include <cstdint>

namespace net::cortex_m {

inline volatile std::uint32_t& reg(std::uint32_t address) {
  return *reinterpret_cast<volatile std::uint32_t*>(address);
}

inline constexpr std::uint32_t kSysTickControl = 0xE000E010;  // bit 0: on, 1: interrupt, 2: the core's clock
inline constexpr std::uint32_t kSysTickReload = 0xE000E014;
inline constexpr std::uint32_t kSysTickCurrent = 0xE000E018;
inline constexpr std::uint32_t kInterruptEnable = 0xE000E100;   // NVIC_ISER0; a bit an interrupt
inline constexpr std::uint32_t kInterruptDisable = 0xE000E180;  // NVIC_ICER0
inline constexpr std::uint32_t kInterruptState = 0xE000ED04;    // ICSR; bit 26: SysTick is pending
#ifdef __ARM_ARCH_6M__
inline constexpr bool kTellsFaults = false;
#else
inline constexpr bool kTellsFaults = true;
#endif
inline constexpr std::uint32_t kFaultStatus = 0xE000ED28;      // CFSR
inline constexpr std::uint32_t kHardFaultStatus = 0xE000ED2C;  // HFSR
inline constexpr std::uint32_t kFaultAddress = 0xE000ED38;     // BFAR

inline void enable_interrupt(unsigned number) { reg(kInterruptEnable + number / 32 * 4) = 1U << (number % 32); }
inline void disable_interrupt(unsigned number) {
  reg(kInterruptDisable + number / 32 * 4) = 1U << (number % 32);
#ifdef __arm__  // where a driver is tested there is no such barrier
  asm volatile("dsb\n isb" ::: "memory");
#endif
}

// To be called once by `board::start`, with the frequency of the core in hertz.
void start_clock(std::uint32_t frequency);

// To be called once, before much of the stack is used: see board::stack_use.
void paint_stack();

// For boards without a source of randomness: numbers that differ by when they are asked for. For ports and
// sequence numbers, never for keys.
std::uint32_t weak_random();

}  // namespace net::cortex_m
