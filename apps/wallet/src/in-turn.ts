import { Injectable } from '@nestjs/common';

/** Does work about the same thing in the order in which it was asked for: the next one begins when the one before has ended. */
@Injectable()
export class InTurn {
  private readonly last = new Map<string, Promise<unknown>>();

  /** Where what came before failed, this fails, too, and is not begun: it would be out of turn. */
  take<Result>(about: string, work: () => Promise<Result>): Promise<Result> {
    const before = this.last.get(about);
    const done = before ? before.then(work) : work();
    this.last.set(about, done);
    const forget = () => {
      if (this.last.get(about) === done) this.last.delete(about);
    };
    done.then(forget, forget);
    return done;
  }
}
