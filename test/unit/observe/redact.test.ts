import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isSecretName, redactFields, redactJsonLine, redactText, redactValue } from '../../../src/observe/redact.ts';
import { fc } from '../../helpers/properties.ts';

describe('text that people read', () => {
  const cases: readonly (readonly [from: string, to: string])[] = [
    ['cannot reach mongodb://landfall:pw@db:27017/x?a=b', 'cannot reach mongodb://***@db:27017/x?a=b'],
    ['mongodb+srv://u:p@ss/w@rd@cluster.example.org/', 'mongodb+srv://***@cluster.example.org/'],
    ['postgres://postgres@127.0.0.1:5432/postgres', 'postgres://***@127.0.0.1:5432/postgres'],
    ['rsync://float:secret@host:8730/argo/', 'rsync://***@host:8730/argo/'],
    ['rsync://float:se/cr@et@host/argo/', 'rsync://***@host/argo/'],
    ['upstream is "float:se/cr@et@host::argo/".', 'upstream is "***@host::argo/".'],
    ['float:secret@[::1]::argo/', '***@[::1]::argo/'],
    ['float@host::argo/ at 10:30, fe80::1', 'float@host::argo/ at 10:30, fe80::1'],
    ['https://host/@user/page and a@b.org', 'https://host/@user/page and a@b.org'],
    ['Authorization: Bearer abcdefghijkl.mnop', 'Authorization: *** ***'],
    ['RSYNC_PASSWORD=hunter2 rsync -a', 'RSYNC_PASSWORD=*** rsync -a'],
    ['{"apiKey":"abc","flow":"argo"}', '{"apiKey":"***","flow":"argo"}'],
    ['GET /x?token=abc&page=2', 'GET /x?token=***&page=2'],
    ['landfall-transfer@beamline3 took 3 passes', 'landfall-transfer@beamline3 took 3 passes'],
    ['vdmzrs.ifremer.fr::argo/', 'vdmzrs.ifremer.fr::argo/'],
  ];
  for (const [from, to] of cases) {
    it(`reads ${JSON.stringify(to)} where a program wrote more`, () => {
      const redacted = redactText(from);

      assert.equal(redacted, to);
    });
  }
});

describe('fields of a log line', () => {
  it('lose the values under secret names at any depth, and credentials in any text', () => {
    const fields = {
      flow: 'argo',
      password: 'a',
      upstream: { rsync: 'rsync://u:p@h/m/', apiKey: { key: 'b' } },
      list: ['mongodb://u:p@h/'],
    };

    const redacted = redactFields(fields);

    assert.deepEqual(redacted, {
      flow: 'argo',
      password: '***',
      upstream: { rsync: 'rsync://***@h/m/', apiKey: '***' },
      list: ['mongodb://***@h/'],
    });
  });

  it('keep numbers, dates and flags, also under names that look secret', () => {
    const at = new Date(0);

    const redacted = redactFields({ tokens: 3, hasPassword: true, at, nothing: null });

    assert.deepEqual(redacted, { tokens: 3, hasPassword: true, at, nothing: null });
  });

  it('show an error with its code and causes and without the credentials in its message', () => {
    const error = Object.assign(new Error('cannot reach mongodb://u:p@h/', { cause: new Error('password=x') }), { code: 'ECONNREFUSED' });

    const redacted = JSON.stringify(redactValue(error));

    assert.match(redacted, /"code":"ECONNREFUSED"/);
    assert.match(redacted, /cannot reach mongodb:\/\/\*\*\*@h\//);
    assert.match(redacted, /"cause":\{.*password=\*\*\*/);
    assert.doesNotMatch(redacted, /u:p@|password=x/);
  });

  it('are cut where a value holds itself', () => {
    const circle: Record<string, unknown> = {};
    circle.again = circle;

    const text = JSON.stringify(redactValue(circle));

    assert.equal(text, '{"again":{"again":{"again":{"again":{"again":{"again":"…"}}}}}}');
  });

  it('know the usual spellings of secret names', () => {
    const names = [
      'password',
      'RSYNC_PASSWORD',
      'apiKey',
      'api_key',
      'authToken',
      'Set-Cookie',
      'client_secret',
      'flow',
      'key',
      'path',
      'code',
    ];

    const secret = names.filter(isSecretName);

    assert.deepEqual(secret, ['password', 'RSYNC_PASSWORD', 'apiKey', 'api_key', 'authToken', 'Set-Cookie', 'client_secret']);
  });
});

describe('a line of JSON', () => {
  it('stays JSON with the same keys whatever its strings hold', () => {
    const pieces = fc.constantFrom(
      'mongodb://',
      'u:p@',
      'password',
      '=',
      ':',
      '"',
      '\\',
      '\n',
      ' ',
      'token',
      'bearer abcdefghij',
      "'",
      'x',
      '/',
      '@',
    );
    const text = fc.array(pieces, { maxLength: 12 }).map((parts) => parts.join(''));

    fc.assert(
      fc.property(text, text, (key, value) => {
        const line = JSON.stringify({ event: 'x', key, value, token: null, password: 3 });

        assert.deepEqual(Object.keys(JSON.parse(redactJsonLine(line))), ['event', 'key', 'value', 'token', 'password']);
      }),
    );
  });

  it('loses what its message tells', () => {
    const line = redactJsonLine('{"level":"info","msg":"password=abc at mongodb://u:p@h/"}');

    assert.equal(line, '{"level":"info","msg":"password=*** at mongodb://***@h/"}');
  });
});
