import { type ActivityInterfaceFor, type ActivityOptions, proxyActivities } from '@temporalio/workflow';

/** The activities of a kind. They are registered as `<kind>.<name>`, so that kinds need not know each other's names. */
export function activitiesOf<Activities>(kind: string, options: ActivityOptions): ActivityInterfaceFor<Activities> {
  return new Proxy(proxyActivities<Activities>(options), {
    get: (activities, name) => Reflect.get(activities, `${kind}.${String(name)}`),
  });
}
