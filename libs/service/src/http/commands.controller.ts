import { Controller, Get, Param } from '@nestjs/common';
import type { Outcome } from '@tokengrid/event-store';
import { EventStore } from '@tokengrid/event-store';
import type { DomainEvent } from '@tokengrid/kernel';
import { OptionallyAuthenticated } from '../auth/access.ts';
import type { Principal } from '../auth/principal.ts';
import { Caller } from '../auth/principal.ts';
import { Responds } from '../openapi/responds.ts';
import { CommandTickets } from './command-tickets.ts';
import { PendingCommand } from './pending-command.ts';
import { notFound } from './problem.ts';

/** Outcomes of commands that were answered 202. */
@Controller('v1/commands')
export class CommandsController {
  constructor(
    private readonly store: EventStore,
    private readonly tickets: CommandTickets,
  ) {}

  /** Gets the outcome of a command: its status and body, errors too. 202 while there is none; 404 for others' commands. */
  @Get(':commandId')
  @OptionallyAuthenticated()
  @Responds(202, PendingCommand)
  async getCommandOutcome(
    @Param('commandId') ticket: string,
    @Caller() caller: Principal,
  ): Promise<Outcome<DomainEvent>> {
    const commandId = this.tickets.commandOf(ticket, caller);
    const outcome = commandId === undefined ? undefined : await this.store.outcomeOf(commandId);
    if (outcome === undefined) throw notFound(`there is no command ${ticket} of yours`);
    return outcome;
  }
}
