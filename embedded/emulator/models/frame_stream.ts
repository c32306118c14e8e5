// Ethernet frames on a stream of bytes, each behind its length in four: as QEMU's `-netdev stream` has them.

import type { Duplex } from 'node:stream';
import type { Wire } from './network';

const LENGTH = 4;

/** Both directions. What comes while no wire is open is lost. */
export class FrameStream {
  private received: ((frame: Uint8Array) => void) | undefined;
  private begun = Buffer.alloc(0);

  constructor(private readonly stream: Duplex) {
    stream.on('data', (bytes: Buffer) => this.take(bytes));
  }

  /** One at a time. */
  wire(received: (frame: Uint8Array) => void): Wire {
    this.received = received;
    return {
      send: (frame) => {
        const length = Buffer.alloc(LENGTH);
        length.writeUInt32BE(frame.length);
        this.stream.write(Buffer.concat([length, frame]));
      },
      close: () => {
        if (this.received === received) this.received = undefined;
      },
    };
  }

  private take(bytes: Buffer): void {
    let rest = Buffer.concat([this.begun, bytes]);
    while (rest.length >= LENGTH && rest.length >= LENGTH + rest.readUInt32BE()) {
      const end = LENGTH + rest.readUInt32BE();
      // A copy: the buffer is not kept for whoever keeps a frame.
      this.received?.(Uint8Array.from(rest.subarray(LENGTH, end)));
      rest = rest.subarray(end);
    }
    this.begun = rest;
  }
}
