// The registers of the W5500. Pages are those of WIZnet's "W5500 Datasheet", version 1.0.9.
#pragma once

#include <cstddef>
#include <cstdint>

namespace net::w5500 {

inline constexpr std::size_t kSockets = 8;
// Bytes of a socket's receive and of its send buffer, as after a reset (Sn_RXBUF_SIZE).
inline constexpr std::size_t kBufferSize = 2048;
inline constexpr std::size_t kLargestDatagram = 1472;  // Sn_MSSR
inline constexpr std::uint8_t kUsualHops = 128;        // Sn_TTL after a reset

// What a frame is about, its "block select bits": the common registers, or a socket's registers, send or
// receive buffer.
using Block = std::uint8_t;
inline constexpr Block kCommon = 0;
constexpr Block registers_of(unsigned socket) { return static_cast<Block>(4 * socket + 1); }
constexpr Block send_buffer_of(unsigned socket) { return static_cast<Block>(4 * socket + 2); }
constexpr Block receive_buffer_of(unsigned socket) { return static_cast<Block>(4 * socket + 3); }

// Common registers: chapter 4.1.
enum Common : std::uint8_t {
  kGateway = 0x01,
  kSubnet = 0x05,
  kHardwareAddress = 0x09,
  kSourceAddress = 0x0F,
  kInterrupts = 0x15,
  kInterruptMask = 0x16,
  kSocketInterrupts = 0x17,
  kSocketInterruptMask = 0x18,
  kUnreachable = 0x28,  // address and port
  kPhy = 0x2E,
  kVersion = 0x39,
};
inline constexpr std::uint8_t kVersionIs = 4;
inline constexpr std::uint8_t kIsUnreachable = 0x40;  // of kInterrupts and kInterruptMask: by ICMP
inline constexpr std::uint8_t kLinkIsUp = 0x01;       // of kPhy

// Registers of a socket: chapter 4.2.
enum Register : std::uint8_t {
  kMode = 0x00,
  kCommand = 0x01,
  kInterrupt = 0x02,
  kStatus = 0x03,
  kPort = 0x04,
  kPeerHardwareAddress = 0x06,
  kPeerAddress = 0x0C,
  kPeerPort = 0x10,
  kHops = 0x16,
  kSendFree = 0x20,
  kSendPointer = 0x24,
  kReceivedSize = 0x26,
  kReceivePointer = 0x28,
  kKeepAlive = 0x2F,
};

// Of kMode.
enum Mode : std::uint8_t {
  kTcp = 0x01,
  kUdp = 0x02,
  kMacraw = 0x04,
  kBlocksUnicast = 0x10,  // of UDP with kMulticast
  kNoDelayedAck = 0x20,   // of TCP
  kBlocksBroadcast = 0x40,
  kMulticast = 0x80,
};

enum Command : std::uint8_t {
  kOpen = 0x01,
  kListen = 0x02,
  kConnect = 0x04,
  kDisconnect = 0x08,
  kClose = 0x10,
  kSend = 0x20,
  kSendTo = 0x21,  // SEND_MAC: to kPeerHardwareAddress as it is
  kReceive = 0x40,
};

// Of kInterrupt.
enum Interrupt : std::uint8_t {
  kIsConnected = 0x01,
  kPeerEnded = 0x02,
  kReceived = 0x04,
  kTimedOut = 0x08,
  kSent = 0x10,
};
inline constexpr std::uint8_t kAllInterrupts = 0x1F;

// Of kStatus: up to page 50.
enum Status : std::uint8_t {
  kClosed = 0x00,
  kInitial = 0x13,
  kListening = 0x14,
  kSynSent = 0x15,
  kSynReceived = 0x16,
  kEstablished = 0x17,
  kFinWait = 0x18,
  kClosing = 0x1A,
  kTimeWait = 0x1B,
  kCloseWait = 0x1C,
  kLastAck = 0x1D,
  kIsUdp = 0x22,
  kIsMacraw = 0x42,
};

}  // namespace net::w5500
