// Names, addresses and reset values of the registers (datasheet v1.0.9, chapters 3 and 4).

/** Who writes it: the host at will, nobody but the chip, or the host to clear the bits that it writes as 1. */
export type Access = 'rw' | 'r' | 'w1c';

export interface Register {
  readonly name: string;
  readonly address: number;
  readonly size: number;
  readonly reset: readonly number[];
  readonly access: Access;
}

function register(name: string, address: number, size: number, reset = 0, access: Access = 'rw'): Register {
  // Of more than two bytes all have the same value after a reset.
  const bytes = size <= 2 ? [reset >> 8, reset & 0xff].slice(2 - size) : Array<number>(size).fill(reset);
  return { name, address, size, reset: bytes, access };
}

export const COMMON: readonly Register[] = [
  register('MR', 0x00, 1),
  register('GAR', 0x01, 4),
  register('SUBR', 0x05, 4),
  register('SHAR', 0x09, 6),
  register('SIPR', 0x0f, 4),
  register('INTLEVEL', 0x13, 2),
  register('IR', 0x15, 1, 0, 'w1c'),
  register('IMR', 0x16, 1),
  register('SIR', 0x17, 1, 0, 'r'),
  register('SIMR', 0x18, 1),
  register('RTR', 0x19, 2, 0x07d0),
  register('RCR', 0x1b, 1, 0x08),
  register('PTIMER', 0x1c, 1, 0x28),
  register('PMAGIC', 0x1d, 1),
  register('PHAR', 0x1e, 6),
  register('PSID', 0x24, 2),
  register('PMRU', 0x26, 2, 0xffff),
  register('UIPR', 0x28, 4, 0, 'r'),
  register('UPORTR', 0x2c, 2, 0, 'r'),
  register('PHYCFGR', 0x2e, 1, 0xb8),
  register('VERSIONR', 0x39, 1, 0x04, 'r'),
];

export const SOCKET: readonly Register[] = [
  register('Sn_MR', 0x00, 1),
  register('Sn_CR', 0x01, 1),
  register('Sn_IR', 0x02, 1, 0, 'w1c'),
  register('Sn_SR', 0x03, 1, 0, 'r'),
  register('Sn_PORT', 0x04, 2),
  register('Sn_DHAR', 0x06, 6, 0xff),
  register('Sn_DIPR', 0x0c, 4),
  register('Sn_DPORT', 0x10, 2),
  register('Sn_MSSR', 0x12, 2),
  register('Sn_TOS', 0x15, 1),
  register('Sn_TTL', 0x16, 1, 0x80),
  register('Sn_RXBUF_SIZE', 0x1e, 1, 0x02),
  register('Sn_TXBUF_SIZE', 0x1f, 1, 0x02),
  register('Sn_TX_FSR', 0x20, 2, 0x0800, 'r'),
  register('Sn_TX_RD', 0x22, 2, 0, 'r'),
  register('Sn_TX_WR', 0x24, 2),
  register('Sn_RX_RSR', 0x26, 2, 0, 'r'),
  register('Sn_RX_RD', 0x28, 2),
  register('Sn_RX_WR', 0x2a, 2, 0, 'r'),
  register('Sn_IMR', 0x2c, 1, 0xff),
  register('Sn_FRAG', 0x2d, 2, 0x4000),
  register('Sn_KPALVTR', 0x2f, 1),
];

function address(registers: readonly Register[], name: string): number {
  const found = registers.find((each) => each.name === name);
  if (found === undefined) throw new Error(`no register ${name}`);
  return found.address;
}

export const common = (name: string): number => address(COMMON, name);
export const socket = (name: string): number => address(SOCKET, name);

/** All the addresses that registers of one kind take. */
export function addresses(registers: readonly Register[], access?: Access): ReadonlySet<number> {
  const wanted = registers.filter((each) => access === undefined || each.access === access);
  return new Set(wanted.flatMap(({ address, size }) => Array.from({ length: size }, (_, index) => address + index)));
}

export const SOCKETS = 8;

export const MR = { RST: 0x80, WOL: 0x20, PB: 0x10, PPPOE: 0x08, FARP: 0x02 } as const;
export const IR = { CONFLICT: 0x80, UNREACH: 0x40, PPPOE: 0x20, MP: 0x10, ALL: 0xf0 } as const;
export const PHYCFGR = { RST: 0x80, OPMD: 0x40, OPMDC: 0x38, DPX: 0x04, SPD: 0x02, LNK: 0x01 } as const;

export const Protocol = { CLOSED: 0, TCP: 1, UDP: 2, MACRAW: 4 } as const;

/** Upper half of Sn_MR; what a bit means depends on the protocol. */
export const SnMr = {
  MULTI: 0x80,
  MFEN: 0x80,
  BCASTB: 0x40,
  ND: 0x20,
  MC: 0x20,
  MMB: 0x20,
  UCASTB: 0x10,
  MIP6B: 0x10,
} as const;

export const Command = {
  OPEN: 0x01,
  LISTEN: 0x02,
  CONNECT: 0x04,
  DISCON: 0x08,
  CLOSE: 0x10,
  SEND: 0x20,
  SEND_MAC: 0x21,
  SEND_KEEP: 0x22,
  RECV: 0x40,
} as const;

export const SnIr = { SENDOK: 0x10, TIMEOUT: 0x08, RECV: 0x04, DISCON: 0x02, CON: 0x01, ALL: 0x1f } as const;

export const Status = {
  CLOSED: 0x00,
  INIT: 0x13,
  LISTEN: 0x14,
  SYNSENT: 0x15,
  SYNRECV: 0x16,
  ESTABLISHED: 0x17,
  FIN_WAIT: 0x18,
  CLOSING: 0x1a,
  TIME_WAIT: 0x1b,
  CLOSE_WAIT: 0x1c,
  LAST_ACK: 0x1d,
  UDP: 0x22,
  MACRAW: 0x42,
} as const;

export function nameOf(table: Readonly<Record<string, number>>, value: number): string {
  return Object.keys(table).find((name) => table[name] === value) ?? `0x${value.toString(16)}`;
}
