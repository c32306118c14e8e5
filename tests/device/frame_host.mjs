// A host at the other end of a wire of Ethernet frames, 10.0.2.2: it gives the board its address by DHCP, answers ARP,
// speaks to groups, and is a client of TCP that sends again what is not acknowledged. For boards whose chip only carries
// frames.

import { model } from '../../embedded/emulator/modules.mjs';

const { answer, CLIENT_PORT, SERVER_PORT } = model('models/dhcp');
const { LEASE } = model('models/dhcp_network');

const MAC = [2, 0, 0, 0, 0, 2];
const ALL = Array(6).fill(0xff);
const IPV4 = 0x0800;
const ARP = 0x0806;
const TCP = 6;
const UDP = 17;
const [FIN, SYN, RST, PSH, ACK] = [0x01, 0x02, 0x04, 0x08, 0x10];

const DELAY = 100; // microseconds on the wire
const AGAIN = 300_000; // until what is not acknowledged is sent again
const SEGMENT = 1460;
const WINDOW = 65_535;

const octets = (address) => address.split('.').map(Number);
const OWN = octets(LEASE.server);
const BOARD = octets(LEASE.client);

const word = (value) => [(value >> 8) & 0xff, value & 0xff];
const long = (value) => [...word(value >>> 16), ...word(value)];
const wordAt = (bytes, at) => (bytes[at] << 8) | bytes[at + 1];
const longAt = (bytes, at) => ((wordAt(bytes, at) << 16) | wordAt(bytes, at + 2)) >>> 0;

// RFC 1071.
function checksum(bytes) {
  let sum = 0;
  for (let at = 0; at < bytes.length; at += 2) sum += (bytes[at] << 8) | (bytes[at + 1] ?? 0);
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >> 16);
  return sum ^ 0xffff;
}

// RFC 9293. Its SYN has the number 0, and it ends before numbers wrap.
class Connection {
  received = [];
  established = false;
  finished = false; // by the board
  reset = false;

  #host;
  #ports;
  #bytes = []; // numbered from 1 on
  #acknowledged = 0; // what the board wants next
  #next = 0; // what is sent next
  #window = 0;
  #expected = 0; // of the board
  #ends = false;

  constructor(host, own, port) {
    this.#host = host;
    this.#ports = [...word(own), ...word(port)];
    this.#transmit();
    this.#watch();
  }

  send(bytes) {
    for (const byte of bytes) this.#bytes.push(byte);
    this.#transmit();
  }

  // Its half, after what it has sent.
  end() {
    this.#ends = true;
    this.#transmit();
  }

  // Both halves have ended, and the board knows it.
  get over() {
    return this.reset || (this.finished && this.#ends && this.#acknowledged === this.#bytes.length + 2);
  }

  take(segment) {
    const [sequence, acknowledged, flags] = [longAt(segment, 4), longAt(segment, 8), segment[13]];
    if (flags & RST) {
      this.reset = true;
      return;
    }
    this.#window = wordAt(segment, 14);
    if (acknowledged > this.#acknowledged) {
      this.#acknowledged = acknowledged;
      this.#next = Math.max(this.#next, acknowledged);
    }
    if (flags & SYN) {
      this.established = true;
      this.#expected = (sequence + 1) >>> 0;
      this.#emit(ACK);
    } else {
      this.#takeData(sequence, segment.slice((segment[12] >> 4) * 4), flags & FIN);
    }
    this.#transmit();
  }

  #takeData(sequence, data, ends) {
    if (data.length === 0 && !ends) return;
    if (sequence === this.#expected) {
      for (const byte of data) this.received.push(byte);
      this.#expected = (this.#expected + data.length + (ends ? 1 : 0)) >>> 0;
      if (ends) this.finished = true;
    }
    this.#emit(ACK);
  }

  #transmit() {
    if (this.#next === 0) {
      this.#emit(SYN);
      this.#next = 1;
    }
    if (!this.established) return;
    const end = Math.min(this.#bytes.length + 1, this.#acknowledged + this.#window);
    while (this.#next < end) {
      const data = this.#bytes.slice(this.#next - 1, Math.min(this.#next - 1 + SEGMENT, end - 1));
      this.#emit(ACK | PSH, data);
      this.#next += data.length;
    }
    if (this.#ends && this.#next === this.#bytes.length + 1) {
      this.#emit(ACK | FIN);
      this.#next += 1;
    }
  }

  #watch() {
    const before = this.#acknowledged;
    this.#host.clock.after(AGAIN, () => {
      if (this.over || !this.#host.has(this)) return;
      if (this.#acknowledged === before && this.#acknowledged < this.#next) {
        this.#next = this.#acknowledged;
        this.#transmit();
      }
      this.#watch();
    });
  }

  #emit(flags, data = []) {
    const head = [...this.#ports, ...long(this.#next), ...long(this.#expected), 0x50, flags, ...word(WINDOW)];
    this.#host.emit(TCP, BOARD, [...head, 0, 0, 0, 0, ...data], 16);
  }
}

// A network of which a chip has the wire (models/network.ts). `clock`: the board's.
export class FrameHost {
  lease = LEASE;
  requests = 0; // of DHCP
  heard = []; // other packets for groups: the frame's address, and the packet

  #received;
  #board = ALL;
  #connections = new Map();

  constructor(clock) {
    this.clock = clock;
  }

  wire(received) {
    this.#received = received;
    return {
      send: (frame) => this.#take([...frame]),
      close: () => {
        if (this.#received === received) this.#received = undefined;
      },
    };
  }

  // To a port of the board's; `own` is not in use.
  connect(own, port) {
    const connection = new Connection(this, own, port);
    this.#connections.set(own, connection);
    return connection;
  }

  has(connection) {
    return [...this.#connections.values()].includes(connection);
  }

  // Nothing of it is answered any more but by RST.
  forget(own) {
    this.#connections.delete(own);
  }

  // An IP packet, of which the check sum of what it carries is at `check`.
  emit(protocol, to, data, check) {
    const sum = checksum([...OWN, ...to, 0, protocol, ...word(data.length), ...data]);
    [data[check], data[check + 1]] = word(sum === 0 ? 0xffff : sum);
    const head = [0x45, 0, ...word(20 + data.length), 0, 0, 0x40, 0, 64, protocol, 0, 0, ...OWN, ...to];
    [head[10], head[11]] = word(checksum(head));
    this.#send(this.#hardwareAddress(to), IPV4, [...head, ...data]);
  }

  // To a group or to the board.
  emitDatagram(ports, to, bytes) {
    this.emit(UDP, to, [...ports.flatMap(word), ...word(8 + bytes.length), 0, 0, ...bytes], 6);
  }

  #hardwareAddress(to) {
    if (to[0] === 255) return ALL;
    return to[0] >= 224 ? [0x01, 0x00, 0x5e, to[1] & 0x7f, to[2], to[3]] : this.#board; // RFC 1112, 6.4
  }

  #send(to, kind, data) {
    const frame = Uint8Array.from([...to, ...MAC, ...word(kind), ...data]);
    this.clock.after(DELAY, () => this.#received?.(frame));
  }

  #take(frame) {
    const [kind, data] = [wordAt(frame, 12), frame.slice(14)];
    this.#board = frame.slice(6, 12);
    if (kind === ARP && data[7] === 1 && data.slice(24, 28).join() === OWN.join()) {
      this.#send(this.#board, ARP, [...data.slice(0, 7), 2, ...MAC, ...OWN, ...data.slice(8, 18)]);
    }
    if (kind !== IPV4) return;
    const carried = data.slice((data[0] & 15) * 4, wordAt(data, 2));
    if (data[9] === UDP && wordAt(carried, 2) === SERVER_PORT) this.#give(carried.slice(8));
    else if (data[9] === TCP) this.#takeSegment(carried);
    else if (frame[0] & 1) this.heard.push([frame.slice(0, 6), data.slice(0, wordAt(data, 2))]);
  }

  #give(message) {
    this.requests += 1;
    const reply = answer(this.lease, Uint8Array.from(message));
    if (reply === undefined) return;
    this.emitDatagram([SERVER_PORT, CLIENT_PORT], reply.broadcast ? Array(4).fill(255) : BOARD, reply.bytes);
  }

  #takeSegment(segment) {
    const connection = this.#connections.get(wordAt(segment, 2));
    if (connection !== undefined) {
      connection.take(segment);
    } else if (!(segment[13] & RST)) {
      const head = [...segment.slice(2, 4), ...segment.slice(0, 2), ...segment.slice(8, 12), 0, 0, 0, 0];
      this.emit(TCP, BOARD, [...head, 0x50, RST, 0, 0, 0, 0, 0, 0], 16);
    }
  }
}
