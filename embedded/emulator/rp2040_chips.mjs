// What boards with an RP2040 have beside it, and on which pins: those of their schematics.

import { model } from './modules.mjs';

// The time that a chip's model lives in (models/clock.ts): the board's.
export function clockOf(machine) {
  return {
    now: () => machine.clock.nanos / 1000,
    after(delay, action) {
      const alarm = machine.clock.createAlarm(action);
      alarm.schedule(delay * 1000);
      return () => alarm.cancel();
    },
  };
}

// WIZnet's W5500-EVB-Pico.
const W5500_EVB_PICO = { controller: 0, receive: 16, clock: 18, transmit: 19, select: 17, reset: 20, interrupt: 21 };

// Arduino's Nano RP2040 Connect; `interrupt` and `ready` are GPIO0 and GPIO33 of its NINA-W102.
export const NANO_RP2040_CONNECT = {
  controller: 1, receive: 8, clock: 14, transmit: 11, select: 9, reset: 3, interrupt: 2, ready: 10,
};

// A W5500 on `network`.
function w5500(machine, network, complain) {
  const { W5500 } = model('w5500/chip');
  const { panel } = model('w5500/panel');
  const { interrupt } = W5500_EVB_PICO;
  const chip = new W5500(clockOf(machine), network, {
    interrupt: (level) => machine.drive(interrupt, level === 1),
    violation: (what) => complain(`W5500: ${what}`),
  });
  machine.drive(interrupt, true);
  const shown = panel(chip);
  machine.connect(W5500_EVB_PICO, shown);
  return shown;
}

// A NINA module on `network`, within the range of two access points. `self`: the host of 127.0.0.0/8 that it is. `authorities`:
// whom its TLS trusts, as PEM, instead of those that node does. Names are as this computer knows them.
function nina(machine, network, complain, { self, authorities } = {}) {
  const { Nina } = model('nina/nina');
  const { resolveOnHost } = model('nina/host_resolver');
  const { hostTls } = model('nina/host_tls');
  const { panel } = model('nina/panel');
  const { postedTls } = model('nina/posted_tls');
  const { interrupt, ready } = NANO_RP2040_CONNECT;
  const post = (event) => machine.post(event);
  const module = new Nina(clockOf(machine), network, {
    ...(self === undefined ? {} : { lease: { own: self, mask: '255.0.0.0', gateway: '127.0.0.1' } }),
    points: [{ ssid: 'eddy', passphrase: 'eddyeddy' }, { ssid: 'open' }],
    resolve: (name, answer) =>
      resolveOnHost(name, self === undefined ? '10.0.2.2' : undefined, (address) => post(() => answer(address))),
    tls: postedTls(hostTls(authorities), post),
    time: () => Math.floor(Date.now() / 1000),
    ready: (level) => machine.drive(ready, level === 1),
    interrupt: (level) => machine.drive(interrupt, level === 1),
    violation: (what) => complain(`NINA: ${what}`),
  });
  const shown = panel(module);
  machine.drive(ready, shown.pins().ready === 1);
  machine.connect(NANO_RP2040_CONNECT, {
    ...shown,
    set: {
      ...shown.set,
      // While it is held GPIO0 is not its own; what is there as it starts chooses between its program and the boot loader.
      reset(level) {
        if (level === 0) machine.drive(interrupt, undefined);
        else shown.set.boot(machine.level(interrupt) ? 1 : 0);
        shown.set.reset(level);
      },
    },
  });
  return shown;
}

// By its name: (machine, network, complain, options) -> what can be done to it (models/serve.ts). Events of the network are to come
// by `machine.post`.
export const CHIPS = { nina, w5500 };
