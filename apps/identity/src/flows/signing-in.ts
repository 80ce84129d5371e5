import { createHmac, randomInt, randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { actorText, commandIdOf } from '@tokengrid/contracts';
import { StorageClock } from '@tokengrid/event-store';
import { unavailable } from '@tokengrid/service';
import { changePassword } from '../decisions/people/change-password.ts';
import { proveEmail } from '../decisions/people/prove-email.ts';
import { requestEmailProof } from '../decisions/people/request-email-proof.ts';
import { signIn } from '../decisions/people/sign-in.ts';
import { isPerson } from '../decisions/state/person.ts';
import { MasterKey } from '../key-store/master-key.ts';
import { PersonKeys } from '../key-store/person-keys.ts';
import { MailGateway } from '../mail/mail-gateway.ts';
import { codeMail } from '../mail/mails.ts';
import { contactStreamIdOf } from '../personal-data/contact-address.ts';
import { decryptText, encryptText } from '../personal-data/encrypted-text.ts';
import { hashPassword, isPasswordOf } from '../personal-data/passwords.ts';
import { PeopleDirectory } from '../projections/people-directory.ts';
import { People } from '../streams/people.ts';

/** Maximum length of a password and of an address; longer ones are nobody's. */
const mostCharacters = 254;
const digits = 6;

/** A person whose password was right. */
export interface SignedIn {
  readonly userId: string;
  readonly isEmailProved: boolean;
}

/** Signs people in by passwords, and proves their addresses by codes. */
@Injectable()
export class SigningIn {
  /** Hash of nobody's password: an unknown address takes the time of a known one. */
  private decoy: Promise<string> | undefined;

  constructor(
    private readonly directory: PeopleDirectory,
    private readonly people: People,
    private readonly keys: PersonKeys,
    private readonly master: MasterKey,
    private readonly mails: MailGateway,
    private readonly clock: StorageClock,
  ) {}

  /**
   * Checks a password. The result does not tell a wrong password from an unknown address or from a
   * locked account, nor does its time.
   */
  async signIn(email: string, password: string): Promise<SignedIn | undefined> {
    if (email.length > mostCharacters || password.length > mostCharacters) return undefined;
    const contactStreamId = contactStreamIdOf(this.master.ofContacts, 'email', email.trim());
    const userId = (await this.directory.byContact(contactStreamId))?.userId;
    const isPasswordRight = await this.isPassword(userId, password);
    if (userId === undefined) return undefined;
    const state = await this.people.load(userId);
    // Without this, attempts at a locked account would each be an event.
    if (!isPerson(state) || this.clock.now() < state.lockedUntil) return undefined;
    const { events } = await this.people.handle(signIn, command(userId, 'SIGN-IN', { userId, isPasswordRight }));
    return events[0]?.type === 'PersonSignedIn' ? { userId, isEmailProved: state.isEmailProved } : undefined;
  }

  /** Sends a code to a person's address, unless one was sent a moment ago. */
  async sendCode(userId: string): Promise<void> {
    if (!this.mails.isSetUp) throw unavailable('no mail gateway is set up');
    const state = await this.people.load(userId);
    if (!isPerson(state)) return;
    const code = String(randomInt(10 ** digits)).padStart(digits, '0');
    const data = { userId, codeHash: this.hashOfCode(userId, code) };
    const { events } = await this.people.handle(requestEmailProof, command(userId, 'SEND-CODE', data));
    if (events[0]?.type !== 'EmailProofRequested') return;
    const key = (await this.keys.find([userId])).get(userId);
    if (key) await this.mails.send(codeMail(decryptText(key, 'email', state.email), code));
  }

  /** Proves a person's address. @returns false for a code that is wrong or good no more */
  async prove(userId: string, code: string): Promise<boolean> {
    const data = { userId, codeHash: this.hashOfCode(userId, code.replaceAll(/\s/g, '').slice(0, mostCharacters)) };
    const { events } = await this.people.handle(proveEmail, command(userId, 'PROVE', data));
    const [event] = events;
    if (event?.type === 'EmailProved') return true;
    return event?.type === 'PersonRefused' && event.data.code === 'IDENTITY.EMAIL_ALREADY_PROVED';
  }

  /** Changes a password. @returns false if the old one is wrong, or the account is locked */
  async changePassword(userId: string, old: string, password: string): Promise<boolean> {
    const isPasswordRight = old.length <= mostCharacters && (await this.isPassword(userId, old));
    const tried = await this.people.handle(signIn, command(userId, 'SIGN-IN', { userId, isPasswordRight }));
    if (tried.events[0]?.type !== 'PersonSignedIn') return false;
    const key = await this.keys.obtain(userId);
    const passwordHash = encryptText(key, 'password', await hashPassword(password));
    await this.people.handle(changePassword, command(userId, 'CHANGE-PASSWORD', { userId, passwordHash }));
    return true;
  }

  private async isPassword(userId: string | undefined, password: string): Promise<boolean> {
    const hashed = userId === undefined ? undefined : await this.hashOf(userId);
    this.decoy ??= hashPassword(randomUUID());
    return (await isPasswordOf(hashed ?? (await this.decoy), password)) && hashed !== undefined;
  }

  /** @throws ProblemError 503 for a person whose key the key store has lost */
  private async hashOf(userId: string): Promise<string | undefined> {
    const state = await this.people.load(userId);
    if (!isPerson(state)) return undefined;
    const key = (await this.keys.find([userId])).get(userId);
    if (!key) throw unavailable("the person's data can't be read");
    return decryptText(key, 'password', state.passwordHash);
  }

  /** A code of six digits is guessed from a hash; without the key it is not. */
  private hashOfCode(userId: string, code: string): string {
    return createHmac('sha256', this.master.ofCodes).update(`${userId}:${code}`).digest('hex');
  }
}

const anonymousParty = 'anonymous';

function command<Data>(userId: string, verb: string, data: Data) {
  const id = commandIdOf(userId, verb, randomUUID());
  // A person acts for themselves here, for no party.
  const actor = actorText({ party: anonymousParty, person: userId });
  return { id, streamId: userId, data, actor, correlationId: id };
}
