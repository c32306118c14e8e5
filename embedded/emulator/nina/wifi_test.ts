// Wi-Fi: how it is joined and lost, and what the commands tell of it (main/CommandHandler.cpp, and STA.cpp of
// arduino-esp32, which makes the status of ESP-IDF's events).

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Bench, MILLISECOND, SECOND, text } from './bench';
import { TIMES } from './air';

const status = (bench: Bench): number => bench.byte('GET_CONN_STATUS');
const reason = (bench: Bench): number => bench.byte('GET_REASON_CODE', 0);

test('joined: from "stopped" over "disconnected" and "idle" to "connected", with the addresses of DHCP', () => {
  const bench = new Bench().booted();
  assert.deepEqual([status(bench), reason(bench)], [0xfe, 1]);
  assert.equal(bench.byte('SET_PASSPHRASE', 'lab', 'secret'), 1);
  assert.equal(status(bench), 6);
  bench.clock.advance(TIMES.join);
  assert.equal(status(bench), 0);
  assert.deepEqual(bench.ask('GET_IPADDR', 0xff)[0], [0, 0, 0, 0]);
  bench.clock.advance(TIMES.dhcp);
  assert.equal(status(bench), 3);
  assert.deepEqual(bench.ask('GET_IPADDR', 0xff), [[10, 0, 2, 15], [255, 255, 255, 0], [10, 0, 2, 2]]);
  assert.deepEqual(bench.ask('GET_DNS', 0), [[10, 0, 2, 3], [0, 0, 0, 0]]);
  assert.equal(text(bench.ask('GET_CURR_SSID', 0xff)[0]), 'lab');
  assert.deepEqual(bench.ask('GET_CURR_RSSI', 0xff), [[0xc3, 0xff, 0xff, 0xff]]);
  assert.deepEqual(bench.ask('GET_CURR_ENCT', 0xff), [[4]]);
  assert.deepEqual(bench.ask('GET_MACADDR', 0xff), [[2, 0, 0, 0, 0, 1]]);
  assert.deepEqual(bench.nina.violations, []);
});

test('an open one', () => {
  const bench = new Bench().booted();
  bench.ask('SET_NET', 'open');
  bench.clock.advance(SECOND);
  assert.equal(status(bench), 3);
  assert.deepEqual(bench.ask('GET_CURR_ENCT', 0xff), [[7]]);
});

for (const [what, ssid, passphrase, expected, because] of [
  ['nobody has the name', 'nowhere', 'secret', 1, 201],
  ['a wrong passphrase', 'lab', 'wrong', 6, 15],
  ['no passphrase where one is wanted', 'lab', '', 6, 210],
  ['a passphrase where none is wanted', 'open', 'secret', 6, 211],
] as const) {
  test(`${what}: status ${expected}, reason ${because}`, () => {
    const bench = new Bench().booted();
    if (passphrase === '') bench.ask('SET_NET', ssid);
    else bench.ask('SET_PASSPHRASE', ssid, passphrase);
    bench.clock.advance(30 * SECOND);
    assert.deepEqual([status(bench), reason(bench)], [expected, because]);
    // The next one is joined all the same.
    bench.ask('SET_PASSPHRASE', 'lab', 'secret');
    bench.clock.advance(SECOND);
    assert.equal(status(bench), 3);
  });
}

test('it tries again by itself, until the name is there', () => {
  const bench = new Bench().booted();
  bench.nina.air = false;
  bench.ask('SET_PASSPHRASE', 'lab', 'secret');
  bench.clock.advance(10 * SECOND);
  assert.deepEqual([status(bench), reason(bench)], [1, 201]);
  bench.nina.air = true;
  bench.clock.advance(4 * SECOND);
  assert.equal(status(bench), 3);
});

test('out of range: after six seconds without a beacon it is lost, for reason 200, and then joined again', () => {
  const bench = new Bench().joined();
  bench.nina.air = false;
  bench.clock.advance(TIMES.beacons - 10 * MILLISECOND);
  assert.equal(status(bench), 3);
  bench.clock.advance(10 * MILLISECOND);
  assert.deepEqual([status(bench), reason(bench)], [5, 200]);
  assert.deepEqual(bench.ask('GET_IPADDR', 0xff)[0], [0, 0, 0, 0]);
  bench.nina.air = true;
  bench.clock.advance(4 * SECOND);
  assert.equal(status(bench), 3);
});

test('out of range for less than that: nothing is lost', () => {
  const bench = new Bench().joined();
  bench.nina.air = false;
  bench.clock.advance(TIMES.beacons - 10 * MILLISECOND);
  bench.nina.air = true;
  bench.clock.advance(60 * SECOND);
  assert.deepEqual([status(bench), reason(bench)], [3, 1]);
});

test('out of range while DHCP asks: it has its address when it is back', () => {
  const bench = new Bench().booted();
  bench.ask('SET_PASSPHRASE', 'lab', 'secret');
  bench.clock.advance(TIMES.join);
  bench.nina.air = false;
  bench.clock.advance(SECOND);
  assert.equal(status(bench), 0);
  bench.nina.air = true;
  bench.clock.advance(SECOND);
  assert.equal(status(bench), 3);
});

test('sent away by the access point: the first time it tries again whatever the reason is', () => {
  const bench = new Bench().joined();
  bench.nina.station.drop(24);
  assert.deepEqual([status(bench), reason(bench)], [6, 24]);
  bench.clock.advance(SECOND);
  assert.equal(status(bench), 3);
  bench.nina.station.drop(24);
  bench.clock.advance(60 * SECOND);
  assert.deepEqual([status(bench), reason(bench)], [6, 24]);
});

test('sent away with reason 8 it does not try again, not even the first time', () => {
  const bench = new Bench().joined();
  bench.nina.station.drop(8);
  bench.clock.advance(60 * SECOND);
  assert.deepEqual([status(bench), reason(bench)], [6, 8]);
});

test('DISCONNECT: reason 8, and it does not come back', () => {
  const bench = new Bench().joined();
  assert.equal(bench.byte('DISCONNECT'), 1);
  bench.clock.advance(60 * SECOND);
  assert.deepEqual([status(bench), reason(bench)], [6, 8]);
});

test('a passphrase for another one leaves the first', () => {
  const bench = new Bench().joined();
  bench.ask('SET_NET', 'open');
  assert.equal(status(bench), 6);
  bench.clock.advance(SECOND);
  assert.equal(text(bench.ask('GET_CURR_SSID', 0xff)[0]), 'open');
});

test('a scan blocks for its time, and its list can be asked', () => {
  const bench = new Bench().booted();
  bench.send('SCAN_NETWORKS');
  bench.clock.advance(TIMES.scan - MILLISECOND);
  assert.ok(!bench.answered);
  bench.clock.advance(MILLISECOND);
  assert.deepEqual(bench.answer('SCAN_NETWORKS').map(text), ['lab', 'open']);
  assert.deepEqual(bench.ask('GET_IDX_RSSI', 0), [[0xc3, 0xff, 0xff, 0xff]]);
  assert.deepEqual([bench.byte('GET_IDX_ENCT', 0), bench.byte('GET_IDX_ENCT', 1)], [3, 0]);
  assert.equal(bench.byte('GET_IDX_CHANNEL', 0), 6);
  assert.equal(bench.byte('GET_IDX_CHANNEL', 9), 0);
  bench.nina.air = false;
  bench.send('SCAN_NETWORKS');
  bench.clock.advance(TIMES.scan);
  assert.deepEqual(bench.answer('SCAN_NETWORKS'), []);
});

test('a fixed address, and name servers', () => {
  const bench = new Bench().booted();
  assert.equal(bench.byte('SET_IP_CONFIG', 1, [10, 0, 2, 77], [10, 0, 2, 1], [255, 255, 0, 0]), 0);
  bench.ask('SET_PASSPHRASE', 'lab', 'secret');
  bench.clock.advance(TIMES.join + MILLISECOND);
  assert.deepEqual(bench.ask('GET_IPADDR', 0xff), [[10, 0, 2, 77], [255, 255, 0, 0], [10, 0, 2, 1]]);
  assert.equal(bench.byte('SET_DNS', 1, [9, 9, 9, 9], [1, 1, 1, 1]), 1);
  assert.deepEqual(bench.ask('GET_DNS', 0), [[9, 9, 9, 9], [1, 1, 1, 1]]);
});

test('a name longer than the firmware has room for is the end of it', () => {
  const bench = new Bench().booted();
  bench.send('SET_NET', 'x'.repeat(33));
  bench.clock.advance(100);
  assert.equal(bench.nina.readyPin, 1);
  assert.match(bench.nina.violations[0] ?? '', /^crash: /);
  bench.booted();
  assert.equal(status(bench), 0xfe);
});

test('a name is asked for while everything waits', () => {
  let answer: (address: string | undefined) => void = () => {};
  const asked: string[] = [];
  const resolve = (name: string, then: typeof answer): void => {
    asked.push(name);
    answer = then;
  };
  const bench = new Bench({ resolve }).joined();
  bench.send('REQ_HOST_BY_NAME', 'example.org');
  bench.clock.advance(10 * SECOND);
  assert.ok(!bench.answered);
  answer('192.0.2.7');
  assert.deepEqual(bench.answer('REQ_HOST_BY_NAME'), [[1]]);
  assert.deepEqual(bench.ask('GET_HOST_BY_NAME'), [[192, 0, 2, 7]]);
  bench.send('REQ_HOST_BY_NAME', 'nobody.example');
  assert.ok(!bench.answered);
  answer(undefined);
  assert.deepEqual(bench.answer('REQ_HOST_BY_NAME'), [[0]]);
  assert.equal(bench.byte('REQ_HOST_BY_NAME', '10.1.2.3'), 1);
  assert.deepEqual(bench.ask('GET_HOST_BY_NAME'), [[10, 1, 2, 3]]);
  assert.deepEqual(asked, ['example.org', 'nobody.example']);
});

test('without Wi-Fi no name has an address', () => {
  assert.equal(new Bench({ resolve: (_name, then) => then('10.0.0.1') }).booted().byte('REQ_HOST_BY_NAME', 'a.b'), 0);
});

test('ping: milliseconds, or -1 after five seconds', () => {
  const bench = new Bench().joined();
  assert.deepEqual(bench.ask('PING', [10, 0, 2, 2], 64), [[0, 0]]);
  bench.network.holdArps = true;
  bench.send('PING', [10, 0, 2, 2], 64);
  bench.clock.advance(300 * MILLISECOND);
  bench.network.answerArps();
  assert.deepEqual(bench.answer('PING'), [[0x2c, 0x01]]);
  bench.send('PING', [10, 0, 2, 9], 64);
  bench.clock.advance(5 * SECOND - MILLISECOND);
  assert.ok(!bench.answered);
  bench.clock.advance(MILLISECOND);
  assert.deepEqual(bench.answer('PING'), [[0xff, 0xff]]);
});

test('the time is 0 until NTP can have told it', () => {
  const bench = new Bench({ time: () => 0x65432100 }).booted();
  assert.deepEqual(bench.ask('GET_TIME'), [[0, 0, 0, 0, 0, 0, 0, 0]]);
  bench.ask('SET_NET', 'open');
  bench.clock.advance(SECOND);
  assert.deepEqual(bench.ask('GET_TIME'), [[0x00, 0x21, 0x43, 0x65, 0, 0, 0, 0]]);
});
