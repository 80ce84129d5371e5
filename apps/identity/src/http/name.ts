import { z } from 'zod';

/** A name given by a person: not blank, trimmed. */
export const name = (most: number) => z.string().trim().min(1, 'must not be blank').max(most);
