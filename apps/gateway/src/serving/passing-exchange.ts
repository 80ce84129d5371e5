import type { Exchange } from './exchange.ts';

/** A caller's side that passes on to another one what it does not change. */
export abstract class PassingExchange implements Exchange {
  abstract readonly gone: AbortSignal;

  constructor(protected readonly to: Exchange) {}

  get requestId(): string {
    return this.to.requestId;
  }

  get forwarded(): Exchange['forwarded'] {
    return this.to.forwarded;
  }

  get trace(): Exchange['trace'] {
    return this.to.trace;
  }

  get hasBegun(): boolean {
    return this.to.hasBegun;
  }

  get hasWritten(): boolean {
    return this.to.hasWritten;
  }

  elapsedMs(): number {
    return this.to.elapsedMs();
  }

  send(headers: Readonly<Record<string, string>>, body: Uint8Array | string): void {
    this.to.send(headers, body);
  }

  begin(headers: Readonly<Record<string, string>>): void {
    this.to.begin(headers);
  }

  comment(text: string): void {
    this.to.comment(text);
  }

  write(bytes: Uint8Array | string): boolean {
    return this.to.write(bytes);
  }

  drained(): Promise<void> {
    return this.to.drained();
  }

  end(bytes: Uint8Array | string): void {
    this.to.end(bytes);
  }

  cut(): void {
    this.to.cut();
  }
}
