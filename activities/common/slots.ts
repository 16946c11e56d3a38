import type { LeaseHolder } from '../../src/stores/leases.ts';
import type { SlotAnswer, Slots } from '../../src/stores/slots.ts';

/** One of so many slots, and who asks for it or has it. */
export interface OfSlot {
  readonly slots: string;
  readonly width: number;
  readonly holder: LeaseHolder;
}

export interface SlotDependencies {
  readonly slots: Slots;
  /** Asks Temporal whether that chain of runs is still open. */
  readonly isAlive: (holder: LeaseHolder) => Promise<boolean>;
}

/** What runs do a few at once, whoever started them. Queue: control. */
export const slotActivities = ({ slots, isAlive }: SlotDependencies) => ({
  async takeSlot({ slots: what, width, holder }: OfSlot): Promise<SlotAnswer> {
    return await slots.take(what, width, holder, isAlive);
  },

  /** Answers whom to tell that it has a slot now. */
  async releaseSlot({ slots: what, width, holder }: OfSlot): Promise<{ readonly next: LeaseHolder | null }> {
    return { next: await slots.release(what, width, holder) };
  },
});
