// A socket with UDP. In the RX buffer each datagram has 8 bytes before it: the sender's address and port, and its
// length.

import { BROADCAST_MAC, dotted, isBroadcast, octets, resolve } from './arp';
import type { DatagramEvents, Datagrams, Endpoint } from '../models/network';
import { Command, nameOf, SnIr, SnMr, Status } from './registers';
import type { Retry } from './retry';
import type { Mode, Socket } from './socket';

/** What fits into one Ethernet frame; the chip makes no fragments, but several datagrams. */
export const MTU = 1472;

export class Udp implements Mode, DatagramEvents {
  private readonly port: Datagrams;
  private readonly multicast: boolean;
  private retry: Retry | undefined;
  /** Sn_DIPR whose MAC address Sn_DHAR has. */
  private resolved: string | undefined;

  constructor(private readonly socket: Socket) {
    this.multicast = (socket.byte('Sn_MR') & SnMr.MULTI) !== 0;
    socket.status = Status.UDP;
    const target = socket.field('Sn_DIPR', 4);
    const isGroup = target[0]! >> 4 === 14;
    if (this.multicast && !isGroup) socket.violation(`OPEN with MULTI, and ${dotted(target)} is no group`);
    const group = this.multicast && isGroup ? dotted(target) : undefined;
    this.port = socket.chip.network.bind(socket.word('Sn_PORT'), group, this);
  }

  command(command: number): void {
    if (command === Command.SEND) this.send();
    else if (command === Command.SEND_MAC) this.transmit();
    else if (command !== Command.RECV) this.socket.violation(`${nameOf(Command, command)} in UDP`);
  }

  close(): void {
    this.retry?.stop();
    this.port.close();
  }

  datagram(from: Endpoint, bytes: Uint8Array, kind: 'unicast' | 'broadcast' | 'multicast'): void {
    const { socket } = this;
    const mode = socket.byte('Sn_MR');
    if (kind === 'broadcast' && (mode & SnMr.BCASTB) !== 0) return;
    if (kind === 'unicast' && this.multicast && (mode & SnMr.UCASTB) !== 0) return;
    // A datagram that does not fit is lost as a whole.
    if (socket.rx.free < 8 + bytes.length) return;
    const { port } = from;
    const { length } = bytes;
    socket.rx.put(octets(from.address));
    socket.rx.put(Uint8Array.of(port >> 8, port & 0xff, length >> 8, length & 0xff));
    socket.rx.put(bytes);
    socket.raise(SnIr.RECV);
  }

  unreachable(to: Endpoint): void {
    this.socket.chip.unreachable(octets(to.address), to.port);
  }

  private send(): void {
    const { socket } = this;
    const { chip } = socket;
    if (this.retry !== undefined) return socket.violation('SEND before SENDOK or TIMEOUT of the last');
    const target = socket.field('Sn_DIPR', 4);
    const name = dotted(target);
    const settings = chip.settings();
    // To a group goes what Sn_DHAR says, as with SEND_MAC.
    if (this.multicast) return this.transmit();
    if (isBroadcast(target, settings)) {
      socket.set('Sn_DHAR', BROADCAST_MAC);
      this.resolved = name;
    }
    if (this.resolved === name && !chip.forceArp()) return this.transmit();
    const found = (mac: Uint8Array): void => {
      this.retry = undefined;
      this.resolved = name;
      socket.set('Sn_DHAR', mac);
      this.transmit();
    };
    const failed = (): void => {
      this.retry = undefined;
      // The datasheet does not say what becomes of the data; here they are gone.
      socket.tx.take();
      socket.tx.acknowledged = socket.tx.read;
      socket.raise(SnIr.TIMEOUT);
    };
    this.resolved = undefined;
    this.retry = resolve(chip.clock, chip.network, target, settings, found, failed);
    this.retry.start();
  }

  private transmit(): void {
    const { socket } = this;
    const bytes = socket.tx.take();
    socket.tx.acknowledged = socket.tx.read;
    if (bytes === undefined) return socket.violation('SEND of more than Sn_TX_FSR');
    const to = { address: dotted(socket.field('Sn_DIPR', 4)), port: socket.word('Sn_DPORT') };
    const mac = socket.field('Sn_DHAR', 6);
    for (let start = 0; start === 0 || start < bytes.length; start += MTU) {
      this.port.send(to, bytes.subarray(start, start + MTU), mac);
    }
    socket.raise(SnIr.SENDOK);
  }
}
