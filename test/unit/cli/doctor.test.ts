import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { findingsTable, flowsFinding } from '../../../src/cli/doctor.ts';
import { bad, folder } from '../../../src/cli/doctor-machine.ts';
import { parseFlow } from '../../../src/config/flow-text.ts';
import { kinds } from '../../../src/kinds.ts';

describe('the doctor’s look at a folder', () => {
  const below = mkdtempSync(join(tmpdir(), 'landfall-doctor-'));
  after(() => rmSync(below, { recursive: true, force: true }));

  it('finds one that can be made, and does not make it', async () => {
    const path = join(below, 'some', 'where');

    const finding = await folder('home', path);

    assert.notEqual(finding.state, 'bad');
    assert.match(finding.found, /can be made/);
    assert.equal(existsSync(join(below, 'some')), false);
  });

  it('finds one that is there', async () => {
    const finding = await folder('home', below);

    assert.match(finding.found, /may be written/);
  });

  it('finds a file in the way, with a remedy', async () => {
    writeFileSync(join(below, 'file'), '');

    const finding = await folder('home', join(below, 'file', 'home'));

    assert.equal(finding.state, 'bad');
    assert.match(finding.found, /file is no folder/);
    assert.ok(finding.remedy);
  });

  it('finds a folder nobody may write to, with a remedy', async () => {
    const finding = await folder('home', '/proc/1/nowhere');

    assert.equal(finding.state, 'bad');
    assert.ok(finding.remedy);
  });
});

describe('the doctor’s look at flow files', () => {
  const stream = (name: string, place: string, keys: object = {}) =>
    parseFlow(
      JSON.stringify({
        name,
        kind: 'ooi',
        instrument: 'CE02SHBP-LJ01D-06-CTDBPN106',
        stream: { method: 'streamed', name: 'ctdbp_no_sample' },
        store: { place },
        ...keys,
      }),
      `/srv/flows/${name}.yaml`,
      kinds,
    );

  it('names the flows that can be beside each other', () => {
    assert.deepEqual(flowsFinding([stream('one', '/srv/a')]), { what: 'flows', state: 'ok', found: 'one', remedy: null });
  });

  it('refuses what apply refuses: two flows of one stream, wherever their stores are', () => {
    const finding = flowsFinding([stream('one', '/srv/a'), stream('two', '/srv/b')]);

    assert.equal(finding.state, 'bad');
    assert.match(finding.found, /^Flows one and two both write to the records of CE02SHBP-/);
    assert.equal(finding.remedy, 'One stream belongs to one flow: remove the flow file of one or that of two');
  });

  it('refuses what apply refuses: a stream that has a schedule of its own and one of a set', () => {
    const set = parseFlow('{"name":"all","kind":"ooi","streams":"all","store":{"place":"/srv/a"}}', '/srv/flows/all.yaml', kinds);

    assert.equal(flowsFinding([stream('one', '/srv/a', { schedules: { harvest: '0 0 * * *' } }), set]).state, 'bad');
  });

  it('puts no full stop behind a question', () => {
    const table = findingsTable([bad('flows', 'x.yaml:1: key is unknown. Did you mean method?', 'Correct it')]);

    assert.match(table, /Did you mean method\? Correct it\.$/m);
  });
});
