import { Controller, Get, Param } from '@nestjs/common';
import { isCommandOf } from '@tokengrid/contracts';
import type { Outcome } from '@tokengrid/event-store';
import { EventStore } from '@tokengrid/event-store';
import type { DomainEvent } from '@tokengrid/kernel';
import { OptionallyAuthenticated } from '../auth/access.ts';
import type { Principal } from '../auth/principal.ts';
import { anonymousPrincipal, Caller } from '../auth/principal.ts';
import { Responds } from '../openapi/responds.ts';
import { commandIdText, PendingCommand } from './pending-command.ts';
import { notFound } from './problem.ts';

/** Where a 202 points to. */
@Controller('v1/commands')
export class CommandsController {
  constructor(private readonly store: EventStore) {}

  /** The status and body that the command was answered with, or would have been. 404 for others' commands, as for none. */
  @Get(':commandId')
  @OptionallyAuthenticated()
  @Responds(202, PendingCommand)
  async outcome(@Param('commandId') commandId: string, @Caller() caller: Principal): Promise<Outcome<DomainEvent>> {
    const outcome = mayAsk(caller, commandId) ? await this.store.outcomeOf(commandId) : undefined;
    if (outcome === undefined) throw notFound(`there is no command ${commandId} of yours`);
    return outcome;
  }
}

/** The id of an anonymous command can't be guessed, so that to know it is to be its sender. */
function mayAsk({ partyId }: Principal, commandId: string): boolean {
  if (!commandIdText.safeParse(commandId).success) return false;
  return isCommandOf(partyId, commandId) || isCommandOf(anonymousPrincipal.partyId, commandId);
}
