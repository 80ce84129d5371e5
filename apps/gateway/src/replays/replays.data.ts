import { KeptAnswers1765000000013 } from '../migrations/1765000000013-kept-answers.ts';

/** Data of replays, for the service's definition: tables of its own, and no projection. */
export const replaysData = { migrations: [KeptAnswers1765000000013] };
