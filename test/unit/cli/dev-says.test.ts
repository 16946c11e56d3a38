import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { missingSecrets, nextStep } from '../../../src/cli/dev-says.ts';
import type { Flow } from '../../../src/config/flow.ts';
import { parseFlow } from '../../../src/config/flow-text.ts';
import { kinds } from '../../../src/kinds.ts';

const flowOf = (written: object): Flow => parseFlow(JSON.stringify(written), '/srv/flows/x.yaml', kinds);
const set = (name: string, keys: object = {}): Flow => flowOf({ name, kind: 'ooi', streams: 'all', store: { place: '/srv/a' }, ...keys });
const argo = (password: object): Flow => flowOf({ name: 'argo', kind: 'argo', upstream: { rsync: 'h::argo', ...password }, mirror: '/m' });

describe('what dev says of secrets that its workers would not have', () => {
  it('is nothing where all are set, or none is needed', () => {
    assert.equal(missingSecrets([set('one')], { OOI_USERNAME: 'a', OOI_TOKEN: 'b' }), null);
    assert.equal(missingSecrets([argo({})], {}), null);
    assert.equal(missingSecrets([argo({ password: { file: '/srv/password' } })], {}), null);
  });

  it('is one line that names the variables and the flows', () => {
    assert.equal(
      missingSecrets([set('one'), argo({ password: { env: 'RSYNC' } }), set('two')], { OOI_USERNAME: 'a', OOI_TOKEN: '' }),
      'Not set: OOI_TOKEN, RSYNC, for flows one, argo, two. The workers read them when they start: set them, then start landfall dev again.',
    );
  });

  it('names a webhook too, and of many flows a few', () => {
    const flows = ['a', 'b', 'c', 'd', 'e', 'f', 'g'].map((name) => set(name, { notify: { webhook: { env: 'HOOK' } } }));

    assert.match(
      missingSecrets(flows, { OOI_USERNAME: 'a', OOI_TOKEN: 'b' }) ?? '',
      /^Not set: HOOK, for flows a, b, c, d, e and 2 more\. /,
    );
  });
});

describe('what dev says is to be typed next', () => {
  it('is a first flow file where there is none, else that they are applied', () => {
    assert.equal(nextStep(0), 'In another terminal: landfall init argo (or ooi), then landfall apply');
    assert.equal(nextStep(2), 'In another terminal: landfall apply');
  });
});
