import { commandIdOf, walletIdOf, type WalletEvent } from '@tokengrid/contracts';
import type { Command, Outcome } from '@tokengrid/event-store';
import type { Dice } from '@tokengrid/simulation-kit';
import type { Actor } from '@tokengrid/wallet/decisions/rules/actors';
import { wallet } from '@tokengrid/wallet/decisions/state/wallet';
import type { SimulatedProcess } from '../machine/process.ts';
import type { Stage } from './stage.ts';
import { someLine } from './key-lines.ts';

/**
 * A client's request, with the same key at each send; values added by the service are new each
 * time.
 */
export interface Request {
  readonly commandId: string;
  readonly streamId: string;
  /**
   * @param otherBody sends another body under the same key, which is refused once there is an
   * outcome
   */
  send(process: SimulatedProcess, otherBody?: true): Promise<Outcome<WalletEvent>>;
}

/** An act of a client. */
export interface Act {
  /** Frequency relative to other acts. */
  readonly weight: number;
  make(world: Stage, dice: Dice): Request | undefined;
}

/** Sends a command to a process. */
export type Send<Data> = (process: SimulatedProcess, command: Command<Data>) => Promise<Outcome<WalletEvent>>;

/**
 * A request whose data is made anew at each send, as controllers do: from the body, and from
 * look-ups.
 */
export function request<Data>(
  world: Stage,
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
        actor: 'simulation',
      }),
  };
}

export const someWallet = (world: Stage, dice: Dice) => walletIdOf(dice.one(world.parties));

/** An amount at, just above or below a wallet's available tokens, or any other. */
export function someTokens(world: Stage, dice: Dice, walletId: string, most: number): bigint {
  if (world.hoards) return dice.tokens(9);
  const state = world.checker.state(wallet, walletId);
  const available = state.opened ? state.available : 0n;
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

/**
 * The actor: the operator, the owner by one of its keys, or another party, with or without a key.
 */
export function someActor(
  dice: Dice,
  world: Stage,
  walletId: string,
  members: readonly string[] = [],
): Actor | undefined {
  const line = dice.once(2) ? someLine(dice) : [];
  switch (dice.roll(6)) {
    case 0:
      return member(walletId, dice.one(world.parties), line);
    case 1:
      return member(walletId, members.length > 0 ? dice.one(members) : dice.one(world.parties), line);
    case 2:
    case 3:
      return { line: someLine(dice) };
    default:
      return undefined;
  }
}

const member = (walletId: string, party: string, line: readonly string[]): Actor =>
  party.startsWith('key_') || walletIdOf(party) === walletId ? { line } : { line, memberId: party };
