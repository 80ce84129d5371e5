import { type Correction, derivedId, UsageCorrected, UsageRated } from '@tokengrid/contracts';
import { type DecisionContext, NotYet } from '@tokengrid/kernel';
import { ownUse } from '../rules/corrected-use.ts';
import type { Decided } from '../rules/decided.ts';
import { correctionKeyOf, numberOfMark } from '../rules/marks.ts';
import { chargeIdOf } from '../rules/charge-id.ts';
import type { Payer } from '../state/payer.ts';
import { subsidySource } from './charge-subsidies.ts';

/** A correction of a use that its app's developer subsidises. */
export interface CorrectSubsidy {
  readonly developerId: string;
  readonly correction: Correction;
}

/** The subsidy was corrected as late as this already: there is nothing to state. */
export class SubsidyCorrected extends Error {
  override readonly name = 'SubsidyCorrected';
}

/**
 * Corrects what a developer owes for a use that its app sold below the cost of its model, by the
 * difference that the use's correction states. If the developer owed nothing yet, it is a use of
 * its own, as if it had been owed from the start.
 * @throws SubsidyCorrected
 * @throws NotYet before the correction that it follows
 */
export function correctSubsidy(
  _payer: Payer,
  { developerId, correction }: CorrectSubsidy,
  { found }: Pick<DecisionContext, 'found'>,
): Decided {
  const { usageId: subsidyOf, time, app, plan, model, offer, priceVersion, shares, number, subsidy } = correction;
  const { was, after, tokens } = subsidy!;
  const providerId = shares.find(({ role }) => role === 'provider')!.partyId;
  const use = ownUse(subsidySource, subsidyOf, { time, app, model, offer });
  const { usageId } = use;
  const mark = found(correctionKeyOf(usageId));
  const last = mark === undefined ? 0 : numberOfMark(mark);
  if (last >= number) throw new SubsidyCorrected(`${usageId} is corrected up to ${last}`);
  if (last < after) throw new NotYet(`${usageId} is not corrected yet up to ${after}`);
  const terms = { plan, priceVersion, operatorBps: 0, subsidyOf };
  const rated = { ...use, ...terms, tokens, lines: [lineOf(tokens)], shares: [shareOf(tokens)] };
  if (was === 0n && mark === undefined) {
    return [UsageRated({ partyId: developerId, uses: [{ ...rated, chargeId: chargeIdOf(usageId) }] })];
  }
  const { correctedBy, reason } = correction;
  const chargeId = derivedId('chg', usageId, String(number));
  const said = { number, after: last, correctedBy, reason, was };
  // It is void only if its use is; else it may be owed again.
  const whole = correction.replacement === undefined ? {} : { replacement: {} };
  return [UsageCorrected({ partyId: developerId, corrections: [{ ...rated, chargeId, ...said, ...whole }] })];

  function lineOf(amount: bigint) {
    return { of: `app:${app}:${plan}`, meter: 'subsidy', units: String(amount), unitPrice: '1', tokens: amount };
  }

  function shareOf(amount: bigint) {
    return { role: 'provider' as const, partyId: providerId, tokens: amount };
  }
}
