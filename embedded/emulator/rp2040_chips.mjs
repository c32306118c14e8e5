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

// A W5500 on `network`, and what can be done to it (models/serve.ts).
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

// By its name: (machine, network, complain) -> what can be done to it. Events of the network are to come by
// `machine.post`.
export const CHIPS = { w5500 };
