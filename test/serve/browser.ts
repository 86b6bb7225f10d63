/** A page that a browser shows. */
export interface Page {
  readonly address: string;
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The lines by which the server set cookies, with those of redirects before. */
  readonly cookies: readonly string[];
}

interface Sent {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly form?: Readonly<Record<string, string>>;
}

/** Follows redirects and keeps cookies, as a browser does. One address stands for the server, as behind a proxy. */
export class Browser {
  readonly #own: string;
  readonly #real: string;
  readonly #jar = new Map<string, Map<string, string>>();

  /**
   * @param own the server's own address
   * @param real where it really is
   */
  constructor(own: string, real: string) {
    this.#own = own;
    this.#real = real;
  }

  /** The cookies that the address gets, by name. The caller may change them. */
  cookies(address: string): Map<string, string> {
    const { origin } = new URL(address);
    const cookies = this.#jar.get(origin) ?? new Map<string, string>();
    this.#jar.set(origin, cookies);
    return cookies;
  }

  /** Opens the address without following a redirect. */
  async ask(address: string, { method = 'GET', headers = {}, form }: Sent = {}): Promise<Page> {
    const jar = this.cookies(address);
    const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ');
    const response = await fetch(address.replace(this.#own, this.#real), {
      method: form === undefined ? method : 'POST',
      redirect: 'manual',
      headers: { ...(cookie === '' ? {} : { cookie }), ...headers },
      ...(form === undefined ? {} : { body: new URLSearchParams(form) }),
    });
    const cookies = response.headers.getSetCookie();
    for (const line of cookies) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      if (/; *max-age=0/i.test(line) || /expires=Thu, 01 Jan 1970/i.test(line)) jar.delete(name);
      else jar.set(name, value);
    }
    return { address, status: response.status, headers: response.headers, text: await response.text(), cookies };
  }

  /** Opens the address and follows redirects until a page of text, or until `stop` says so. */
  async open(address: string, sent: Sent = {}, stop: (next: string) => boolean = () => false): Promise<Page> {
    const cookies: string[] = [];
    let page = await this.ask(address, sent);
    for (let redirects = 0; ; redirects++) {
      cookies.push(...page.cookies);
      const next = page.headers.get('location');
      if (next === null) return { ...page, cookies };
      const whole = new URL(next, page.address).href;
      if (stop(whole)) return { ...page, address: whole, cookies };
      if (redirects > 20) throw new Error('The browser is sent in a circle.');
      page = await this.ask(whole);
    }
  }

  /** Opens the address, and fills in the identity provider's forms with the name, until `stop` says so. */
  async logIn(address: string, name: string, stop?: (next: string) => boolean): Promise<Page> {
    const cookies: string[] = [];
    let page = await this.open(address, {}, stop);
    for (;;) {
      cookies.push(...page.cookies);
      const [, action] = /<form[^>]* action="([^"]+)"/.exec(page.text) ?? [];
      const [, prompt] = /name="prompt" value="([^"]+)"/.exec(page.text) ?? [];
      if (action === undefined || prompt === undefined) return { ...page, cookies };
      const form: Record<string, string> = prompt === 'login' ? { prompt, login: name, password: 'any' } : { prompt };
      page = await this.open(new URL(action, page.address).href, { form }, stop);
    }
  }
}
