// Names and numbers of nina-fw's commands (main/CommandHandler.cpp, its table) and of what they carry.

export const START = 0xe0;
export const END = 0xee;
export const ERROR = 0xef;
export const REPLY = 0x80;

/** SPI_MAX_DMA_LEN: the firmware's buffers for a command and for its answer. */
export const BUFFER = 4092;

export const Command = {
  SET_NET: 0x10,
  SET_PASSPHRASE: 0x11,
  SET_KEY: 0x12,
  SET_IP_CONFIG: 0x14,
  SET_DNS: 0x15,
  SET_HOSTNAME: 0x16,
  SET_POWER_MODE: 0x17,
  SET_DEBUG: 0x1a,
  GET_TEMP: 0x1b,
  GET_DNS: 0x1e,
  GET_REASON_CODE: 0x1f,
  GET_CONN_STATUS: 0x20,
  GET_IPADDR: 0x21,
  GET_MACADDR: 0x22,
  GET_CURR_SSID: 0x23,
  GET_CURR_BSSID: 0x24,
  GET_CURR_RSSI: 0x25,
  GET_CURR_ENCT: 0x26,
  SCAN_NETWORKS: 0x27,
  START_SERVER_TCP: 0x28,
  GET_STATE_TCP: 0x29,
  DATA_SENT_TCP: 0x2a,
  AVAIL_DATA_TCP: 0x2b,
  GET_DATA_TCP: 0x2c,
  START_CLIENT_TCP: 0x2d,
  STOP_CLIENT_TCP: 0x2e,
  GET_CLIENT_STATE_TCP: 0x2f,
  DISCONNECT: 0x30,
  GET_IDX_RSSI: 0x32,
  GET_IDX_ENCT: 0x33,
  REQ_HOST_BY_NAME: 0x34,
  GET_HOST_BY_NAME: 0x35,
  START_SCAN_NETWORKS: 0x36,
  GET_FW_VERSION: 0x37,
  SEND_UDP: 0x39,
  GET_REMOTE: 0x3a,
  GET_TIME: 0x3b,
  GET_IDX_BSSID: 0x3c,
  GET_IDX_CHANNEL: 0x3d,
  PING: 0x3e,
  GET_SOCKET: 0x3f,
  SET_CLI_CERT: 0x40,
  SET_PK: 0x41,
  SEND_DATA_TCP: 0x44,
  GET_DATABUF_TCP: 0x45,
  INSERT_DATABUF: 0x46,
  SOCKET: 0x70,
  CLOSE: 0x71,
  ERRNO: 0x72,
  BIND: 0x73,
  LISTEN: 0x74,
  ACCEPT: 0x75,
  CONNECT: 0x76,
  SEND: 0x77,
  RECV: 0x78,
  SENDTO: 0x79,
  RECVFROM: 0x7a,
  IOCTL: 0x7b,
  POLL: 0x7c,
  SETSOCKOPT: 0x7d,
  GETSOCKOPT: 0x7e,
  GETPEERNAME: 0x7f,
} as const;

/** Commands whose parameters have two bytes of length. */
export const WIDE: ReadonlySet<number> = new Set([0x44, 0x45, 0x46, 0x77, 0x79]);

/** Those whose only parameter is longer than its byte of length can tell. */
export const UNTOLD: ReadonlySet<number> = new Set([0x40, 0x41]);

/** Of a slot (the commands 28 to 46). */
export const Mode = { TCP: 0, UDP: 1, TLS: 2, UDP_MULTICAST: 3, NONE: 0xff } as const;

/** GET_CONN_STATUS. */
export const Status = {
  IDLE: 0,
  NO_SSID: 1,
  CONNECTED: 3,
  CONNECT_FAILED: 4,
  CONNECTION_LOST: 5,
  DISCONNECTED: 6,
  STOPPED: 0xfe,
} as const;

/** GET_REASON_CODE: IEEE 802.11's, and from 200 on the ESP32's own. */
export const Reason = {
  UNSPECIFIED: 1,
  ASSOC_LEAVE: 8,
  HANDSHAKE_4WAY_TIMEOUT: 15,
  BEACON_TIMEOUT: 200,
  NO_AP_FOUND: 201,
  ASSOC_FAIL: 203,
  NO_COMPATIBLE_SECURITY: 210,
  BELOW_AUTHMODE_THRESHOLD: 211,
} as const;

/** newlib's, of which ERRNO gives one. */
export const Errno = {
  EIO: 5,
  EBADF: 9,
  EAGAIN: 11,
  EINVAL: 22,
  ENFILE: 23,
  ENOSYS: 88,
  EOPNOTSUPP: 95,
  ECONNRESET: 104,
  ENOBUFS: 105,
  ENOPROTOOPT: 109,
  EADDRINUSE: 112,
  ECONNABORTED: 113,
  EHOSTUNREACH: 118,
  EINPROGRESS: 119,
  EALREADY: 120,
  EDESTADDRREQ: 121,
  EISCONN: 127,
  ENOTCONN: 128,
} as const;

export const SocketType = { STREAM: 1, DGRAM: 2 } as const;

export const Poll = { READ: 0x01, WRITE: 0x02, ERROR: 0x04, FAIL: 0x80 } as const;

export const FIONREAD = 0x4004667f;
export const FIONBIO = 0x8004667e;

export const Option = {
  REUSEADDR: 0x0004,
  KEEPALIVE: 0x0008,
  BROADCAST: 0x0020,
  SNDTIMEO: 0x1005,
  RCVTIMEO: 0x1006,
  ERROR: 0x1007,
  TYPE: 0x1008,
} as const;

/** CONFIG_LWIP_MAX_SOCKETS: slots, and the descriptors that they and the commands 70 to 7F share. */
export const SOCKETS = 6;

/** LWIP_SOCKET_OFFSET, FD_SETSIZE - CONFIG_LWIP_MAX_SOCKETS: the first descriptor. */
export const FIRST_DESCRIPTOR = 64 - SOCKETS;

export function nameOf(code: number): string {
  const known: Readonly<Record<string, number>> = Command;
  const hex = code.toString(16).toUpperCase().padStart(2, '0');
  return `${hex} ${Object.keys(known).find((name) => known[name] === code) ?? '?'}`;
}
