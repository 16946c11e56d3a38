import { activityInfo, cancellationSignal, heartbeat } from '@temporalio/activity';
import type { FlowCache } from '../../src/config/flow-cache.ts';
import { isFailure } from '../../src/errors.ts';
import type { SetFlow } from '../../src/ooi/flow.ts';
import { flowTable } from '../../src/ooi/form.ts';
import type { Answers } from '../../src/ooi/products/answers.ts';
import type { Question } from '../../src/ooi/products/question.ts';
import { askQuestion, FIRST_QUESTIONS, furtherQuestions } from '../../src/ooi/products/questions.ts';
import { withSignsOfLife } from '../../src/transfer/signs-of-life.ts';
import type { OoiEnvironment } from './environment.ts';
import { membersOf } from './members.ts';
import { answeredFacility } from './metadata-facility.ts';

export interface OfSet {
  readonly flow: SetFlow;
  readonly run: string;
}

export interface ListQuestions extends OfSet {
  readonly what: 'metadata' | 'annotations';
  /** Whether the gold copy of each stream of the set is listed too. */
  readonly goldCopy: boolean;
  /** Position among all questions. */
  readonly from: number;
}

export interface QuestionPage {
  readonly questions: readonly Question[];
  /** Null: these are the last. */
  readonly next: number | null;
}

export interface AskQuestion extends OfSet {
  readonly question: Question;
}

export interface QuestionDependencies {
  readonly environment: OoiEnvironment;
  readonly flows: Pick<FlowCache, 'reads'>;
  readonly answers: Answers;
  readonly now: () => Date;
}

const PAGE = 100;

/** Queue: control. */
export const questionListActivities = ({ flows, answers }: Pick<QuestionDependencies, 'flows' | 'answers'>) => ({
  /** The next page of what is to be asked for a product; the streams stand in an answer of the first page. */
  async listQuestions({ flow, run, what, goldCopy, from }: ListQuestions): Promise<QuestionPage> {
    const members = await membersOf(flows, flow);
    if (what === 'annotations') {
      const instruments = [...new Set(members.map(({ instrument }) => instrument))].toSorted();
      return pageOf(
        instruments.map((name): Question => ({ of: 'annotations', name })),
        from,
      );
    }
    if (from === 0) return { questions: FIRST_QUESTIONS, next: FIRST_QUESTIONS.length };
    const contents = await answeredFacility(answers, run)
      .tableOfContents()
      .catch((error: unknown) => {
        // Then there are no streams to ask for, and whoever makes the tables says why.
        if (isFailure(error, 'not_had')) return [];
        throw error;
      });
    return pageOf([...FIRST_QUESTIONS, ...furtherQuestions(contents, goldCopy ? members.map(flowTable) : [])], from);
  },
});

const pageOf = (all: readonly Question[], from: number): QuestionPage => ({
  questions: all.slice(from, from + PAGE),
  next: from + PAGE < all.length ? from + PAGE : null,
});

/** What is not had after so many times is left out of the product, and named there. */
const ATTEMPTS = 3;

/** Queue: request: each question is one activity, so that all of them count in the rate over all workers. */
export const questionActivities = ({ environment, answers, now }: QuestionDependencies) => ({
  async askFacility({ flow, run, question }: AskQuestion): Promise<{ readonly isHad: boolean }> {
    if (await answers.isThere(run, question)) return { isHad: true };
    const signal = cancellationSignal();
    try {
      const asking = askQuestion(environment.facility(flow), question, signal);
      await answers.keep(run, question, await withSignsOfLife(asking, () => heartbeat({ phase: question.of })), now());
      return { isHad: true };
    } catch (error) {
      signal.throwIfAborted();
      const mayHelp = isFailure(error) && error.kind === 'again' && activityInfo().attempt < ATTEMPTS;
      if (!isFailure(error) || mayHelp) throw error;
      await answers.keepFailure(run, question, error.message, now());
      return { isHad: false };
    }
  },
});
