import { createHmac, timingSafeEqual } from 'node:crypto';
import { isCommandOf } from '@tokengrid/contracts';
import type { Principal } from '../auth/principal.ts';
import { anonymousPrincipal, keyScopeOf } from '../auth/principal.ts';
import { commandIdText } from './pending-command.ts';

const proofLength = 43;

/**
 * Tickets by which callers ask for a command's outcome. With a key, the ticket is the command's id,
 * and only its principal may ask. For an anonymous caller it adds a proof that only this service
 * can make: readers of the topic know the id, and the answer may hold a secret.
 */
export class CommandTickets {
  /** @param key the same for all instances, for ever: tickets outlive restarts */
  constructor(private readonly key: string) {}

  ticketOf(commandId: string): string {
    return isAnonymous(commandId) ? `${commandId}.${this.proofOf(commandId)}` : commandId;
  }

  /** Command of a ticket; `undefined` if the ticket is not the caller's. */
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
