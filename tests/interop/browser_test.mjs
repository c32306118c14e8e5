#!/usr/bin/env node
// The pages of the examples in Chromium, without a window, driven by playwright-core. With a board's name as argument
// the examples run as firmware on that board in its emulator. Screenshots are kept among the test's outputs.
//
// Nothing here waits for a time: every wait is for what a page shows. SAFETY only ends a test that hangs.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import readline from 'node:readline';
import { after, before, test } from 'node:test';

const { chromium } = createRequire(path.resolve('../npm/BUILD'))('playwright-core');

const SAFETY = 60_000; // milliseconds
const OUTPUTS = process.env.TEST_UNDECLARED_OUTPUTS_DIR ?? tmpdir();
const board = process.argv[2];

let browser;
before(async () => {
  browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--disable-gpu'] });
});
after(() => browser.close());

// An example that serves.
class Server {
  static async start(t, name) {
    const [command, ...parameters] = board
      ? ['embedded/emulator/qemu.py', '--machine', board, `tests/device/${board}/${name}.elf`]
      : [`examples/${name}`, '--host', '127.0.0.1', '--port', '0'];
    const server = new Server(spawn(command, parameters, { stdio: ['ignore', 'pipe', 'pipe'] }));
    t.after(() => server.process.kill('SIGKILL'));
    server.url = await server.address;
    return server;
  }

  constructor(process) {
    this.process = process;
    this.errors = '';
    process.stderr.setEncoding('utf8').on('data', (text) => { this.errors += text; });
    this.ended = once(process, 'close');
    const told = board ? /^emulator: TCP (127.0.0.1:\d+) is the board's port 8080$/ : /^listening on (127.0.0.1:\d+)$/;
    this.address = new Promise((resolve, reject) => {
      readline.createInterface({ input: process.stdout }).on('line', (line) => {
        const match = told.exec(line);
        if (match) resolve(`http://${match[1]}/`);
      });
      this.ended.then(([status]) => reject(new Error(`ended with ${status}: ${this.errors}`)), reject);
    });
  }

  // It must end with status 0 and without complaint.
  async stop() {
    this.process.kill('SIGINT');
    const [status] = await this.ended;
    assert.deepEqual([status, this.errors], [0, '']);
  }
}

// A window of its own, and a list of what its pages complain about.
async function window(t) {
  const context = await browser.newContext({ viewport: { width: 1000, height: 900 } });
  context.setDefaultTimeout(SAFETY);
  t.after(() => context.close());
  const complaints = [];
  context.on('weberror', (error) => complaints.push(String(error.error())));
  context.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) complaints.push(message.text());
  });
  return { open: async (url) => {
    const page = await context.newPage();
    await page.goto(url);
    return page;
  }, complaints };
}

// Until the text of an element matches.
async function shows(page, selector, pattern) {
  const matches = ([selector, source, flags]) =>
    new RegExp(source, flags).test(document.querySelector(selector).innerText);
  try {
    await page.waitForFunction(matches, [selector, pattern.source, pattern.flags]);
  } catch (error) {
    assert.fail(`${selector} never matched ${pattern}: ${await page.innerText(selector)}\n${error}`);
  }
}

async function screenshot(page, name, size) {
  const picture = await page.screenshot({ path: path.join(OUTPUTS, `${name}.png`) });
  assert.ok(picture.length > size, `${name}.png has ${picture.length} bytes`);
}

function check(name, body) {
  test(name, { timeout: 2 * SAFETY }, body);
}

check('the dashboard lives', async (t) => {
  const server = await Server.start(t, 'http_server');
  const { open, complaints } = await window(t);
  const page = await open(server.url);
  await shows(page, '#connections', /^[1-9]/);
  await shows(page, '#delay', /^[\d,]+ µs$/);
  await shows(page, '#memory', /^[1-9][\d,]* bytes$/);
  await shows(page, '#tasks', /^serve at .*Site::tell/s);
  await page.waitForFunction(() => document.querySelector('polyline').getAttribute('points').split(' ').length >= 3);

  // Requests, while there are any.
  await shows(page, '#requests', /^0$/);
  assert.equal(await page.evaluate(() => fetch('/hello/browser').then((answer) => answer.text())), 'Hello, browser\n');
  await page.evaluate(() => { globalThis.asking = setInterval(() => fetch('/figures'), 100); });
  await shows(page, '#requests', /^[1-9]/);
  await screenshot(page, 'dashboard', 5000);
  await page.evaluate(() => clearInterval(globalThis.asking));
  await shows(page, '#requests', /^0$/);

  // Tasks, while somebody else looks.
  const other = await open(server.url);
  await shows(page, '#tasks', /Site::tell.*Site::tell/s);
  await other.close();
  await page.waitForFunction(() => document.querySelector('#tasks').textContent.split('Site::tell').length === 2);

  assert.deepEqual(complaints, []);
  await server.stop();
  await shows(page, '#state', /^not connected$/);
});

check('chat between two windows', async (t) => {
  const server = await Server.start(t, 'websocket_chat');
  const [mine, yours] = [await window(t), await window(t)];
  const one = await mine.open(server.url);
  await shows(one, '#lines', /^\* client 1 is here$/);
  const other = await yours.open(server.url);
  await shows(one, '#lines', /^\* client 2 is here$/m);
  await other.fill('input', 'h\u00e9llo <b>');
  await other.press('input', 'Enter');
  for (const page of [one, other]) await shows(page, '#lines', /2: h\u00e9llo <b>/);
  await one.fill('input', 'hello yourself');
  await one.click('button');
  for (const page of [one, other]) await shows(page, '#lines', /1: hello yourself/);
  for (const page of [one, other]) assert.equal(await page.inputValue('input'), '');
  await screenshot(one, 'chat', 3000);
  await other.close();
  await shows(one, '#lines', /\* client 2 has left/);
  assert.deepEqual([...mine.complaints, ...yours.complaints], []);
  await server.stop();
  await shows(one, '#lines', /1001/);
});

check('the board page', async (t) => {
  const server = await Server.start(t, 'http_board');
  const { open, complaints } = await window(t);
  const page = await open(server.url);
  const light = page.locator('button').nth(1);
  for (const on of ['true', 'false', 'true']) {
    await light.click();
    await page.locator(`button:nth-child(2)[aria-pressed=${on}]`).waitFor();
  }

  // By the keyboard, whose focus stays where it is when the page is brought up to date.
  await light.focus();
  await page.evaluate(() => globalThis.show());
  await page.keyboard.press('Space');
  await page.locator('button:nth-child(2)[aria-pressed=false]').waitFor();

  // Others see what was switched.
  await light.click();
  const other = await open(server.url);
  await other.locator('button:nth-child(2)[aria-pressed=true]').waitFor();
  assert.equal(await other.locator('[aria-pressed=true]').count(), 1);
  await shows(page, '#sensors', board ? /^running\s+\d+ s$/m : /^memory of tasks\s+\d+ bytes$/);
  await screenshot(page, 'board', 3000);
  assert.deepEqual(complaints, []);
  await server.stop();
});

if (!board) {
  check('events', async (t) => {
    const server = await Server.start(t, 'http_events');
    const { open, complaints } = await window(t);
    const page = await open(server.url);
    await shows(page, '#seconds', /^[1-9]/);
    assert.deepEqual(complaints, []);
    await server.stop();
  });
}
