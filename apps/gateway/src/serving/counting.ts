import type { TokenCounter } from '../counting/token-counter.ts';
import { told } from './failures.ts';
import type { Routes } from './routes.ts';
import type { Payer } from './serving.ts';

/** Counts the units of an input, by the tokenizer of the offer that would serve it. */
export class Counting {
  constructor(
    private readonly routes: Routes,
    private readonly counter: TokenCounter,
  ) {}

  /** @throws ProblemError for a model that no offer has */
  async unitsOf(
    { model, texts }: { readonly model: string; readonly texts: readonly string[] },
    payer: Payer,
  ): Promise<number> {
    const routes = await this.routes.choose({ model, ...payer, affinity: '' }).catch((error: unknown) => {
      throw told(error);
    });
    const { units } = await this.counter.count(routes[0]?.offer.tokenizer, texts);
    return units;
  }
}
