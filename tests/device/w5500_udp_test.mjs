// What a board with a W5500 is told of its datagrams, in virtual time.

import assert from 'node:assert';
import { test } from 'node:test';

import { Board, SECOND } from './emulated.mjs';

const lines = ({ said }) => said.map(([, line]) => line);

// The client asks 10.0.2.2, whose host sends this back at 2 s.
async function ask(back) {
  const board = new Board('udp_echo_client', { line: ['udp_echo_client', '--host', '10.0.2.2', '--port', '4711'].join('\x1f') });
  board.at(2 * SECOND, () => {
    const { events } = board.network.bound.find(({ port }) => port >= 0xc000);
    back(events);
  });
  const status = await board.run();
  assert.deepStrictEqual(board.complaints, []);
  assert.deepStrictEqual(board.network.sent.map(({ to }) => to), [{ address: '10.0.2.2', port: 4711 }]);
  const [at, last] = board.said.find(([, line]) => /^(error|received)/.test(line));
  return { status, seconds: Math.floor(at / SECOND), last };
}

test('an answer', async () => {
  const answer = (events) => events.datagram({ address: '10.0.2.2', port: 4711 }, Uint8Array.of(0x68, 0x69), 'unicast');
  const last = 'received 2 bytes from 10.0.2.2:4711: hi';
  assert.deepStrictEqual(await ask(answer), { status: 0, seconds: 2, last });
});

test('a port that is unreachable', async () => {
  const { status, seconds, last } = await ask((events) => events.unreachable({ address: '10.0.2.2', port: 4711 }));
  assert.match(last, /connection refused$/);
  assert.deepStrictEqual([status, seconds], [1, 2]);
});

test('a port that is unreachable, which another socket has asked: it is none of its', async () => {
  const { seconds, last } = await ask((events) => events.unreachable({ address: '10.0.2.2', port: 4712 }));
  assert.match(last, /timed out$/);
  assert.strictEqual(seconds, 5);
});

test('an address that nobody has', async () => {
  const board = new Board('udp_echo_client', { line: ['udp_echo_client', '--host', '10.0.2.77'].join('\x1f') });
  assert.strictEqual(await board.run(), 1);
  const [at, last] = board.said.find(([, line]) => line.startsWith('error'));
  assert.match(last, /unreachable$/);
  // RTR and RCR: nine times 200 ms.
  assert.ok(at > 1.8 * SECOND && at < 2.2 * SECOND, `${at}`);
  assert.deepStrictEqual(board.network.sent, []);
  assert.deepStrictEqual(lines(board).filter((line) => line.startsWith('warn')), []);
});
