// For the models' tests: what a model's program says to options that it cannot follow.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';

/** The program ends with a line that tells the reason, and its usage. */
export function refuses(program: string, cases: readonly (readonly [options: readonly string[], reason: string])[]): void {
  for (const [options, reason] of cases) {
    test(`wrong: ${options.join(' ')}`, () => {
      const done = spawnSync(process.execPath, [program, ...options], { encoding: 'utf8', timeout: 20_000 });
      assert.equal(done.status, 64);
      const [line, usage, ...more] = done.stderr.split('\n');
      assert.equal(line, reason);
      assert.match(usage ?? '', /^Usage: /);
      assert.deepEqual(more, ['']);
    });
  }
}
