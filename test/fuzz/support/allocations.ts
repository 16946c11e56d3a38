/** Watches how much memory single typed arrays and buffers ask for. */

const NAMES = [
  'ArrayBuffer',
  'Int8Array',
  'Uint8Array',
  'Int16Array',
  'Uint16Array',
  'Int32Array',
  'Uint32Array',
  'BigInt64Array',
  'BigUint64Array',
  'Float32Array',
  'Float64Array',
] as const;

export interface AllocationWatch {
  /** The bytes of the largest allocation since the last call. */
  takeLargest(): number;
}

/** Replaces the constructors of this process for good: for a process of its own, or a test file of its own. */
export function watchAllocations(): AllocationWatch {
  let largest = 0;
  for (const name of NAMES) {
    const original = globalThis[name];
    const valueBytes = 'BYTES_PER_ELEMENT' in original ? original.BYTES_PER_ELEMENT : 1;
    const watched = new Proxy(original, {
      construct(target, args, newTarget) {
        const [length] = args;
        if (typeof length === 'number') largest = Math.max(largest, length * valueBytes);
        return Reflect.construct(target, args, newTarget);
      },
    });
    Object.defineProperty(globalThis, name, { value: watched, configurable: true, writable: true });
  }
  return {
    takeLargest() {
      const taken = largest;
      largest = 0;
      return taken;
    },
  };
}
