import { isDatabaseAway } from '../http/problem-of-error.ts';

interface Waiting<Question, Answer> {
  readonly questions: readonly Question[];
  readonly answer: (answer: Answer) => void;
  readonly fail: (error: unknown) => void;
}

/**
 * Questions that are asked together: those that come during a query go into the next one, so that
 * many small reports need few queries.
 */
export class AskedTogether<Question, Answer> {
  private waiting: Waiting<Question, Answer>[] = [];
  private asking = false;

  /** @param query answers all of the questions, and perhaps more */
  constructor(private readonly query: (questions: readonly Question[]) => Promise<Answer>) {}

  /** Answer to all of the questions, and perhaps more. */
  ask(questions: readonly Question[]): Promise<Answer> {
    return new Promise((answer, fail) => {
      this.waiting.push({ questions, answer, fail });
      if (!this.asking) void this.askAll();
    });
  }

  private async askAll(): Promise<void> {
    this.asking = true;
    // Questions of the same tick are asked together.
    await Promise.resolve();
    while (this.waiting.length > 0) {
      const asked = this.waiting;
      this.waiting = [];
      try {
        const answer = await this.query(asked.flatMap(({ questions }) => questions));
        for (const each of asked) each.answer(answer);
      } catch (error) {
        for (const each of asked) each.fail(error);
        if (isDatabaseAway(error)) this.failWaiting(error);
      }
    }
    this.asking = false;
  }

  /** A query of their own would take as long again to find out the same. */
  private failWaiting(error: unknown): void {
    const { waiting } = this;
    this.waiting = [];
    for (const each of waiting) each.fail(error);
  }
}
