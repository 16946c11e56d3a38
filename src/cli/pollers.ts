import type { Client } from '@temporalio/client';

/** How many workers have asked a task queue for work in the last minutes, as Temporal remembers it. */
export async function pollers(client: Client, namespace: string, queue: string): Promise<number> {
  const [workflows, activities] = await Promise.all(
    [1, 2].map((taskQueueType) => client.workflowService.describeTaskQueue({ namespace, taskQueue: { name: queue }, taskQueueType })),
  );
  return Math.max(workflows?.pollers?.length ?? 0, activities?.pollers?.length ?? 0);
}
