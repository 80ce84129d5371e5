import { randomUUID } from 'node:crypto';
import { freePort } from '@tokengrid/service/testing';
import * as oauth from 'oauth4webapi';
import { SigningKeyring } from '../oauth/signing-keyring.ts';
import { Browser, type Loaded } from './browser.ts';
import { Mailbox } from './mailbox.ts';
import { Reactions } from './reactions.ts';
import { runIdentity, type RunningIdentity } from './run-identity.ts';

export const redirectUri = 'https://app.example/callback';
export const password = 'correct horse battery';
export const verifier = oauth.generateRandomCodeVerifier();

/** A person who owns an organization. */
export interface Owner {
  readonly partyId: string;
  readonly userId: string;
  readonly key: string;
  readonly email: string;
}

/** An OAuth client of a spec. */
export interface Client {
  readonly clientId: string;
  readonly secret: string;
}

/** An answer of the token endpoint. */
export interface Tokens {
  readonly status: number;
  readonly body: Readonly<Record<string, string>>;
}

const clientScopes = [
  'identity:parties:read',
  'identity:people:write',
  'wallet:balances:read',
  'wallet:transfers:write',
];

/** Identity with people, clients and browsers, as a spec needs them. */
export class SignIn {
  private constructor(
    readonly identity: RunningIdentity,
    readonly issuer: string,
    readonly mails: Mailbox,
    readonly reactions: Reactions,
  ) {}

  static async start(): Promise<SignIn> {
    const [mails, port] = [new Mailbox(), await freePort()];
    const settings = { PORT: String(port), SIGNING_KEY_LOOK_MS: '100', MAIL_OUTBOX_DIRECTORY: mails.folder };
    const identity = await runIdentity(settings);
    await identity.until(() => Promise.resolve(identity.instance(SigningKeyring).current().length > 0));
    return new SignIn(identity, `http://127.0.0.1:${port}`, mails, new Reactions(identity));
  }

  async close(): Promise<void> {
    await this.identity.close();
    this.mails.remove();
  }

  async owner(): Promise<Owner> {
    const email = `${randomUUID()}@example.com`;
    const { body } = await this.identity.post('/v1/registrations', {
      organization: { name: 'Acme <script>', kind: 'developer' },
      owner: { name: 'Ann & Bob', email, password },
    });
    await this.reactions.run();
    const { secret: key } = body['apiKey'] as { readonly secret: string };
    return { partyId: String(body['organizationId']), userId: String(body['userId']), key, email };
  }

  /** A person whom an owner invited. */
  async member(of: Owner, role: string): Promise<Owner> {
    const email = `${randomUUID()}@example.com`;
    const path = `/v1/parties/${of.partyId}/invitations`;
    const { body } = await this.identity.post(path, { email, role }, { key: of.key });
    const secret = this.mails.inLastMail(email, /tg_[\w-]{43}/);
    const accept = `${path}/${String(body['invitationId'])}/accept`;
    const joined = await this.identity.post(accept, { secret, name: 'Mei', password });
    await this.reactions.run();
    return { ...of, userId: String(joined.body['userId']), email };
  }

  async client(of: Owner, said: object = {}): Promise<Client> {
    const asked = { name: 'Tea <b>', scopes: clientScopes, redirectUris: [redirectUri], ...said };
    const { body } = await this.identity.post('/v1/oauth-clients', asked, { key: of.key });
    return { clientId: String(body['clientId']), secret: String(body['clientSecret']) };
  }

  browser(language?: string): Browser {
    return new Browser(this.issuer, language);
  }

  /** Address of an authorization. @param said parameters instead of the usual ones; empty: none */
  async url(of: Client, said: Readonly<Record<string, string>> = {}): Promise<string> {
    const params = {
      ...{ client_id: of.clientId, response_type: 'code', redirect_uri: redirectUri, state: 'st', nonce: 'nn' },
      ...{ scope: 'openid profile email offline_access identity:parties:read', prompt: 'consent' },
      ...{ code_challenge: await oauth.calculatePKCECodeChallenge(verifier), code_challenge_method: 'S256' },
      ...said,
    };
    const asked = Object.entries(params).filter(([, value]) => value !== '');
    return `${this.issuer}/oauth/authorize?${new URLSearchParams(asked).toString()}`;
  }

  /** Signs in, proves the address where that is asked, and allows everything. */
  async walk(browser: Browser, who: Owner, url: string): Promise<Loaded> {
    let page = await browser.load(url);
    if (page.text.includes('name="password"')) {
      page = await browser.send(page, { email: who.email, password, do: 'sign-in' });
    }
    if (page.text.includes('name="code"')) {
      page = await browser.send(page, { code: this.mails.inLastMail(who.email, /\b\d{6}\b/), do: 'prove' });
    }
    if (page.text.includes('value="allow"')) page = await browser.send(page, { party: who.partyId, do: 'allow' });
    return page;
  }

  /** A code that a person's browser brought back. */
  async code(of: Client, who: Owner, said: Readonly<Record<string, string>> = {}, browser = this.browser()) {
    const { url } = await this.walk(browser, who, await this.url(of, said));
    return new URL(url).searchParams.get('code') ?? '';
  }

  async tokens(of: Client, fields: Readonly<Record<string, string>>): Promise<Tokens> {
    const { status, body } = await this.identity.send({
      ...{ method: 'POST', path: '/oauth/token' },
      body: new URLSearchParams({ client_id: of.clientId, client_secret: of.secret, ...fields }).toString(),
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
    });
    return { status, body: body as Tokens['body'] };
  }

  exchange(of: Client, code: string, said: Readonly<Record<string, string>> = {}): Promise<Tokens> {
    const proof = { redirect_uri: redirectUri, code_verifier: verifier };
    return this.tokens(of, { grant_type: 'authorization_code', code, ...proof, ...said });
  }

  refresh(of: Client, token: string | undefined, said: Readonly<Record<string, string>> = {}): Promise<Tokens> {
    return this.tokens(of, { grant_type: 'refresh_token', refresh_token: token ?? '', ...said });
  }

  /** Tokens of a person, by a whole authorization. */
  async signedIn(of: Client, who: Owner, said: Readonly<Record<string, string>> = {}): Promise<Tokens['body']> {
    return (await this.exchange(of, await this.code(of, who, said))).body;
  }

  me(token: string | undefined) {
    return this.identity.ask('/v1/me', { key: token });
  }
}
