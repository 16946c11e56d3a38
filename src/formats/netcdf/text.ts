const strictUtf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Bytes as text: UTF-8, or Latin-1 where they are not UTF-8. */
export function decodeText(bytes: Uint8Array): string {
  const raw = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (isAscii(raw)) return raw.toString('latin1');
  try {
    return strictUtf8.decode(raw);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    return raw.toString('latin1');
  }
}

/** Text of an attribute: NULs that C programs leave in it are dropped, as netCDF4-python does. */
export const decodeAttributeText = (bytes: Uint8Array): string => decodeText(bytes).replaceAll('\0', '');

function isAscii(bytes: Uint8Array): boolean {
  for (const byte of bytes) if (byte > 127) return false;
  return true;
}
