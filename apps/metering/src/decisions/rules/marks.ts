/** Window in which repeats of a use are recognized, from the time of the use: 35 days. */
export const repeatsToldMs = 35 * 24 * 60 * 60 * 1000;

/**
 * Time by which a decision may come after the look at a report's clock. Marks are kept this much
 * longer than repeats have to be told.
 */
export const markSlackMs = 60 * 60 * 1000;

/** Key of a use's mark: the suffix of its id, a hash of reporter, `source` and `id`. */
export const markKeyOf = (usageId: string): string => usageId.slice('usg_'.length);

/** Id of the use that a mark's key stands for. */
export const usageIdOf = (key: string): string => `usg_${key}`;

/** Key of a use's last correction, beside {@link markKeyOf}: only corrections look it up. */
export const correctionKeyOf = (usageId: string): string => `c:${markKeyOf(usageId)}`;

/** Mark of a use's last correction. */
export const correctionMark = (number: number, sequence: number): string => `corrected ${number} ${sequence}`;

/** Number of the correction that a mark names. */
export const numberOfMark = (mark: string): number => Number(mark.split(' ', 2)[1]);

/** Mark of a rated use: where it stands in its event. */
export const ratedMark = (sequence: number, place: number): string => `rated ${sequence} ${place}`;

/** Mark of a parked use. */
export const parkedMark = (sequence: number, place: number): string => `parked ${sequence} ${place}`;

/** Mark of a use that was reported before with a payer of another lane. */
export const elsewhereMark = 'elsewhere 0 0';

/** Sequence of the event of the own lane that a mark names; 0 for none. */
export const sequenceOfMark = (mark: string): number => Number(mark.split(' ', 2)[1]);

/**
 * All uses of a command are known already: there is nothing to state, and the command counts as
 * answered.
 */
export class AllKnown extends Error {
  override readonly name = 'AllKnown';
  /** @param sequence of the last event that has some of them; 0 if it is not known */
  constructor(readonly sequence: number) {
    super('all of these uses are known');
  }
}

/** Uses are older than their marks would be: repeats of them could not be told. */
export class TooOld extends Error {
  override readonly name = 'TooOld';
  constructor(readonly usageIds: readonly string[]) {
    super(`too old to tell whether they were reported before: ${usageIds.join(', ')}`);
  }
}
