// The model on its own: README.md.

import { HostClock } from '../models/host_clock';
import { HostNetwork } from '../models/host_network';
import { run } from '../models/program';
import { W5500 } from './chip';
import { panel } from './panel';

const OPTIONS = {
  wire: { value: 'HERE:THERE' },
  'command-time': { value: 'MICROSECONDS', default: '0' },
  'initial-pointer': { value: 'N', default: '0' },
} as const;

run('w5500_model', OPTIONS, ({ values, tell, network, fail }) => {
  const wire = /^([0-9]+):([0-9]+)$/.exec(values.text('wire'));
  // HERE may be 0: any port that is free.
  const isGood = wire !== null && Number(wire[1]) <= 0xffff && Number(wire[2]) > 0 && Number(wire[2]) <= 0xffff;
  if (values.text('wire') !== '' && !isGood) fail('--wire wants two ports of 127.0.0.1: HERE:THERE');
  const ends = wire === null ? {} : { wire: { here: Number(wire[1]), there: Number(wire[2]) } };
  const chip = new W5500(new HostClock(), new HostNetwork({ ...network, ...ends }), {
    commandTime: values.number('command-time'),
    initialPointer: values.number('initial-pointer', 0xffff),
    seed: values.number('seed'),
    interrupt: (level) => tell(`int ${level}`),
    violation: (what) => tell(`violation ${what}`),
  });
  return panel(chip);
});
