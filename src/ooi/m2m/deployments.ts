import { z } from 'zod';
import type { Facility } from './client.ts';
import { readAs } from './client.ts';
import { deploymentPath } from './inventory.ts';
import { listOf } from './json.ts';

const numberOrNull = z.number().nullable().catch(null);
const textOrNull = z.string().nullable().catch(null);

const deployment = z.object({
  deploymentNumber: z.int(),
  referenceDesignator: z.string(),
  /** Unix milliseconds; the stop is null while deployed. */
  eventStartTime: z.number(),
  eventStopTime: numberOrNull,
  waterDepth: numberOrNull,
  location: z.object({ latitude: numberOrNull, longitude: numberOrNull, depth: numberOrNull }).nullable().catch(null),
  sensor: z
    .object({ uid: textOrNull, serialNumber: textOrNull, manufacturer: textOrNull, modelNumber: textOrNull, description: textOrNull })
    .nullable()
    .catch(null),
});
export type Deployment = z.output<typeof deployment>;

/** Numbers of the deployments of an instrument; none when the facility knows of none. */
export async function deploymentNumbers(facility: Facility, instrument: string, signal: AbortSignal): Promise<readonly number[]> {
  const what = `the deployments of ${instrument}`;
  const { status, json } = await facility.ask(deploymentPath(instrument), what, signal);
  return status === 404 ? [] : readAs(listOf(z.int()), json, what);
}

/** The records of one deployment: one as a rule. */
export async function deploymentsOf(
  facility: Facility,
  instrument: string,
  number: number,
  signal: AbortSignal,
): Promise<readonly Deployment[]> {
  const what = `deployment ${number} of ${instrument}`;
  return await facility.askFor(listOf(deployment), `${deploymentPath(instrument)}/${number}`, what, signal);
}
