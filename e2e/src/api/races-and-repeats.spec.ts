import { onOneStack } from './on-one-stack.ts';
import { overspending } from './overspending.ts';
import { repeats } from './repeats.ts';
import { replays } from './replays.ts';

/** On a stack beside that of the other tests: these take as long as all others together. */
onOneStack({
  'where there is not enough for all': overspending,
  'uses that are told again': replays,
  'what is sent again': repeats,
});
