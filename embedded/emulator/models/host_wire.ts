// Ethernet frames in datagrams of UDP on this computer, one in each: as QEMU's `-netdev dgram` and
// `-netdev socket,udp=` have them.

import * as dgram from 'node:dgram';
import type { Wire } from './network';

export interface Ends {
  /** Of 127.0.0.1: where frames for the chip come; 0: any that is free. */
  here: number;
  /** And where the chip's go. */
  there: number;
}

export function hostWire(
  ends: Ends,
  received: (frame: Uint8Array) => void,
  opened: (here: number) => void,
  failed: (what: string) => void,
): Wire {
  const socket = dgram.createSocket('udp4');
  let open = true;
  socket.on('error', (error) => failed(`wire: ${error.message}`));
  socket.on('message', (frame) => {
    if (open) received(frame);
  });
  socket.bind(ends.here, '127.0.0.1', () => {
    if (open) opened(socket.address().port);
  });
  return {
    send: (frame) => socket.send(frame, ends.there, '127.0.0.1'),
    close: () => {
      open = false;
      socket.close();
    },
  };
}
