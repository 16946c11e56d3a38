import { messageOf } from '../../src/errors.ts';
import { type Answer, json } from './answer.ts';
import type { Clock } from './clock.ts';
import { type Desk, repeated } from './desk.ts';
import type { Switches } from './switches.ts';
import type { Traffic } from './traffic.ts';

export interface Controlled {
  readonly clock: Clock;
  readonly desk: Desk;
  readonly traffic: Traffic;
  readonly switches: Switches;
  /** Over what is switched now. @throws {Failure} `standin_switches` (stop). */
  set(switches: object): void;
  /** Puts everything back. */
  reset(): void;
}

/**
 * `/standin/…`: GET `switches`, `traffic`, `counts`, `requests`, `clock`; POST `switches {…}` (merged over the present ones), `reset`,
 * `advance {"seconds":n}`, `speed {"speed":n}`, `finish {"of":"directory or table"}`, `expire {"of":"…"}`, `clear` (of traffic).
 * Not counted as traffic, and no fault touches it.
 */
export function controlAnswer(facility: Controlled, method: string, verb: string, body: string): Answer {
  try {
    const result = method === 'POST' ? order(facility, verb, body === '' ? {} : JSON.parse(body)) : look(facility, verb);
    return result === null ? json({ error: `There is no ${method} ${verb}.` }, 404) : json(result);
  } catch (error) {
    return json({ error: messageOf(error) }, 400);
  }
}

function look({ clock, desk, traffic, switches }: Controlled, verb: string): object | null {
  switch (verb) {
    case 'switches':
      return switches;
    case 'traffic':
      return traffic.visits;
    case 'counts':
      return { counts: traffic.counts, mostAtOnce: traffic.mostAtOnce, repeated: repeated(desk.requests) };
    case 'requests':
      return desk.requests;
    case 'clock':
      return { now: new Date(clock.now()).toISOString(), speed: clock.speed };
    default:
      return null;
  }
}

function order(facility: Controlled, verb: string, body: unknown): object | null {
  const { clock, desk, traffic } = facility;
  switch (verb) {
    case 'switches':
      facility.set(typeof body === 'object' && body !== null ? body : {});
      return facility.switches;
    case 'reset':
      facility.reset();
      return facility.switches;
    case 'advance':
      clock.advance(number(body, 'seconds'));
      return look(facility, 'clock');
    case 'speed':
      clock.setSpeed(number(body, 'speed'));
      return look(facility, 'clock');
    case 'finish':
      desk.finish(text(body, 'of'));
      return {};
    case 'expire':
      desk.expire(text(body, 'of'));
      return {};
    case 'clear':
      traffic.clear();
      return {};
    default:
      return null;
  }
}

const field = (body: unknown, name: string): unknown => (typeof body === 'object' && body !== null ? Reflect.get(body, name) : undefined);

function number(body: unknown, name: string): number {
  const value = field(body, name);
  if (typeof value !== 'number' || !Number.isFinite(value) || value < 0) throw new TypeError(`${name} is not a number from 0 on.`);
  return value;
}

function text(body: unknown, name: string): string {
  const value = field(body, name);
  if (typeof value !== 'string') throw new TypeError(`${name} is not a text.`);
  return value;
}
