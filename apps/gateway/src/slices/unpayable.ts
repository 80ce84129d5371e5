import { Unpayable, type UnpayableCause } from '../serving/purse.ts';

/** Time after which a request that could not be paid here may be sent again. */
const retryAfterMs = 1000;

const sentences: Readonly<Record<UnpayableCause, string>> = {
  'insufficient-tokens': 'insufficient tokens',
  frozen: 'the wallet is frozen or closed',
  suspended: 'the party, its key or its membership is suspended',
  'limit-exceeded': 'a spend limit of the wallet, a member or a key is reached',
  'unknown-terms': 'no price is known for this use',
  unavailable: 'whether there are tokens can not be told now; try again',
};

/** A request that can't be paid, in words. */
export function unpayable(why: UnpayableCause): Unpayable {
  return new Unpayable(why, sentences[why], why === 'unavailable' ? retryAfterMs : undefined);
}

/** Whether a use is stored can't be told now. */
export const inDoubt = (): Unpayable => new Unpayable('unavailable', sentences.unavailable, retryAfterMs, true);
