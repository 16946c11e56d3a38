import type { Collection } from 'mongodb';
import { Failure } from '../../errors.ts';
import { type Database, within } from '../../stores/mongo.ts';
import { type Question, questionKey } from './question.ts';

type Kept = { readonly run: string; readonly at: Date } & (
  | { readonly state: 'had'; readonly json: string }
  | { readonly state: 'not_had'; readonly why: string }
);
type AnswerDocument = Kept & { readonly _id: string };

/** The largest that a document holds, and some room. */
const LONGEST = 15_000_000;

/** Answers of the facility between whoever asked and whoever makes a product of them, in `ooiAnswers`; dropped with the run. */
export class Answers {
  readonly #answers: Collection<AnswerDocument>;

  constructor(database: Database) {
    this.#answers = database.book.collection<AnswerDocument>('ooiAnswers');
  }

  async isThere(run: string, question: Question): Promise<boolean> {
    return (await this.#find(run, question)) !== null;
  }

  /** The first that is kept stays. @throws {Failure} `answer_too_large` (stop) */
  async keep(run: string, question: Question, answer: unknown, at: Date): Promise<void> {
    const json = JSON.stringify(answer);
    if (json.length > LONGEST) {
      const happened = `The answer for ${questionKey(question)} has ${json.length} characters, more than ${LONGEST}`;
      throw new Failure({ kind: 'stop', code: 'answer_too_large', happened });
    }
    await this.#put(run, question, { run, at, state: 'had', json });
  }

  async keepFailure(run: string, question: Question, why: string, at: Date): Promise<void> {
    await this.#put(run, question, { run, at, state: 'not_had', why });
  }

  /** The JSON text. @throws {Failure} `not_had` (stop): it was asked in vain, or not at all */
  async get(run: string, question: Question): Promise<string> {
    const found = await this.#find(run, question);
    if (found?.state === 'had') return found.json;
    throw new Failure({ kind: 'stop', code: 'not_had', happened: found?.why ?? `${questionKey(question)} was not asked` });
  }

  async drop(run: string): Promise<void> {
    await within('dropping answers of the facility', () => this.#answers.deleteMany({ run }));
  }

  #find(run: string, question: Question): Promise<AnswerDocument | null> {
    return within('reading an answer of the facility', () => this.#answers.findOne({ _id: idOf(run, question) }));
  }

  async #put(run: string, question: Question, answer: Kept): Promise<void> {
    await within('keeping an answer of the facility', () =>
      this.#answers.updateOne({ _id: idOf(run, question) }, { $setOnInsert: answer }, { upsert: true }),
    );
  }
}

const idOf = (run: string, question: Question): string => `${run}/${questionKey(question)}`;
