import { cursorKey } from '@tokengrid/service';
import { z } from 'zod';

const text = z.string();
const number = z.int32();
const nameAndId = z.tuple([z.string(), z.string()]);

/** Id or name after which a page begins; empty for the first page. @throws ProblemError 400 */
export function afterText(cursor: string | undefined): string {
  return cursorKey(cursor, text) ?? '';
}

/** Number after which a page begins; 0 for the first page. @throws ProblemError 400 */
export function afterNumber(cursor: string | undefined): number {
  return cursorKey(cursor, number) ?? 0;
}

/** Name and id after which a page begins; empty for the first page. @throws ProblemError 400 */
export function afterOffer(cursor: string | undefined): readonly [name: string, id: string] {
  return cursorKey(cursor, nameAndId) ?? ['', ''];
}
