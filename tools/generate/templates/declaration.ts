import { z } from 'zod';
import { event } from '../event.ts';
import { text } from '../vocabulary.ts';

export const SomethingHappened = event('SomethingHappened', 'Something happened.', z.strictObject({ id: text(60) }));
