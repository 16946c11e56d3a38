import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { mirrorIn } from '../../../src/embedded/apt.ts';
import { fromSetting, onPath } from '../../../src/embedded/binaries.ts';
import { isFailure } from '../../../src/errors.ts';

describe("the machine's Debian mirror", () => {
  it('is read from the one-line notation', () => {
    const sources = '# deb http://old.example/debian x main\ndeb [arch=amd64] https://mirror.example/pub/debian/ bookworm main\n';

    assert.equal(mirrorIn(sources), 'https://mirror.example/pub/debian');
  });

  it('is read from the deb822 notation', () => {
    assert.equal(mirrorIn('Types: deb\nURIs: http://deb.example/debian\nSuites: bookworm\n'), 'http://deb.example/debian');
  });

  it('is not the security archive, another distribution or another vendor', () => {
    const sources =
      'URIs: http://deb.example/debian-security\ndeb https://packages.example/apt stable main\ndeb http://archive.example/ubuntu noble main';

    assert.equal(mirrorIn(sources), null);
  });
});

describe('a program', () => {
  it('is found on PATH, but not by way of the working folder', () => {
    assert.equal(onPath('sh', { PATH: '/nowhere:/bin' }), '/bin/sh');
    assert.equal(onPath('sh', { PATH: 'bin:' }), null);
    assert.equal(onPath('sh', {}), null);
  });

  it('named by a setting must be there', () => {
    assert.equal(fromSetting('LANDFALL_MONGOD_BIN', {}), null);
    assert.equal(fromSetting('LANDFALL_MONGOD_BIN', { LANDFALL_MONGOD_BIN: '/bin/sh' }), '/bin/sh');
    assert.throws(
      () => fromSetting('LANDFALL_MONGOD_BIN', { LANDFALL_MONGOD_BIN: '/bin' }),
      (error) =>
        isFailure(error, 'bad_binary_setting') &&
        error.message.startsWith('LANDFALL_MONGOD_BIN names /bin, which is not an executable file.'),
    );
  });
});
