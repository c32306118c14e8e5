// What nina-fw's commands are called, and numbers that go with them (nina-fw 3.x, main/CommandHandler.cpp).
#pragma once

#include <cstddef>
#include <cstdint>

namespace net::nina {

enum class Command : std::uint8_t {
  // The station and its network.
  kSetNetwork = 0x10,
  kSetPassphrase = 0x11,
  kSetAddresses = 0x14,
  kSetNameServers = 0x15,
  kGetNameServers = 0x1E,
  kGetReason = 0x1F,
  kGetStatus = 0x20,
  kGetAddresses = 0x21,
  kScan = 0x27,
  kLeave = 0x30,
  kGetFoundStrength = 0x32,
  kGetFoundSecurity = 0x33,
  kRequestHost = 0x34,
  kStartScan = 0x36,
  kGetVersion = 0x37,
  kGetFoundAddress = 0x3C,
  kGetFoundChannel = 0x3D,
  // Slots.
  kStartServer = 0x28,
  kGetAvailable = 0x2B,
  kStartClient = 0x2D,
  kStopClient = 0x2E,
  kGetClientState = 0x2F,
  kSendDatagram = 0x39,
  kGetRemote = 0x3A,
  kGetSlot = 0x3F,
  kSetCertificate = 0x40,
  kSetKey = 0x41,
  kSendData = 0x44,
  kGetData = 0x45,
  kInsertData = 0x46,
  // lwIP's sockets.
  kSocket = 0x70,
  kClose = 0x71,
  kErrno = 0x72,
  kBind = 0x73,
  kListen = 0x74,
  kAccept = 0x75,
  kConnect = 0x76,
  kSend = 0x77,
  kReceive = 0x78,
  kSendTo = 0x79,
  kReceiveFrom = 0x7A,
  kControl = 0x7B,
  kPoll = 0x7C,
  kSetOption = 0x7D,
  kGetOption = 0x7E,
  kGetPeer = 0x7F,
};

// Around commands and answers.
inline constexpr std::byte kStart{0xE0};
inline constexpr std::byte kEnd{0xEE};
inline constexpr std::byte kRefused{0xEF};
inline constexpr std::byte kReply{0x80};

// Bytes of data in one command or answer: the firmware's buffers have 4092 for all of it (SPI_MAX_DMA_LEN).
inline constexpr std::size_t kMostData = 4000;

// newlib's numbers, of which kErrno tells one.
inline constexpr std::uint8_t kNoReason = 5;           // EIO, here: it has failed and told no number
inline constexpr std::uint8_t kBadDescriptor = 9;      // EBADF
inline constexpr std::uint8_t kAgain = 11;             // EAGAIN
inline constexpr std::uint8_t kNoMemory = 12;          // ENOMEM
inline constexpr std::uint8_t kInvalid = 22;           // EINVAL
inline constexpr std::uint8_t kNoDescriptor = 23;      // ENFILE
inline constexpr std::uint8_t kNoSystemCall = 88;      // ENOSYS
inline constexpr std::uint8_t kConnectionReset = 104;  // ECONNRESET
inline constexpr std::uint8_t kNoBuffers = 105;        // ENOBUFS
inline constexpr std::uint8_t kInUse = 112;            // EADDRINUSE
inline constexpr std::uint8_t kAborted = 113;          // ECONNABORTED
inline constexpr std::uint8_t kNoNetwork = 114;        // ENETUNREACH
inline constexpr std::uint8_t kTimedOut = 116;         // ETIMEDOUT
inline constexpr std::uint8_t kNoHost = 118;           // EHOSTUNREACH
inline constexpr std::uint8_t kInProgress = 119;       // EINPROGRESS
inline constexpr std::uint8_t kAlready = 120;          // EALREADY
inline constexpr std::uint8_t kIsConnected = 127;      // EISCONN
inline constexpr std::uint8_t kNotConnected = 128;     // ENOTCONN

}  // namespace net::nina
