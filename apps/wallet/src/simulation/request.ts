import { commandIdOf, operatorPartyId, walletIdOf, type WalletEvent } from '@tokengrid/contracts';
import type { Command, Outcome } from '@tokengrid/event-store';
import { wallet } from '../decisions/wallet.ts';
import type { Dice } from './dice.ts';
import type { SimulatedProcess } from './simulated-process.ts';
import type { World } from './world.ts';

/** A request as a client sends it, with the same key every time; what the service adds of its own is new every time. */
export interface Request {
  readonly commandId: string;
  readonly streamId: string;
  /** @param otherBody under the same key, which is refused once there is an outcome */
  send(process: SimulatedProcess, otherBody?: true): Promise<Outcome<WalletEvent>>;
}

/** Something that somebody does. */
export interface Act {
  /** How often it is done, compared with the others. */
  readonly weight: number;
  make(world: World, dice: Dice): Request | undefined;
}

type Send<Data> = (process: SimulatedProcess, command: Command<Data>) => Promise<Outcome<WalletEvent>>;

/** A request whose data is made anew each time it is sent, as controllers do: from the body, and from what they look up. */
export function request<Data>(
  world: World,
  streamId: string,
  body: object,
  data: () => Data,
  send: Send<Data>,
): Request {
  const key = world.id('key');
  const commandId = commandIdOf('client', streamId, key);
  const inputHash = JSON.stringify(body, (_, each: unknown) => (typeof each === 'bigint' ? `${each}` : each));
  return {
    commandId,
    streamId,
    send: (process, otherBody) =>
      send(process, {
        id: commandId,
        streamId,
        data: data(),
        inputHash: otherBody ? `not ${inputHash}` : inputHash,
        correlationId: key,
      }),
  };
}

export const someWallet = (world: World, dice: Dice) => walletIdOf(dice.one(world.parties));

/** An amount that is at, just over or somewhere below what a wallet has, or any other. */
export function someTokens(world: World, dice: Dice, walletId: string, most: number): bigint {
  if (world.hoards) return dice.tokens(9);
  const state = world.checker.state(wallet, walletId);
  const available = state.status === 'open' ? state.available : 0n;
  switch (dice.roll(8)) {
    case 0:
      return available > 0n ? available : 1n;
    case 1:
      return available + 1n;
    case 2:
      return available > 1n ? available - 1n : 1n;
    default:
      return dice.tokens(most);
  }
}

const keys = ['key_1', 'key_2'] as const;
export const someKey = (dice: Dice): string => dice.one(keys);

/** Who asks to spend: nobody in particular, the owner by one of its keys, the operator, or another party. */
export function spender(world: World, dice: Dice, walletId: string) {
  const owner = world.parties.find((party) => walletIdOf(party) === walletId)!;
  const keyId = dice.once(2) ? someKey(dice) : undefined;
  switch (dice.roll(6)) {
    case 0:
      return { partyId: operatorPartyId };
    case 1:
      return { partyId: dice.one(world.parties), keyId };
    case 2:
    case 3:
      return { partyId: owner, keyId };
    default:
      return undefined;
  }
}
