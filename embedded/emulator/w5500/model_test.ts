// The model as a program of its own, by its documented lines.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import * as net from 'node:net';
import * as path from 'node:path';
import * as readline from 'node:readline';
import { test } from 'node:test';
import { refuses } from '../models/wrong_options';

/** Lines of a stream, one at a time. */
function lines(input: NodeJS.ReadableStream): () => Promise<string> {
  const iterator = readline.createInterface({ input })[Symbol.asyncIterator]();
  return async () => {
    const { done, value } = await iterator.next();
    if (done === true) throw new Error('no more lines');
    return value;
  };
}

test('a server on the chip, from reset to echo', async () => {
  const model = spawn(process.execPath, [path.join(__dirname, 'main.js'), '--free-ports'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  try {
    const print = lines(model.stdout);
    const [, port] = /^listening on 127\.0\.0\.1:([0-9]+)$/.exec(await print()) ?? [];
    const pins = net.connect(Number(port), '127.0.0.1');
    await once(pins, 'connect');
    const next = lines(pins);
    const happened: string[] = [];
    const line = async (): Promise<string> => {
      for (;;) {
        const each = await next();
        if (!each.startsWith('! ')) return each;
        happened.push(each);
      }
    };
    const happens = async (what: RegExp): Promise<RegExpExecArray> => {
      for (;;) {
        for (const each of happened.splice(0)) {
          const match = what.exec(each);
          if (match !== null) return match;
        }
        const each = await next();
        assert.ok(each.startsWith('! '), each);
        happened.push(each);
      }
    };
    const order = async (text: string): Promise<string> => {
      pins.write(`${text}\n`);
      return line();
    };

    assert.equal(await order('pins'), 'int=1 reset=1 cable=1');
    assert.equal(await order('frame 00390000'), '00000004');
    assert.equal(await order('select'), 'ok');
    assert.equal(await order('transfer 001b'), '0000');
    assert.equal(await order('transfer 0000'), '0008');
    assert.equal(await order('deselect'), 'ok');
    const orders = ['nonsense', 'transfer 0', 'frame xx', 'pin int 0', 'pin reset 2', 'pin toString 0', ''];
    for (const wrong of [...orders, 'fault fire 1', 'fault junk-bytes -1']) {
      assert.match(await order(wrong), /^error: /);
    }
    assert.equal(await order('pin cable 0'), 'ok');
    assert.equal(await order('frame 002e0000'), '000000b8');
    assert.equal(await order('pin cable 1'), 'ok');
    assert.equal(await order('fault junk-bytes 1'), 'ok');
    assert.notEqual(await order('frame 00390000'), '00000004');
    assert.equal(await order('frame 00390000'), '00000004');

    // Socket 0: SIMR, TCP on port 5000, OPEN, LISTEN.
    await order('frame 001804ff');
    await order('frame 00000c01');
    await order('frame 00040c1388');
    await order('frame 00010c01');
    await order('frame 00010c02');
    assert.equal(await order('frame 00030800'), '00000014');
    const [, here] = await happens(/^! open tcp 5000 ([0-9]+)$/);
    assert.equal(await print(), `tcp port 5000 is 127.0.0.1:${here}`);
    const peer = net.connect(Number(here), '127.0.0.1');
    await happens(/^! int 0$/);
    assert.equal(await order('frame 00030800'), '00000017');
    await order('frame 00020c1f');
    await happens(/^! int 1$/);
    peer.write('Hello');
    await happens(/^! int 0$/);
    assert.equal(await order('frame 0026080000'), '0000000005');
    assert.equal(await order('frame 0000180000000000'), `000000${Buffer.from('Hello').toString('hex')}`);
    await order(`frame 000014${Buffer.from('Hello').toString('hex')}`);
    await order('frame 00240c0005');
    const data = once(peer, 'data');
    await order('frame 00010c20');
    assert.equal(String((await data)[0]), 'Hello');
    await order('frame 00010c02');
    assert.match((await happens(/^! violation (.*)$/))[1] ?? '', /^socket 0: LISTEN in ESTABLISHED$/);
    peer.destroy();
    pins.destroy();
  } finally {
    model.kill();
    await once(model, 'exit');
  }
});

refuses(path.join(__dirname, 'main.js'), [
  [['--listen', '127.0.0.1:99999'], '--listen wants an address of this computer: 127.0.0.1:PORT'],
  [['--initial-pointer', '70000'], '--initial-pointer wants a number up to 65535'],
  [['--wire', '5000:99999'], '--wire wants two ports of 127.0.0.1: HERE:THERE'],
  [['--wire', '5000:0'], '--wire wants two ports of 127.0.0.1: HERE:THERE'],
]);
