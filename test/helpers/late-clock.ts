/** Preloaded into one process (`--import`), it sets that process's clock back by an hour; nobody else's. */
const SHIFT_MS = -3_600_000;
const now = (): number => RealDate.now() + SHIFT_MS;
const RealDate = Date;

globalThis.Date = new Proxy(RealDate, {
  construct: (target, args: unknown[], made) => Reflect.construct(target, args.length === 0 ? [now()] : args, made),
  get: (target, key, receiver) => (key === 'now' ? now : Reflect.get(target, key, receiver)),
});
