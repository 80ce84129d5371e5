import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Loaded } from '../testing/browser.ts';
import { type Client, type Owner, password, SignIn } from '../testing/sign-in.ts';

let signIn: SignIn;
let who: Owner;
let of: Client;
beforeAll(async () => {
  signIn = await SignIn.start();
  who = await signIn.owner();
  of = await signIn.client(who);
  await signIn.code(of, who);
}, 120_000);
afterAll(() => signIn.close(), 60_000);

const begin = async (browser = signIn.browser(), said = {}) => browser.load(await signIn.url(of, said));
/** Error in the query, or in the fragment of a response type that leads there. */
const errorIn = ({ url }: Loaded) => new URL(url.replace('#', '?')).searchParams.get('error');
const isOurs = ({ url }: Loaded) => url.startsWith(signIn.issuer);
const wrongs = 'Wrong e-mail address or password';

describe('an authorization request', () => {
  it.each([
    ['a redirect URI of another site', { redirect_uri: 'https://evil.example/callback' }],
    ['one below a registered one', { redirect_uri: 'https://app.example/callback/../x' }],
    ['one with another query', { redirect_uri: 'https://app.example/callback?next=https://evil.example' }],
    ['none', { redirect_uri: '' }],
    ['an unknown client', { client_id: 'cli_01jzx0000000000000000000ab' }],
  ])('with %s leads nowhere: a page says why', async (_what, said) => {
    const page = await begin(undefined, said);
    expect(page).toMatchObject({ status: 400 });
    expect(isOurs(page)).toBe(true);
    expect(page.text).toContain('role="alert"');
  });

  it.each([
    ['plain PKCE', { code_challenge_method: 'plain' }],
    ['no PKCE', { code_challenge: '', code_challenge_method: '' }],
    ['a token in the front channel', { response_type: 'token' }],
    ['a request object', { request: 'eyJhbGciOiJub25lIn0.e30.' }],
    ['a scope that the client does not have', { scope: 'openid wallet:sales:write' }],
    ['a service that is none', { resource: 'urn:tokengrid:moon' }],
    ['no page allowed', { prompt: 'none' }],
  ])('with %s is refused at the client, with its state', async (_what, said) => {
    const page = await begin(undefined, said);
    expect(isOurs(page)).toBe(false);
    expect(errorIn(page)).toMatch(
      /^(invalid_request|unsupported_response_type|request_not_supported|invalid_scope|invalid_target|login_required)$/,
    );
    expect(page.url).toContain('state=st');
    expect(new URL(page.url).searchParams.get('iss') ?? signIn.issuer).toBe(signIn.issuer);
  });

  it('names our own addresses, whatever host the request states', async () => {
    const response = await fetch(`${signIn.issuer}/.well-known/openid-configuration`, {
      headers: { 'x-forwarded-host': 'evil.example', 'x-forwarded-proto': 'https' },
    });
    expect(await response.text()).not.toContain('evil.example');
  });

  it('is ended by the person, and the client is told', async () => {
    const browser = signIn.browser();
    expect(errorIn(await browser.send(await begin(browser), { do: 'deny' }))).toBe('access_denied');
  });
});

describe('a page', () => {
  it('is accessible, in the language of the browser or the request, and runs nothing', async () => {
    const english = await begin(signIn.browser('en-GB,en;q=0.9'));
    expect(english.text).toMatch(/<html lang="en">[^]*<title>Sign in · Tokengrid<\/title>/);
    expect(english.text).toMatch(/<label for="email">[^]*<input[^>]*id="email"[^]*<label for="password">/);
    const chinese = await begin(signIn.browser('zh-CN,zh;q=0.9,en;q=0.5'));
    expect(chinese.text).toMatch(/<html lang="zh-CN">[^]*<title>登录/);
    expect((await begin(signIn.browser('fr'), { ui_locales: 'zh-CN' })).text).toContain('lang="zh-CN"');
    expect((await begin(signIn.browser('fr'))).text).toContain('lang="en"');
    for (const { text } of [english, chinese]) expect(text).not.toMatch(/<script|onclick|javascript:/i);
  });

  it('has strict headers, and forms that lead to us and the client alone', async () => {
    const { headers } = await begin();
    const policy = headers.get('content-security-policy');
    expect(policy).toMatch(
      /^default-src 'none'; style-src 'sha256-[^']+'; form-action 'self' https:\/\/app\.example; frame-ancestors 'none'; base-uri 'none'$/,
    );
    expect(Object.fromEntries(headers)).toMatchObject({
      ...{ 'cache-control': 'no-store', 'x-frame-options': 'DENY', 'x-content-type-options': 'nosniff' },
      ...{ 'referrer-policy': 'same-origin', 'content-type': 'text/html; charset=utf-8' },
    });
  });

  it('says faults at their fields and in its title, and keeps what was typed but the password', async () => {
    const browser = signIn.browser();
    const page = await browser.send(await begin(browser), { email: '"><script>', password: 'x', do: 'sign-in' });
    expect(page).toMatchObject({ status: 422 });
    expect(page.text).toContain('<title>Error: Sign in');
    expect(page.text).toMatch(/id="password-error"[^]*<input[^>]*id="password"[^>]*aria-describedby="password-error"/);
    expect(page.text).toContain('&quot;&gt;&lt;script&gt;');
    expect(page.text).not.toContain('value="x"');
  });

  it('shows names of clients and organizations as text', async () => {
    const browser = signIn.browser();
    const page = await browser.send(await begin(browser), { email: who.email, password, do: 'sign-in' });
    expect(page.text).toContain('Tea &lt;b&gt;');
    expect(page.text).toContain('Acme &lt;script&gt;');
  });
});

describe('a form', () => {
  it('of another site, or without the proof of our page, changes nothing', async () => {
    const browser = signIn.browser();
    const page = await begin(browser);
    const said = { email: who.email, password, do: 'sign-in' };
    expect(await browser.load(page.url, said)).toMatchObject({ status: 403 });
    expect(await browser.load(page.url, { ...said, form: 'x'.repeat(43) })).toMatchObject({ status: 403 });
    expect(await browser.send(page, said, { 'sec-fetch-site': 'cross-site' })).toMatchObject({ status: 403 });
    const stranger = signIn.browser();
    const own = await begin(stranger);
    expect(await stranger.load(page.url, { ...said, form: stranger.tokenIn(own) })).toMatchObject({ status: 400 });
    expect(await browser.load('/account', { do: 'sign-out' })).toMatchObject({ status: 403 });
  });

  it.each([
    ['a password of 5,000 characters', { email: 'a@b.example', password: 'x'.repeat(5000) }, 422],
    ['an address of 5,000 characters', { email: `${'x'.repeat(5000)}@b.example`, password }, 422],
    ['more than 16 KiB', { email: 'a@b.example', password: 'x'.repeat(20_000) }, 413],
  ])('with %s is refused', async (_what, said, status) => {
    const browser = signIn.browser();
    expect((await browser.send(await begin(browser), { ...said, do: 'sign-in' })).status).toBe(status);
  });
});

describe('signing in', () => {
  const attempt = async (email: string, typed: string) => {
    const browser = signIn.browser();
    return browser.send(await begin(browser), { email, password: typed, do: 'sign-in' });
  };

  it('does not tell an unknown address from a wrong password or a locked account', async () => {
    const mei = await signIn.member(who, 'viewer');
    const shown = ({ status, text }: Loaded) => ({ status, says: text.includes(wrongs) });
    const unknown = shown(await attempt('nobody@nowhere.example', password));
    expect(unknown).toEqual({ status: 422, says: true });
    for (let wrong = 0; wrong < 5; wrong++) expect(shown(await attempt(mei.email, 'wrong'))).toEqual(unknown);
    expect(shown(await attempt(mei.email, password))).toEqual(unknown);
  });

  it('counts guesses that come at once one by one', async () => {
    const mei = await signIn.member(who, 'viewer');
    const guesses = Array.from({ length: 12 }, (_, index) => attempt(mei.email, index === 11 ? password : 'wrong'));
    await Promise.all(guesses);
    expect((await attempt(mei.email, password)).status).toBe(422);
  });

  it('gives the browser another session, so that none is known before', async () => {
    const browser = signIn.browser();
    const page = await begin(browser);
    browser.setCookie('_session', 'known-before');
    browser.setCookie('_session.sig', 'forged');
    await browser.send(page, { email: who.email, password, do: 'sign-in' });
    const session = browser.cookie('_session ');
    expect(session).not.toBe('known-before');
    const attacker = signIn.browser();
    attacker.setCookie('_session', 'known-before');
    expect((await attacker.load('/account')).text).toContain('name="password"');
  });

  it('asks for a proof of the address, by a code that is sent and good once', async () => {
    const ann = await signIn.owner();
    const browser = signIn.browser();
    const asked = await browser.send(await begin(browser), { email: ann.email, password, do: 'sign-in' });
    expect(asked.text).toContain('<title>Confirm your e-mail address');
    const wrong = await browser.send(asked, { code: 'abc', do: 'prove' });
    expect(wrong.text).toMatch(/<title>Error: [^]*id="code-error"/);
    const code = signIn.mails.inLastMail(ann.email, /\b\d{6}\b/);
    expect((await browser.send(wrong, { code, do: 'prove' })).text).toContain('<title>Allow access');
    expect(signIn.identity.topic()).not.toContain(code);
  });

  it('as another person does not take over the session of the first', async () => {
    const mei = await signIn.member(who, 'viewer');
    const browser = signIn.browser();
    await signIn.code(of, who, {}, browser);
    const page = await begin(browser, { prompt: 'login' });
    const answered = await browser.send(page, { email: mei.email, password, do: 'sign-in' });
    expect(answered.text).toContain('You are signed in as another person');
  });
});

describe('the account page', () => {
  const signedIn = async (person: Owner) => {
    const browser = signIn.browser();
    const page = await browser.send(await browser.load('/account'), { email: person.email, password, do: 'sign-in' });
    expect(page.text).toContain('<title>Your account');
    return { browser, page };
  };

  it('lists sessions, and ends those of other browsers', async () => {
    const mei = await signIn.member(who, 'viewer');
    const [first, second] = [await signedIn(mei), await signedIn(mei)];
    const page = await first.browser.load('/account');
    expect(page.text.match(/value="end-session"/g)).toHaveLength(1);
    expect(page.text).toContain('Acme &lt;script&gt; (viewer)');
    const session = /name="session" value="([^"]+)"/.exec(page.text)![1]!;
    await first.browser.send(page, { session, do: 'end-session' });
    expect((await second.browser.load('/account')).text).toContain('<title>Sign in');
    expect((await first.browser.load('/account')).text).toContain('<title>Your account');
    await first.browser.send(page, { do: 'sign-out' });
    expect((await first.browser.load('/account')).text).toContain('<title>Sign in');
  });

  it('ends what a client was allowed: its tokens stop working', async () => {
    const mei = await signIn.member(who, 'viewer');
    const tokens = await signIn.signedIn(of, mei);
    const { browser, page } = await signedIn(mei);
    const grant = /name="grant" value="([^"]+)"/.exec(page.text)![1]!;
    expect(await browser.send(page, { grant: 'of-nobody', do: 'end-grant' })).toMatchObject({ status: 200 });
    expect((await signIn.me(tokens['access_token'])).status).toBe(200);
    await browser.send(page, { grant, do: 'end-grant' });
    expect((await signIn.me(tokens['access_token'])).status).toBe(401);
    expect(await signIn.refresh(of, tokens['refresh_token'])).toMatchObject({ body: { error: 'invalid_grant' } });
  });

  it('changes the password by the old one, and signs other browsers out', async () => {
    const mei = await signIn.member(who, 'viewer');
    const [first, second] = [await signedIn(mei), await signedIn(mei)];
    const change = (old: string, chosen: string) =>
      first.browser.send(first.page, { old, new: chosen, do: 'change-password' });
    expect(await change('wrong', 'a better password')).toMatchObject({ status: 422 });
    expect(await change(password, 'short')).toMatchObject({ status: 422 });
    expect(await change(password, 'a better password')).toMatchObject({ status: 200 });
    expect((await second.browser.load('/account')).text).toContain('<title>Sign in');
    const again = signIn.browser();
    const page = await again.load('/account');
    const retried = await again.send(page, { email: mei.email, password: 'a better password', do: 'sign-in' });
    expect(retried.text).toContain('<title>Your account');
  });
});

describe('redirect URIs', () => {
  it.each([
    ['https://app.example/callback', 201],
    ['http://127.0.0.1:8000/callback', 201],
    ['http://localhost/callback', 201],
    ['http://app.example/callback', 400],
    ['https://app.example/callback#fragment', 400],
    ['https://user:secret@app.example/callback', 400],
    ['https://*.example/callback', 400],
    ['javascript:alert(1)', 400],
    ['/callback', 400],
  ])('%s is answered %i', async (uri, status) => {
    const asked = { name: 'x', scopes: ['wallet:balances:read'], redirectUris: [uri] };
    expect((await signIn.identity.post('/v1/oauth-clients', asked, { key: who.key })).status).toBe(status);
  });
});
