export { joinNotes, mergeSources, planOf } from './merge-local.ts';
