import { Injectable } from '@nestjs/common';
import { HttpAnswer } from '@tokengrid/service';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { SigningIn } from '../flows/signing-in.ts';
import { Accounts } from '../oauth/accounts.ts';
import { AuthorizationServer } from '../oauth/authorization-server.ts';
import { type BrowserSession, BrowserSessions } from '../oauth/browser-sessions.ts';
import { PersonGrants } from '../oauth/person-grants.ts';
import { StoredModels } from '../oauth/stored-models.ts';
import { ClientDirectory } from '../projections/client-directory.ts';
import { PeopleDirectory } from '../projections/people-directory.ts';
import { ConsentGiving } from './consent-giving.ts';
import { accountContent } from './account-content.ts';
import { signInFields } from './contents.ts';
import { FormGuard } from './form-guard.ts';
import { type Faults, hidden, titleWith } from './fields.ts';
import { html, type Html, pageAnswer } from './html.ts';
import { type Texts, textsFor } from './texts.ts';

const path = '/account';
const [leastCharacters, mostCharacters] = [8, 128];

/** A visit of the account page. */
interface Visit {
  readonly request: FastifyRequest;
  readonly session: BrowserSession;
  readonly texts: Texts;
}

/** The page where a person sees and ends sessions and grants, and changes the password. */
@Injectable()
export class AccountPage {
  constructor(
    private readonly server: AuthorizationServer,
    private readonly sessions: BrowserSessions,
    private readonly signingIn: SigningIn,
    private readonly accounts: Accounts,
    private readonly models: StoredModels,
    private readonly grants: PersonGrants,
    private readonly clients: ClientDirectory,
    private readonly people: PeopleDirectory,
    private readonly consents: ConsentGiving,
    private readonly guard: FormGuard,
  ) {}

  async show(request: FastifyRequest, reply: FastifyReply): Promise<HttpAnswer> {
    return this.page(await this.visitOf(request, reply));
  }

  async take(request: FastifyRequest, reply: FastifyReply): Promise<HttpAnswer> {
    const form = new URLSearchParams((request.body as Buffer | undefined)?.toString());
    this.guard.mustBeOurs(request, form);
    const visit = await this.visitOf(request, reply);
    const userId = visit.session.accountId;
    if (userId === undefined) return this.signIn(visit, form);
    const asked = form.get('do');
    if (asked === 'change-password') return this.changePassword(visit, userId, form);
    if (asked === 'sign-out') await visit.session.end();
    if (asked === 'end-session') await this.models.endSession(userId, form.get('session') ?? '');
    if (asked === 'end-grant') await this.grants.end(userId, form.get('grant') ?? '', 'person');
    return seeOther;
  }

  private async visitOf(request: FastifyRequest, reply: FastifyReply): Promise<Visit> {
    const texts = textsFor(request.headers['accept-language']);
    return { request, texts, session: await this.sessions.of(request, reply) };
  }

  private async signIn(visit: Visit, form: URLSearchParams): Promise<HttpAnswer> {
    const email = form.get('email') ?? '';
    const person = await this.signingIn.signIn(email, form.get('password') ?? '');
    if (!person) return this.page(visit, { password: visit.texts.wrong }, email);
    await visit.session.begin(person.userId);
    return seeOther;
  }

  private async changePassword(visit: Visit, userId: string, form: URLSearchParams): Promise<HttpAnswer> {
    const [old, chosen] = [form.get('old') ?? '', form.get('new') ?? ''];
    const isLong = chosen.length >= leastCharacters && chosen.length <= mostCharacters;
    if (!isLong) return this.page(visit, { new: visit.texts.tooShort });
    if (!(await this.signingIn.changePassword(userId, old, chosen)))
      return this.page(visit, { old: visit.texts.wrong });
    await this.models.endOtherSessions(userId, visit.session.uid);
    return seeOther;
  }

  private async page(visit: Visit, faults: Faults = {}, email?: string): Promise<HttpAnswer> {
    const { request, session, texts } = visit;
    const { token, setCookie } = this.guard.proofFor(request, this.server.isSecure);
    const form = (content: Html) =>
      html`<form method="post" action="${path}">${hidden('form', token)}${content}</form>`;
    const row =
      session.accountId === undefined
        ? undefined
        : (await this.people.peopleOf([session.accountId])).get(session.accountId);
    const isIn = row !== undefined && !row.erased;
    const title = isIn ? texts.account : texts.signIn;
    const content = isIn
      ? accountContent(texts, form, faults, {
          person: await this.accounts.claimsOf(row),
          parties: await this.consents.partiesOf(row.userId),
          sessions: await this.models.sessionsOf(row.userId),
          thisSession: session.uid,
          grants: await this.namedGrants(row.userId),
        })
      : form(signInFields(texts, email, faults));
    return pageAnswer({
      ...{ lang: texts.lang, title: titleWith(texts, title, Object.values(faults)[0]), content },
      status: Object.keys(faults).length > 0 ? 422 : 200,
      ...(setCookie !== undefined && { headers: { 'set-cookie': setCookie } }),
    });
  }

  private async namedGrants(userId: string) {
    const grants = await this.grants.of(userId);
    return Promise.all(
      grants.map(async ({ grantId, clientId, partyId, scopes }) => ({
        ...{ grantId, partyId, scopes, client: (await this.clients.active(clientId))?.name ?? clientId },
      })),
    );
  }
}

const seeOther = new HttpAnswer(303, '', { location: path, 'cache-control': 'no-store' });
