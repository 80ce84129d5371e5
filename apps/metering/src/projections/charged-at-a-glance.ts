import type { EventOf, StoredEvent, WalletCharged } from '@tokengrid/contracts';

/** Fields of a charge from which it is told what became of uses. */
export type Answer = Pick<
  EventOf<typeof WalletCharged>['data'],
  'partyId' | 'ratedBy' | 'uses' | 'refused' | 'refunded'
>;

/** First fields of a charge of uses that one event stated; all of it is ASCII. */
const beginning = /^\{"walletId":"wal_[0-9a-z]+","partyId":"([a-z]+_[0-9a-z]+)","ratedBy":"(metering\/\d+\/\d+)",/;
const mostOfBeginning = 250;
/** Behind the uses, where none was refused or refunded. A text has a `\` before each quote. */
const nothingElse = '],"refused":[],"refunded":[],"lotTerms":[';
/** In a use that is a correction's. */
const corrected = '"number":';

/**
 * The usual charge, which takes all uses of an event as they were rated: as if without uses, since
 * none of them waited. It is told by its bytes, as they are written today; any other is
 * `undefined`, and has to be decoded.
 */
export function chargedAtAGlance({ version, value }: Pick<StoredEvent, 'version' | 'value'>): Answer | undefined {
  if (version !== 1) return undefined;
  const [, partyId, ratedBy] = beginning.exec(value.toString('latin1', 0, mostOfBeginning)) ?? [];
  if (partyId === undefined || !value.includes(nothingElse) || value.includes(corrected)) return undefined;
  return { partyId, ratedBy, uses: [], refused: [], refunded: [] };
}
