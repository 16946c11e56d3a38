/** What files say, and how their rows are merged: the room beside. */
export { absentValues } from '../files/convert.ts';
export { joinNotes } from '../files/join.ts';
export { mergeSources } from '../files/merge.ts';
export { coordinateValues, planOf } from '../files/plan.ts';
export { release } from '../files/release.ts';
export { endOfStretch } from '../files/stretches.ts';
