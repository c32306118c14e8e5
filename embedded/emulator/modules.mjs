// What Bazel makes for a program in node: beside the program itself, or where a test runs.

import { createRequire } from 'node:module';
import path from 'node:path';
import process from 'node:process';

const ROOTS = [`${process.argv[1]}.runfiles`, path.resolve('..')];

function load(file, name) {
  for (const root of ROOTS) {
    try {
      return createRequire(path.join(root, file))(name);
    } catch (error) {
      if (error.code !== 'MODULE_NOT_FOUND') throw error;
    }
  }
  throw new Error(`${name} is not there: start the emulator by Bazel`);
}

// A package of npm's.
export const npm = (name) => load('npm/BUILD', name);

// A module of the models' TypeScript: `model('w5500/chip')`.
export const model = (name) => load('eddy/embedded/emulator/BUILD', `./${name}.js`);
