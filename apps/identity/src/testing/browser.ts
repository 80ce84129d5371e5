/** A page as a browser has it. */
export interface Loaded {
  readonly url: string;
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

/** A browser without scripts: it keeps cookies, follows redirects to us, and sends forms. */
export class Browser {
  private readonly jar = new Map<string, { readonly value: string; readonly path: string }>();

  constructor(
    private readonly origin: string,
    private readonly language = 'en',
  ) {}

  /** Loads a page. A redirect to another site is where it ends, with that address. */
  async load(url: string, form?: Readonly<Record<string, string>>, headers: object = {}): Promise<Loaded> {
    const at = new URL(url, this.origin);
    if (at.origin !== this.origin) return { url: at.href, status: 0, headers: new Headers(), text: '' };
    const response = await fetch(at, {
      ...{ method: form ? 'POST' : 'GET', redirect: 'manual' },
      ...(form && { body: new URLSearchParams(form) }),
      headers: {
        cookie: this.cookiesFor(at.pathname),
        'accept-language': this.language,
        accept: 'text/html',
        ...headers,
      },
    });
    for (const line of response.headers.getSetCookie()) this.keep(line, at.pathname);
    const location = response.headers.get('location');
    if (location !== null) return this.load(new URL(location, at).href);
    return { url: at.href, status: response.status, headers: response.headers, text: await response.text() };
  }

  /** Fills in the form of a page and sends it. @param said values of fields; `do` is the button */
  send(page: Loaded, said: Readonly<Record<string, string>>, headers: object = {}): Promise<Loaded> {
    return this.load(page.url, { form: this.tokenIn(page), ...said }, headers);
  }

  /** The proof of a page's forms. */
  tokenIn({ text }: Loaded): string {
    return /name="form" value="([^"]+)"/.exec(text)?.[1] ?? '';
  }

  /** A cookie by the beginning of its name. */
  cookie(name: string): string | undefined {
    return [...this.jar].find(([key]) => key.startsWith(name))?.[1].value;
  }

  setCookie(name: string, value: string, path = '/'): void {
    this.jar.set(name, { value, path });
  }

  private cookiesFor(path: string): string {
    const fitting = [...this.jar].filter(([, cookie]) => path.startsWith(cookie.path));
    return fitting.map(([key, { value }]) => `${key.split(' ')[0]}=${value}`).join('; ');
  }

  private keep(line: string, requested: string): void {
    const [pair = '', ...attributes] = line.split(/; */);
    const [name = '', value = ''] = pair.split('=', 2);
    const path = attributes.find((each) => /^path=/i.test(each))?.slice(5) ?? requested;
    if (attributes.some((each) => /^expires=Thu, 01 Jan 1970/i.test(each))) this.jar.delete(`${name} ${path}`);
    else this.jar.set(`${name} ${path}`, { value, path });
  }
}
