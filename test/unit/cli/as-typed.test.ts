import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { asTyped, typedHere } from '../../../src/cli/as-typed.ts';

const COMMANDS = new Set(['run', 'apply', 'init']);
const HINT = 'Flow argo is not running. Start it with: landfall run mirror argo. Or `landfall init`, or npx landfall apply.';

describe('commands that are recommended', () => {
  it('are as they are where the program is on the path', () => {
    assert.equal(asTyped(HINT, typedHere({}, {}), COMMANDS), HINT.replace('npx ', ''));
  });

  it('begin with npx where that ran the program', () => {
    assert.equal(
      asTyped(HINT, typedHere({}, { npm_command: 'exec' }), COMMANDS),
      'Flow argo is not running. Start it with: npx landfall run mirror argo. Or `npx landfall init`, or npx landfall apply.',
    );
    assert.equal(typedHere({}, { npm_command: 'test' }).isByNpx, false);
  });

  it('name the home and the flows that were named', () => {
    assert.equal(
      asTyped('Try: landfall run mirror argo', typedHere({ home: "/my home's", flows: 'flows/argo' }, {}), COMMANDS),
      `Try: landfall --home '/my home'\\''s' --flows flows/argo run mirror argo`,
    );
  });

  it('are no words of other sentences, paths, or commands that say where already', () => {
    const typed = typedHere({ home: '/h' }, { npm_command: 'exec' });
    for (const text of [
      'Landfall run by hand',
      'what landfall writes',
      '/opt/landfall run',
      'landfall --home /x run mirror argo',
      '@landfall run',
      'landfall',
    ]) {
      assert.equal(asTyped(text, typed, COMMANDS), text);
    }
  });
});
