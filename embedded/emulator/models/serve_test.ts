// Clients of a model that do not take what they are owed.

import assert from 'node:assert/strict';
import { Duplex } from 'node:stream';
import { setImmediate } from 'node:timers/promises';
import { test } from 'node:test';
import { attend, type Panel } from './serve';

/** The model's end of a client, who takes what is written when `takes` is true. */
class Client extends Duplex {
  takes = false;
  taken = '';
  private waiting: (() => void) | undefined;

  override _read(): void {}

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.taken += chunk.toString('latin1');
    if (this.takes) done();
    else this.waiting = done;
  }

  takeAll(): void {
    this.takes = true;
    this.waiting?.();
  }
}

test('orders wait while their answers are not taken, and none is lost', async () => {
  let asked = 0;
  const panel: Panel = {
    select: () => {},
    deselect: () => {},
    transfer: (sent) => sent,
    pins: () => ({ int: ++asked % 2 === 1 ? 1 : 0 }),
    set: {},
    faults: {},
  };
  const client = new Client();
  attend(client, panel);
  const [pieces, each] = [50, 4000];
  for (let i = 0; i !== pieces; ++i) {
    client.push('pins\n'.repeat(each));
    await setImmediate();
  }
  assert.equal(asked, each); // those of the first piece
  client.takeAll();
  while (asked < pieces * each) await setImmediate();
  while (client.writableLength > 0) await setImmediate();
  assert.equal(client.taken.match(/int=/g)?.length, pieces * each);
});
