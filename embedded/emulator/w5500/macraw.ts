// Socket 0 with MACRAW: Ethernet frames as they are, without their check sum. In the RX buffer each has 2 bytes before
// it: its length with these two.

import type { Wire } from '../models/network';
import { Command, nameOf, SnIr, SnMr, Status } from './registers';
import type { Mode, Socket } from './socket';

/** Without the check sum. */
export const LONGEST = 1514;
const HEADER = 14;

export class Macraw implements Mode {
  private readonly wire: Wire;

  constructor(private readonly socket: Socket) {
    socket.status = Status.MACRAW;
    this.wire = socket.chip.network.wire((frame) => this.receive(frame));
  }

  command(command: number): void {
    if (command === Command.SEND) this.send();
    else if (command !== Command.RECV) this.socket.violation(`${nameOf(Command, command)} in MACRAW`);
  }

  close(): void {
    this.wire.close();
  }

  private receive(frame: Uint8Array): void {
    const { socket } = this;
    const length = frame.length + 2;
    // A frame that does not fit is lost as a whole.
    if (!this.wanted(frame) || socket.rx.free < length) return;
    socket.rx.put(Uint8Array.of(length >> 8, length & 0xff));
    socket.rx.put(frame);
    socket.raise(SnIr.RECV);
  }

  private wanted(frame: Uint8Array): boolean {
    const { socket } = this;
    const mode = socket.byte('Sn_MR');
    const own = socket.chip.mac();
    const target = frame.subarray(0, 6);
    const broadcast = target.every((each) => each === 0xff);
    const multicast = !broadcast && ((target[0] ?? 0) & 1) !== 0;
    const ipv6 = frame[12] === 0x86 && frame[13] === 0xdd;
    if (frame.length < HEADER || frame.length > LONGEST) return false;
    if (broadcast && (mode & SnMr.BCASTB) !== 0) return false;
    if (multicast && (mode & SnMr.MMB) !== 0) return false;
    if (ipv6 && (mode & SnMr.MIP6B) !== 0) return false;
    if ((mode & SnMr.MFEN) === 0) return true;
    return broadcast || multicast || target.every((each, index) => each === own[index]);
  }

  private send(): void {
    const { socket } = this;
    const bytes = socket.tx.take();
    socket.tx.acknowledged = socket.tx.read;
    if (bytes === undefined || bytes.length > LONGEST) {
      return socket.violation('SEND of more than a frame or Sn_TX_FSR');
    }
    this.wire.send(bytes);
    socket.raise(SnIr.SENDOK);
  }
}
