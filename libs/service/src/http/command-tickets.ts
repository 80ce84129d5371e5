import { createHmac, timingSafeEqual } from 'node:crypto';
import { isCommandOf } from '@tokengrid/contracts';
import type { Principal } from '../auth/principal.ts';
import { anonymousPrincipal, keyScopeOf } from '../auth/principal.ts';
import { commandIdText } from './pending-command.ts';

const proofLength = 43;

/**
 * What a caller asks for a command's outcome by. With a key, that is the command's id: only its principal may ask. Without one, the id alone
 * must not do, since everybody who reads the topic knows it and the answer may hold a secret: a proof that only this service can
 * make goes with it.
 */
export class CommandTickets {
  /** @param key of all instances, the same for ever: tickets outlive restarts */
  constructor(private readonly key: string) {}

  ticketOf(commandId: string): string {
    return isAnonymous(commandId) ? `${commandId}.${this.proofOf(commandId)}` : commandId;
  }

  /** The command that a ticket of this caller's stands for; `undefined` where it is none of the caller's. */
  commandOf(ticket: string, caller: Principal): string | undefined {
    const [commandId = '', proof = ''] = ticket.split('.', 2);
    if (!commandIdText.safeParse(commandId).success) return undefined;
    if (isAnonymous(commandId)) return this.proves(commandId, proof) ? commandId : undefined;
    return ticket === commandId && isCommandOf(keyScopeOf(caller), commandId) ? commandId : undefined;
  }

  private proves(commandId: string, proof: string): boolean {
    return (
      proof.length === proofLength &&
      timingSafeEqual(Buffer.from(this.proofOf(commandId)), Buffer.from(proof, 'latin1'))
    );
  }

  private proofOf(commandId: string): string {
    return createHmac('sha256', this.key).update(`ticket:${commandId}`).digest('base64url');
  }
}

const isAnonymous = (commandId: string) => isCommandOf(keyScopeOf(anonymousPrincipal), commandId);
