/** What files say, and how their rows are merged: the room beside. */
export { joinNotes } from '../files/join.ts';
export { mergeSources } from '../files/merge.ts';
export { planOf } from '../files/plan.ts';
