// How long the chip tries (datasheet v1.0.9, pages 38 and 39).

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { retryTimes, Retry } from './retry';
import { VirtualClock } from '../models/virtual_clock';

const sum = (times: readonly number[]): number => times.reduce((all, each) => all + each, 0);

for (const [rtr, rcr, arp, tcp] of [
  [2000, 8, 1_800_000, 31_800_000], // the datasheet's own example
  [2000, 0, 200_000, 200_000],
  [4000, 7, 3_200_000, 400_000 * (1 + 2 + 4 + 8 + 16 * 4)],
  [0xffff, 2, 19_660_500, 19_660_500],
  [1, 255, 25_600, 100 * (65535 + 240 * 32768)],
] as const) {
  test(`RTR ${rtr}, RCR ${rcr}`, () => {
    assert.equal(retryTimes(rtr, rcr, 'arp').length, rcr + 1);
    assert.equal(sum(retryTimes(rtr, rcr, 'arp')), arp);
    assert.equal(sum(retryTimes(rtr, rcr, 'tcp')), tcp);
  });
}

test('what is stopped neither tries again nor gives up', () => {
  const clock = new VirtualClock();
  const tries: number[] = [];
  const retry = new Retry(clock, [10, 20], (number) => tries.push(number), () => tries.push(-1));
  retry.start();
  clock.advance(10);
  retry.stop();
  clock.advance(1000);
  assert.deepEqual(tries, [0, 1]);
  retry.start();
  clock.advance(30);
  assert.deepEqual(tries, [0, 1, 0, 1, -1]);
  assert.equal(retry.running, false);
});
