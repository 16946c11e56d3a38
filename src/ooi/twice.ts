import { Failure } from '../errors.ts';
import type { OoiFlow, SetFlow, StreamFlow } from './flow.ts';
import { isSetFlow } from './form.ts';

/**
 * Refuses schedules that harvest a stream twice: by itself and in a set, or in two sets.
 * @throws {Failure} `bad_configuration` (stop)
 */
export function refuseTwice(flows: readonly OoiFlow[]): void {
  const streams = flows.filter((flow): flow is StreamFlow => !isSetFlow(flow));
  const sets = flows.filter((flow): flow is SetFlow => isSetFlow(flow) && flow.schedules.harvestAll !== null);
  for (const { name, schedules } of streams) {
    const [one, other] = sets.filter((set) => set.streams === 'all' || set.streams.includes(name));
    if (one === undefined) continue;
    if (schedules.harvest !== null)
      throw twice(`Flow ${name} has a schedule for harvest, and is in set ${one.name}, which has one for harvestAll`);
    if (other !== undefined)
      throw twice(`Flow ${name} is in the sets ${one.name} and ${other.name}, which both have a schedule for harvestAll`);
  }
}

const twice = (happened: string): Failure =>
  new Failure({
    kind: 'stop',
    code: 'bad_configuration',
    happened,
    expected: 'one schedule that harvests a stream',
    remedy: 'Set one of the two to null',
  });
