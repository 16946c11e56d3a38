import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { z } from 'zod';
import { brokenRules, importsOf, impureReach, undeclaredPackages } from './import-rules.ts';

const root = join(import.meta.dirname, '../..');
const ROOMS = ['src', 'activities', 'workflows', 'workers', 'standins', 'tools', 'test', 'bench'];
const paths = globSync(
  ROOMS.flatMap((room) => [`${room}/**/*.ts`, `${room}/**/*.js`]),
  { cwd: root },
);
const files: ReadonlyMap<string, string> = new Map(paths.map((path) => [path, readFileSync(join(root, path), 'utf8')]));
const product = new Map([...files].filter(([path]) => !/^(test|bench|tools)\//.test(path)));

describe('the imports of the project', () => {
  it('keep to who may import whom', () => {
    const broken = brokenRules(files);

    assert.ok(files.size > 50);
    assert.deepEqual(broken, []);
  });

  it('bring nothing of Node and no package but Temporal’s into the bundle of workflows', () => {
    const impure = impureReach(files);

    assert.deepEqual(impure, []);
  });

  it('name no package that package.json does not name', () => {
    const { dependencies } = z
      .object({ dependencies: z.record(z.string(), z.string()) })
      .parse(JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')));

    assert.deepEqual(undeclaredPackages(product, Object.keys(dependencies)), []);
  });
});

describe('the rules of imports', () => {
  const refused: readonly (readonly [path: string, text: string])[] = [
    ['src/errors.ts', "import { a } from './formats/a.ts';"],
    ['src/formats/a.ts', "import type { A } from '../stores/a.ts';"],
    ['src/formats/netcdf/a.ts', "import { a } from '../../observe/log.ts';"],
    ['src/transfer/a.ts', "import { a } from '../config/a.ts';"],
    ['src/observe/a.ts', "import { a } from '../config/a.ts';"],
    ['src/observe/a.ts', "import { Client } from '@temporalio/client';"],
    ['src/config/a.ts', "import { a } from '../argo/flow.ts';"],
    ['src/argo/a.ts', "import { a } from '../ooi/a.ts';"],
    ['src/argo/a.ts', "import { a } from '../kinds.ts';"],
    ['src/argo/a.ts', "export * from '../../activities/argo/load.ts';"],
    ['src/argo/a.ts', "import type { Duration } from '@temporalio/common';"],
    ['src/embedded/a.ts', "import { a } from '../stores/a.ts';"],
    ['src/embedded/a.ts', "const { a } = await import('@temporalio/testing');"],
    ['src/kinds.ts', "import { a } from './cli/a.ts';"],
    ['src/cli/a.ts', "import { a } from '../../workers/main.ts';"],
    ['src/cli/a.ts', "import { a } from '../../standins/gdac/main.ts';"],
    ['src/cli/a.ts', "import { mirror } from '../../workflows/argo/mirror.ts';"],
    ['src/cli/a.ts', "import { Worker } from '@temporalio/worker';"],
    ['activities/argo/a.ts', "import { a } from '../../src/ooi/a.ts';"],
    ['activities/argo/a.ts', "import { a } from '../ooi/a.ts';"],
    ['activities/argo/a.ts', "import { a } from '../../src/embedded/a.ts';"],
    ['activities/common/a.ts', "import { a } from '../argo/a.ts';"],
    ['activities/common/a.ts', "import { a } from '../../workers/a.ts';"],
    ['workflows/argo/a.ts', "import { a } from '../../activities/argo/a.ts';"],
    ['workflows/argo/a.ts', "import { type A } from '../../activities/argo/a.ts';"],
    ['workflows/argo/a.ts', "import type { A } from '../ooi/a.ts';"],
    ['workflows/argo/a.ts', "import { activityInfo } from '@temporalio/activity';"],
    ['workflows/common/a.ts', "import { a } from '../argo/a.ts';"],
    ['workers/a.ts', "import { a } from '../src/cli/a.ts';"],
    ['workers/a.ts', "import { a } from '../test/a.ts';"],
    ['standins/gdac/a.ts', "import { a } from '../../src/config/a.ts';"],
    ['tools/bootstrap.js', "import { a } from '../src/errors.ts';"],
  ];
  for (const [path, text] of refused) {
    it(`refuse in ${path}: ${text}`, () => {
      const broken = brokenRules(new Map([[path, text]]));

      assert.equal(broken.length, 1);
    });
  }

  const allowed: readonly (readonly [path: string, text: string])[] = [
    ['src/argo/a.ts', "import { a } from '../stores/a.ts';"],
    ['src/kinds.ts', "import { argoKind } from './argo/kind.ts';"],
    ['src/cli/a.ts', "import type { mirror } from '../../workflows/argo/mirror.ts';"],
    ['src/cli/a.ts', "import { signals } from '../../workflows/common/messages.ts';"],
    ['src/cli/a.ts', "import { Client } from '@temporalio/client';"],
    ['activities/argo/a.ts', "import { a } from '../../src/argo/a.ts';"],
    ['workflows/argo/a.ts', "import type { A } from '../../activities/argo/a.ts';"],
    ['workflows/index.ts', "export * from './argo/mirror.ts';"],
    ['workers/a.ts', "import { a } from '../src/embedded/a.ts';"],
    ['standins/gdac/a.ts', "import { Failure } from '../../src/errors.ts';"],
    ['test/a.ts', "import { a } from '../src/cli/a.ts';"],
  ];
  for (const [path, text] of allowed) {
    it(`allow in ${path}: ${text}`, () => {
      const broken = brokenRules(new Map([[path, text]]));

      assert.deepEqual(broken, []);
    });
  }

  it('follow a workflow through pure functions to the one that is not', () => {
    const made = new Map([
      [
        'workflows/argo/mirror.ts',
        "import { proxyActivities } from '@temporalio/workflow';\nimport { plan } from '../../src/argo/plan.ts';",
      ],
      ['src/argo/plan.ts', "import type { Stats } from 'node:fs';\nimport { read } from './read.ts';"],
      ['src/argo/read.ts', "import { readFile } from 'node:fs/promises';\nimport { plan } from './plan.ts';"],
    ]);

    const impure = impureReach(made);

    assert.deepEqual(impure, ['workflows/argo/mirror.ts → src/argo/plan.ts → src/argo/read.ts → node:fs/promises']);
  });

  it('know the package of an inner file', () => {
    const undeclared = undeclaredPackages(
      new Map([['src/a.ts', "import a from 'h5wasm/node';\nimport b from '@x/y/z';\nimport 'node:fs';"]]),
      ['h5wasm'],
    );

    assert.deepEqual(undeclared, ['src/a.ts imports @x/y, which package.json does not name.']);
  });

  it('read every form of an import, and nothing that only looks like one', () => {
    const text = [
      "import type { A } from './a.ts';",
      "import { type B } from './b.ts';",
      "import type from './type.ts';",
      'import {',
      '  c,',
      '} from "./c.ts";',
      "import './d.ts';",
      "export * from './e.ts';",
      "export type { F } from './f.ts';",
      "const g = await import('./g.ts');",
      "const h = new Worker(new URL('./h.ts', import.meta.url));",
      "// import { i } from './i.ts';",
      " * import { j } from './j.ts';",
      "export const k = 'from';",
    ].join('\n');

    const read = importsOf(text).map(({ target, isType }) => `${target}${isType ? ' type' : ''}`);

    assert.deepEqual(read.toSorted(), [
      './a.ts type',
      './b.ts',
      './c.ts',
      './d.ts',
      './e.ts',
      './f.ts type',
      './g.ts',
      './h.ts',
      './type.ts',
    ]);
  });
});
