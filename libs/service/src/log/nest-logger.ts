import type { LoggerService } from '@nestjs/common';
import type { Logger } from 'pino';

/** Nest's logger over pino. Messages of Nest's own start-up are for debugging. */
export class NestLogger implements LoggerService {
  constructor(private readonly logger: Logger) {}

  log(message: unknown, ...context: unknown[]): void {
    this.logger.debug(fields(context), String(message));
  }

  error(message: unknown, ...context: unknown[]): void {
    if (message instanceof Error) this.logger.error({ ...fields(context), err: message }, message.message);
    else this.logger.error(fields(context), String(message));
  }

  warn(message: unknown, ...context: unknown[]): void {
    this.logger.warn(fields(context), String(message));
  }

  fatal(message: unknown, ...context: unknown[]): void {
    this.logger.fatal(fields(context), String(message));
  }
}

/** Fields of a message; Nest passes the name of the logging class last. */
function fields(context: readonly unknown[]): { readonly context?: unknown } {
  return context.length === 0 ? {} : { context: context.at(-1) };
}
