import { codes, issueSentence, maxPointerBytes, type UseFaultCode, useFaultCodes } from '@tokengrid/contracts';
import type { FieldError } from '@tokengrid/service';
import type { z } from 'zod';

/** Sentence of each fault, after the place, as it is declared. */
export const useFaults = Object.fromEntries(useFaultCodes.map((code) => [code, codes[code].detail])) as Readonly<
  Record<UseFaultCode, string>
>;

/** A fault of a reported event: its place, its code, and a sentence, perhaps an exacter one. */
export interface UseFault extends FieldError {
  readonly code: UseFaultCode;
}

/** A fault with the sentence of its code. */
export const faultAt = (pointer: string, code: UseFaultCode, detail: string = useFaults[code]): UseFault => ({
  pointer,
  code,
  detail,
});

/** A rejected event of a report, as an event records it. */
export interface Rejected {
  /** Index in the report, from 0. */
  readonly index: number;
  readonly code: UseFaultCode;
  readonly where?: string | undefined;
}

/** Rejection of an event, by the first of its faults. */
export function rejectedBy(index: number, { pointer, code }: UseFault): Rejected {
  return { index, code, ...(pointer !== '' && { where: shortened(pointer) }) };
}

/** The sentence of a rejection. */
export const detailOf = ({ code, where = 'the event' }: Omit<Rejected, 'index'>): string =>
  `${where}: ${useFaults[code]}`;

/**
 * Shortens a pointer. It may contain callers' names with any characters, so it is measured as in an
 * event.
 */
export function shortened(pointer: string): string {
  const fits = (text: string) => Buffer.byteLength(JSON.stringify(text)) <= maxPointerBytes;
  if (fits(pointer)) return pointer;
  const characters = [...pointer].slice(0, maxPointerBytes);
  while (!fits(`${characters.join('')}…`)) characters.pop();
  return `${characters.join('')}…`;
}

const codesOfSentences = new Map<string, UseFaultCode>(
  Object.entries(useFaults).map(([code, sentence]) => [sentence, code as UseFaultCode]),
);

/** Part of a JSON pointer that names a member. */
const partOf = (key: PropertyKey): string => `/${String(key).replaceAll('~', '~0').replaceAll('/', '~1')}`;

/** Faults that a schema found. */
export function faultsOf({ issues }: z.ZodError): UseFault[] {
  return issues.flatMap((issue): UseFault[] => {
    const pointer = issue.path.map(partOf).join('');
    if (issue.code === 'unrecognized_keys') {
      return issue.keys.map((key) => faultAt(`${pointer}${partOf(key)}`, 'METERING.UNKNOWN_FIELD'));
    }
    const detail = issueSentence(issue.message);
    return [faultAt(pointer, codeOf(issue, pointer), detail)];
  });
}

function codeOf(issue: z.core.$ZodIssue, pointer: string): UseFaultCode {
  const known = codesOfSentences.get(issue.message);
  if (known !== undefined) return known;
  if (pointer === '') return 'METERING.NOT_AN_EVENT';
  if (issue.message.endsWith('received undefined')) return 'METERING.MISSING';
  if (issue.code === 'too_big') return 'METERING.TOO_LONG';
  if (issue.code === 'too_small') return 'METERING.EMPTY';
  if (pointer === '/subject') return 'METERING.NOT_AN_ID';
  if (pointer === '/time') return 'METERING.NOT_A_TIME';
  return 'METERING.INVALID';
}
