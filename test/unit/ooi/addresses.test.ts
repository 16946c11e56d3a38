import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { apiAddress, isOfApi, knownAddress } from '../../../src/ooi/m2m/address.ts';

const real = { api: 'https://ooinet.oceanobservatories.org', hosts: {} };
const mapped = { api: 'http://127.0.0.1:8100/', hosts: { 'downloads-west.oceanobservatories.org': 'http://127.0.0.1:8200/mirror/' } };

describe('an address of the facility', () => {
  it('of the interface is made of what the flow says, with a slash at its end or without', () => {
    assert.equal(
      apiAddress(real, '/api/m2m/12576/sensor/inv/toc').href,
      'https://ooinet.oceanobservatories.org/api/m2m/12576/sensor/inv/toc',
    );
    assert.equal(apiAddress(mapped, '/api/x', { a: 'b c' }).href, 'http://127.0.0.1:8100/api/x?a=b+c');
  });

  for (const [text, address] of [
    ['https://opendap.oceanobservatories.org/thredds/a.xml', 'https://opendap.oceanobservatories.org/thredds/a.xml'],
    ['https://opendap-east.oceanobservatories.org/a', 'https://opendap-east.oceanobservatories.org/a'],
    ['http://downloads-west.oceanobservatories.org/a?b=c', 'https://downloads-west.oceanobservatories.org/a?b=c'],
    ['https://ooinet.oceanobservatories.org/async_results/a', 'https://ooinet.oceanobservatories.org/async_results/a'],
    ['https://downloads.oceanobservatories.org/a/../b', 'https://downloads.oceanobservatories.org/b'],
  ] as const) {
    it(`that an answer names is followed: ${text}`, () => {
      assert.equal(knownAddress(real, text).href, address);
    });
  }

  it('whose host is mapped goes elsewhere, and is followed there again', () => {
    const first = knownAddress(mapped, 'https://downloads-west.oceanobservatories.org/async_results/x@y.z/f.nc');

    assert.equal(first.href, 'http://127.0.0.1:8200/mirror/async_results/x@y.z/f.nc');
    assert.equal(knownAddress(mapped, first.href).href, first.href);
  });

  for (const text of [
    'https://ooinet.oceanobservatories.org:8443/a',
    'https://downloads-west.oceanobservatories.org:8443/a',
    'http://127.0.0.1:8100/a',
    'https://oceanobservatories.org/a',
    'https://evil-opendap.oceanobservatories.org/a',
    'http://constructor/a',
    'http://__proto__/a',
    'ftp://downloads-west.oceanobservatories.org/a',
  ]) {
    it(`that is none of its hosts is not followed: ${text}`, () => {
      assert.throws(() => knownAddress(real, text), { code: 'foreign_address', kind: 'stop' });
    });
  }

  it('below another path of a mapped address is not followed', () => {
    assert.throws(() => knownAddress(mapped, 'http://127.0.0.1:8200/other/f.nc'), { code: 'foreign_address' });
  });

  it('is one of the interface by its scheme, host and port together', () => {
    assert.equal(isOfApi(real, new URL('https://ooinet.oceanobservatories.org/a')), true);
    assert.equal(isOfApi(real, new URL('http://ooinet.oceanobservatories.org/a')), false);
  });
});
