import { Controller, Get, Param } from '@nestjs/common';
import { ApiResponse } from '@nestjs/swagger';
import type { Outcome } from '@tokengrid/event-store';
import { EventStore } from '@tokengrid/event-store';
import type { DomainEvent } from '@tokengrid/kernel';
import { OptionallyAuthenticated } from '../auth/access.ts';
import type { Principal } from '../auth/principal.ts';
import { Caller } from '../auth/principal.ts';
import { Refuses } from '../openapi/refuses.ts';
import { Responds } from '../openapi/responds.ts';
import { CommandTickets } from './command-tickets.ts';
import { PendingCommand } from './pending-command.ts';
import { notFound } from './problem.ts';

/** Body of the command's own route. */
const anyBody = {
  content: {
    'application/json': { schema: { type: 'object', additionalProperties: true }, example: { status: 'sent' } },
  },
} as const;

const anyRefusal = {
  content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
} as const;

/** Outcomes of commands that were answered 202. */
@Controller('v1/commands')
export class CommandsController {
  constructor(
    private readonly store: EventStore,
    private readonly tickets: CommandTickets,
  ) {}

  /**
   * Gets the outcome of a command: its status and body, errors too. Answers 202 while there is
   * none, and 404 for other callers' commands.
   */
  @Get(':commandId')
  @OptionallyAuthenticated()
  @Refuses('PERMISSION_DENIED')
  @ApiResponse({ status: 200, description: 'Outcome with the status 200', ...anyBody })
  @ApiResponse({ status: 201, description: 'Outcome with the status 201', ...anyBody })
  @ApiResponse({ status: 204, description: 'Outcome with the status 204' })
  @ApiResponse({ status: 409, description: 'Refusal of the command, with one of its own codes', ...anyRefusal })
  @Responds(202, PendingCommand, 'No outcome yet, or an outcome with the status 202')
  async getCommandOutcome(
    @Param('commandId') ticket: string,
    @Caller() caller: Principal,
  ): Promise<Outcome<DomainEvent>> {
    const commandId = this.tickets.commandOf(ticket, caller);
    const outcome = commandId === undefined ? undefined : await this.store.outcomeOf(commandId);
    if (outcome === undefined) throw notFound(`no such command of yours: ${ticket}`);
    return outcome;
  }
}
