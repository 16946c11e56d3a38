import { parseKeyText } from '../../src/argo/names.ts';
import { type CarriedControls, type Controls, listen as listenTo } from '../common/controls.ts';
import type { Tracker } from '../common/tracker.ts';

/** Installs the messages of an argo job: items are profile keys. */
export const listen = (carried: CarriedControls | undefined, tracker: Tracker, plan: () => unknown): Controls =>
  listenTo({ carried, tracker, plan, isItem: (text) => parseKeyText(text) !== null, itemForm: '<dac>/<wmo>_<number>' });
