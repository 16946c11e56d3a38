import { createHash, webcrypto } from 'node:crypto';

/** Fewer are digested in less time than it takes to ask somebody else. */
const MANY_BYTES = 128 * 1024;

/** Hexadecimal. Of many bytes on Node's thread pool, so that the loop stays free; they must stay as they are until then. */
export async function sha256InPool(bytes: Uint8Array): Promise<string> {
  const { buffer } = bytes;
  if (bytes.byteLength < MANY_BYTES || !(buffer instanceof ArrayBuffer)) return createHash('sha256').update(bytes).digest('hex');
  const digest = await webcrypto.subtle.digest('SHA-256', new Uint8Array(buffer, bytes.byteOffset, bytes.byteLength));
  return Buffer.from(digest).toString('hex');
}
