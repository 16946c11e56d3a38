import { z } from 'zod';
import type { Answers } from '../../src/ooi/products/answers.ts';
import type { InstrumentEntry, ListedInstrument, MetadataFacility, StreamDetails } from '../../src/ooi/products/facility.ts';
import type { GoldCopyListing } from '../../src/ooi/products/gold-copy.ts';
import type { Question } from '../../src/ooi/products/question.ts';

/** The facility as the tables want it, by what it answered to a run: whoever kept an answer had read it by its schema. */
export function answeredFacility(answers: Answers, run: string): MetadataFacility {
  const answered = async <T>(schema: z.ZodType<T>, question: Question): Promise<T> =>
    schema.parse(JSON.parse(await answers.get(run, question)));
  return {
    tableOfContents: () => answered(z.custom<readonly InstrumentEntry[]>(Array.isArray), { of: 'contents' }),
    instrumentList: () => answered(z.custom<readonly ListedInstrument[]>(Array.isArray), { of: 'instruments' }),
    streamDetails: (name) => answered(z.custom<StreamDetails>(isObject), { of: 'stream', name }),
    annotations: (name) => answered(z.string(), { of: 'annotations', name }),
    goldCopy: (name) => answered(z.custom<GoldCopyListing>(isObject), { of: 'gold_copy', name }),
  };
}

const isObject = (value: unknown): boolean => typeof value === 'object' && value !== null;
