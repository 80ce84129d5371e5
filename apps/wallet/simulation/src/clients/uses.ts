import type { Dice } from '@tokengrid/simulation-kit';
import { someKey } from './key-lines.ts';
import type { Use } from './outside.ts';
import { someTokens } from './request.ts';
import type { Stage } from './stage.ts';

/** Most uses that are rated at once; more than any threshold of theirs. */
const most = 20;

/**
 * What was used at once: mostly a little and often, now and then all that there is, or more than a
 * bill takes.
 */
export function someUses(world: Stage, dice: Dice, walletId: string): readonly Use[] {
  const times = dice.once(2) ? 1 : 1 + dice.roll(most);
  const share = BigInt(times);
  return Array.from({ length: times }, () => {
    const whole = someTokens(world, dice, walletId, 300);
    const large = dice.once(12) && !world.hoards ? dice.tokens(4000) : whole;
    const tokens = times === 1 || dice.once(3) ? large : whole / share + 1n;
    return { tokens: dice.once(12) ? 0n : tokens, ...usedBy(dice) };
  });
}

/** What was used: a model, by itself or through an app. */
const usedBy = (dice: Dice) => ({
  model: dice.one(['some-model', 'other-model']),
  ...(dice.once(2) && { app: 'some-app' }),
  ...(dice.once(3) && { key: someKey(dice) }),
});
