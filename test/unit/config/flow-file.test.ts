import assert from 'node:assert/strict';
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { execa } from 'execa';
import { z } from 'zod';
import { argoFlowSchema } from '../../../src/argo/flow.ts';
import { argoTemplate } from '../../../src/argo/template.ts';
import { flowKeys, schedule } from '../../../src/config/flow.ts';
import { findFlow, loadFlows } from '../../../src/config/flow-file.ts';
import { parseFlow } from '../../../src/config/flow-text.ts';
import { ConfigError } from '../../../src/config/problems.ts';
import { isFailure } from '../../../src/errors.ts';

const kinds = [{ kind: 'argo', schema: argoFlowSchema }];

const complaint = (text: string): string => {
  try {
    parseFlow(text, 'flows/argo.yaml', kinds);
  } catch (error) {
    if (error instanceof ConfigError) return error.message;
    throw error;
  }
  return 'no complaint';
};

const GOOD = 'name: argo\nkind: argo\nupstream: { rsync: "host::argo/" }\nmirror: /data/argo\n';

describe('a flow file', () => {
  it('reports everything that is wrong in it at once, each with its line, what was found, what was expected and the nearest key', () => {
    const text = `name: Argo_1
kind: argo
upstream:
  rsync: host:/argo
  password: hunter2
  bandwith: 5MB/s
  timeout: 10 minutes
mirror: ~/argo
deletions:
  share: 1%
load:
  width: four
  batch: 0
schedules:
  miror: "06:00"
colections:
  argo: profiles
`;

    const said = complaint(text);

    assert.equal(
      said,
      `11 problems in the flow file flows/argo.yaml:
  flows/argo.yaml:1: name is "Argo_1". Expected a name of lower-case letters, digits, hyphens and underscores that begins with a letter, 120 characters at most.
  flows/argo.yaml:4: upstream.rsync is "host:/argo". Expected the address of an rsync daemon such as rsync://host/module/path/ or host::module/path/, without a password (that is a key of its own) and without "..".
  flows/argo.yaml:5: upstream.password is text that is not shown here. Expected { env: NAME } or { file: PATH }: a flow file says where a secret is, it never holds one.
  flows/argo.yaml:6: upstream has no key "bandwith". Did you mean bandwidth?
  flows/argo.yaml:7: upstream.timeout is "10 minutes". Expected a duration such as 30s, 15m, 6h or 7d.
  flows/argo.yaml:8: mirror is "~/argo". Expected the path of a folder, absolute or relative to the folder of this file; ~ and control characters are not understood.
  flows/argo.yaml:10: deletions.share is "1%". Expected a share from 0 to 1, such as 0.01 for one percent.
  flows/argo.yaml:12: load.width is "four". Expected a whole number from 1 to 64.
  flows/argo.yaml:13: load.batch is 0. Expected a whole number from 1 to 5000.
  flows/argo.yaml:15: schedules has no key "miror". Did you mean mirror?
  flows/argo.yaml:16: there is no key "colections". Did you mean collections?`,
    );
  });

  it('says what is missing, at the line of what should hold it', () => {
    const said = complaint('name: argo\nkind: argo\nupstream:\n  timeout: 5m\n');

    assert.equal(
      said,
      `2 problems in the flow file flows/argo.yaml:
  flows/argo.yaml:1: mirror is missing. Expected the path of a folder, absolute or relative to the folder of this file; ~ and control characters are not understood.
  flows/argo.yaml:3: upstream.rsync is missing. Expected the address of an rsync daemon such as rsync://host/module/path/ or host::module/path/, without a password (that is a key of its own) and without "..".`,
    );
  });

  const broken: readonly (readonly [what: string, text: string, said: string])[] = [
    [
      'a key written twice',
      'name: argo\nkind: argo\nname: again\n',
      'flows/argo.yaml:3: the key "name" is written twice. Expected each key once: remove one of the two.',
    ],
    ['a tab', 'name: argo\nload:\n\twidth: 4\n', 'flows/argo.yaml:3: the line is indented by a tab. Expected blanks.'],
    [
      'a second document',
      'name: argo\n---\nname: b\n',
      'flows/argo.yaml:2: the file holds more than one document. Expected one flow in a file: put the next into a file of its own.',
    ],
    [
      'a colon in a value',
      'name: argo\ndescription: profiles: all of them\n',
      'flows/argo.yaml:2: a colon and a blank inside a value begin another mapping. Expected quotes around a value that holds them.',
    ],
    ['an unclosed quote', 'name: "argo\n', 'flows/argo.yaml:2: this is not YAML: Missing closing "quote.'],
    [
      'a tag',
      'name: !name argo\n',
      'flows/argo.yaml:1: a tag (!name) is not understood. Expected plain values: quote a text that begins with an exclamation mark.',
    ],
    ['an alias of nothing', 'name: *argo\n', 'flows/argo.yaml: the alias *argo stands for nothing. Expected an anchor &argo before it.'],
    ['nothing', '', 'flows/argo.yaml:1: the file is empty. Expected a mapping of keys to values, name and kind among them.'],
    ['a list', '- name: argo\n', 'flows/argo.yaml:1: the file is a list. Expected a mapping of keys to values, name and kind among them.'],
    ['an unknown kind', 'name: argo\nkind: agro\n', 'flows/argo.yaml:2: there is no kind "agro". Did you mean argo?'],
    ['no kind', 'name: argo\n', 'flows/argo.yaml:1: kind is missing. Expected one of argo.'],
    [
      'two collections of one name',
      `${GOOD}collections: { argo: all, argoMeta: all }\n`,
      'flows/argo.yaml:5: collections is a mapping. Expected different names: profiles, descriptions and summaries are kept apart.',
    ],
  ];
  for (const [what, text, said] of broken) {
    it(`with ${what} is refused with a sentence of its own`, () => {
      const message = complaint(text);

      assert.equal(message, `1 problem in the flow file flows/argo.yaml:\n  ${said}`);
    });
  }

  it('with a password in an address is refused without showing it', () => {
    const said = complaint(GOOD.replace('host::argo/', 'rsync://reader:hunter2@host/argo/'));

    assert.match(said, /upstream\.rsync is "rsync:\/\/\*\*\*@host\/argo\/"\. Expected the address of an rsync daemon/);
  });

  for (const address of ['reader:hunter2@host::argo/', 'rsync://reader:hun/ter2@host/argo/', 'reader:ter@hunter2@host::argo/']) {
    it(`with a password in the address ${address} is refused without showing it`, () => {
      const said = complaint(GOOD.replace('host::argo/', address));

      assert.match(said, /upstream\.rsync is "[^"]*\*\*\*@host/);
      assert.doesNotMatch(said, /ter2/);
    });
  }

  it('whose aliases multiply is refused before they are written out', () => {
    const lines = ['a: &a [x, x, x, x, x, x, x, x, x]'];
    for (const [name, of] of ['ba', 'cb', 'dc', 'ed', 'fe', 'gf', 'hg', 'ih'].map((pair) => pair.split(''))) {
      lines.push(`${name}: &${name} [${Array.from({ length: 9 }, () => `*${of}`).join(', ')}]`);
    }

    const said = complaint(`${lines.join('\n')}\n`);

    assert.match(said, /the aliases \(\*name\) stand for too many values\. Expected at most 50: write the values out\.$/);
  });

  for (const [what, text] of [
    ['a value that holds itself', 'name: &a [*a, *a]\nkind: argo\n'],
    ['a key that holds the whole', '&a\nname: argo\nkind: argo\nupstream: *a\n'],
    ['a hundred thousand lists in each other', '['.repeat(100_000)],
    ['thousands of mappings in each other', `a: ${'{a: '.repeat(3_000)}${'}'.repeat(3_000)}`],
  ] as const) {
    it(`with ${what} is refused with one sentence`, () => {
      const said = complaint(text);

      assert.match(said, /^1 problem in .*\n {2}flows\/argo\.yaml: values stand inside one another more than 32 deep, or hold themselves/);
    });
  }

  it('with thousands of problems names the first hundred in its message and keeps all', () => {
    const keys = Array.from({ length: 5_000 }, (_, key) => `k${key}: 1\n`);

    const said = complaint(`${GOOD}${keys.join('')}`);

    assert.match(said, /^5000 problems in /);
    assert.match(said, /\n {2}and 4900 more\.$/);
    assert.equal(said.split('\n').length, 102);
  });

  it('may repeat a few values by aliases', () => {
    const flow = parseFlow('name: &n argo\nkind: argo\ndescription: *n\nupstream: { rsync: "h::argo" }\nmirror: /m\n', 'a.yaml', kinds);

    assert.equal(flow.description, 'argo');
  });

  it('is refused as a failure that stops, with its problems for programs to read', () => {
    const refuse = () => parseFlow(GOOD.replace('/data/argo', '"-rf"'), 'f.yaml', kinds);

    assert.throws(refuse, (error) => {
      assert.ok(isFailure(error, 'bad_configuration') && error instanceof ConfigError);
      assert.equal(error.kind, 'stop');
      assert.deepEqual(
        error.problems.map(({ file, line, path }) => ({ file, line, path })),
        [{ file: 'f.yaml', line: 4, path: 'mirror' }],
      );
      return true;
    });
  });

  it('has its relative paths resolved against its own folder, those of secrets too', () => {
    const text =
      'name: argo\nkind: argo\nupstream:\n  rsync: rsync://host:8730/argo\n  password: { file: secrets/rsync }\nmirror: ../mirror\n';

    const flow = parseFlow(text, '/srv/flows/argo.yaml', kinds);

    assert.equal(flow.mirror, '/srv/mirror');
    assert.deepEqual(flow.upstream.password, { file: '/srv/flows/secrets/rsync' });
  });

  it('of a kind that is added later is read by that kind alone', () => {
    const moon = {
      kind: 'moon',
      schema: z.strictObject({ ...flowKeys, kind: z.literal('moon'), schedules: z.strictObject({ watch: schedule(null) }).prefault({}) }),
    };

    const flow = parseFlow('name: luna\nkind: moon\nschedules: { watch: "23:30" }\n', 'moon.yaml', [moon]);

    assert.deepEqual(flow, { name: 'luna', kind: 'moon', queueSuffix: null, schedules: { watch: '30 23 * * *' } });
  });
});

describe('the flow files of a folder', () => {
  let folder = '';
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'landfall-flows-'));
  });
  after(() => rm(folder, { recursive: true, force: true }));

  const folderOf = async (name: string, files: Readonly<Record<string, string>>): Promise<string> => {
    const path = join(folder, name);
    await mkdir(path);
    await Promise.all(Object.entries(files).map(([file, text]) => writeFile(join(path, file), text)));
    return path;
  };

  it('are loaded in the order of their names; other files are left alone', async () => {
    const path = await folderOf('good', { 'b.yml': GOOD, 'a.yaml': GOOD.replace('argo', 'zulu'), 'README.md': 'x', '.hidden.yaml': ': [' });

    const flows = await loadFlows(path, kinds);

    assert.deepEqual(
      flows.map(({ file, flow }) => [file, flow.name]),
      [
        [join(path, 'b.yml'), 'argo'],
        [join(path, 'a.yaml'), 'zulu'],
      ],
    );
  });

  it('report the problems of all of them at once, and names used twice', async () => {
    const path = await folderOf('bad', { 'a.yaml': GOOD, 'b.yaml': GOOD, 'c.yaml': `${GOOD}loud: 1\n` });

    const loading = loadFlows(path, kinds);

    await assert.rejects(loading, {
      message: `3 problems in the flow files of ${path}:
  ${path}/b.yaml:1: name is "argo", which ${path}/a.yaml has too. Expected a name of its own for each flow.
  ${path}/c.yaml:5: there is no key "loud". Did you mean load?
  ${path}/c.yaml: name is "argo", which ${path}/a.yaml has too. Expected a name of its own for each flow.`,
    });
  });

  it('give a flow by its name though another file is broken', async () => {
    const path = await folderOf('one-broken', { 'argo.yaml': GOOD, 'broken.yaml': 'name: [' });

    const { flow } = await findFlow(path, kinds, 'argo');

    assert.equal(flow.mirror, '/data/argo');
  });

  it('name the nearest flow when there is none of a name', async () => {
    const path = await folderOf('nearest', { 'argo.yaml': GOOD });

    const finding = findFlow(path, kinds, 'agro');

    await assert.rejects(finding, {
      message: `1 problem in the flow files of ${path}:\n  no flow has the name "agro". Did you mean argo?`,
    });
  });

  it('that are not there are reported with what to do', async () => {
    const path = join(folder, 'nowhere');

    const loading = loadFlows(path, kinds);

    await assert.rejects(loading, {
      message: `1 problem in the flow files:\n  ${path}: the folder does not exist. Write a first flow file with \`landfall init\`, or name the folder with LANDFALL_FLOWS.`,
    });
  });

  it('are each read up to a bound, so that a data file under such a name does no harm', async () => {
    const path = await folderOf('huge', { 'data.yaml': 'x'.repeat(300_000) });

    const loading = loadFlows(path, kinds);

    await assert.rejects(loading, /the file has 300000 bytes\. Expected a flow file of at most 262144 bytes\.$/);
  });

  it('are not waited for when they are pipes', async () => {
    const path = await folderOf('pipe', {});
    await execa('mkfifo', [join(path, 'argo.yaml')]);

    const loading = loadFlows(path, kinds);

    await assert.rejects(loading, /the file is a pipe, a socket or a device\. Expected a text file\.$/);
  });

  it('that may not be read are reported as such', {
    skip: process.getuid?.() === 0 ? 'the superuser may read everything' : false,
  }, async () => {
    const path = await folderOf('closed', { 'argo.yaml': GOOD });
    await chmod(join(path, 'argo.yaml'), 0);

    const loading = loadFlows(path, kinds);

    await assert.rejects(loading, /the file may not be read by this user\.$/);
  });
});

describe('the flow file that is written for a newcomer', () => {
  it('is valid as it stands and names the public upstream', () => {
    const flow = parseFlow(argoTemplate(), '/srv/flows/argo.yaml', kinds);

    assert.deepEqual(flow, {
      name: 'argo',
      kind: 'argo',
      description: 'Profiles of the Argo GDAC, mirrored and loaded every night.',
      queueSuffix: null,
      upstream: { rsync: 'vdmzrs.ifremer.fr::argo/', timeoutMs: 600_000, connectTimeoutMs: 60_000 },
      mirror: '/srv/.landfall/mirror/argo',
      database: 'argo',
      collections: { argo: 'argo', argoMeta: 'argoMeta', summaries: 'summaries' },
      schedules: { mirror: '0 6 * * *', audit: '0 12 * * 0', verify: '20 * * * *' },
      deletions: { share: 0.01, floor: 20 },
      load: { width: 4, batch: 400 },
      verify: { sample: 50, recent: 0.4, recentAgeMs: 604_800_000, paceMs: 30_000, timeoutMs: 120_000 },
      sourceUrl: 'ftp://ftp.ifremer.fr/ifremer/argo/dac/',
    });
  });

  it('stays valid and says the same when the # before every default is taken away', () => {
    const uncommented = argoTemplate().replaceAll(/^( *)# (?=(?: {2})?[a-zA-Z]+:(?: |$))(?!password|bandwidth)/gm, '$1');

    const flow = parseFlow(uncommented, '/srv/flows/argo.yaml', kinds);

    assert.match(uncommented, /^schedules:\n {2}mirror: /m);
    assert.deepEqual(flow, parseFlow(argoTemplate(), '/srv/flows/argo.yaml', kinds));
  });

  it('holds nothing that a workflow may not carry: as JSON it is the same', () => {
    const flow = parseFlow(argoTemplate({ name: 'demo', rsync: 'rsync://127.0.0.1:8730/argo', mirror: '/tmp/m' }), 'demo.yaml', kinds);

    assert.deepEqual(JSON.parse(JSON.stringify(flow)), flow);
    assert.equal(flow.upstream.rsync, 'rsync://127.0.0.1:8730/argo/');
  });
});
