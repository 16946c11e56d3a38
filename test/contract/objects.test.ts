import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before } from 'node:test';
import { openDisk } from '../../src/stores/objects/disk.ts';
import { openS3, type S3Store } from '../../src/stores/objects/s3.ts';
import { startObjectServer, type TestObjectServer } from '../helpers/object-server.ts';
import { objectStoreContract } from './objects-suite.ts';

let folder: string;
let server: TestObjectServer;
const opened: S3Store[] = [];
let places = 0;

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'landfall-disk-'));
  server = await startObjectServer();
});
after(async () => {
  for (const store of opened) store.close();
  await server.stop();
  await rm(folder, { recursive: true, force: true });
});

objectStoreContract('on disk', async () => {
  places += 1;
  const place = join(folder, `place ${places}`);
  return { open: () => openDisk({ folder: place }) };
});

objectStoreContract('on an S3 server', async () => {
  places += 1;
  const options = { ...server.options('contract', `place ${places}/at`), pageKeys: 7 };
  return {
    async open() {
      const store = await openS3(options);
      opened.push(store);
      return store;
    },
  };
});
