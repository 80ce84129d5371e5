import { z } from 'zod';

/** A name a person gives: not blank, without the spaces around it. */
export const name = (most: number) => z.string().trim().min(1, 'must not be blank').max(most);
