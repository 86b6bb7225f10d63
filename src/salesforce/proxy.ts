import type { ClientRequest } from 'node:http';
import type { Socket } from 'node:net';
import { HttpsProxyAgent } from 'https-proxy-agent';
import { getProxyForUrl } from 'proxy-from-env';
import { ConfigurationError } from './errors.ts';

/** The proxy did not connect this machine to the org. */
export class ProxyRefusal extends Error {
  /** Host and port only, because the address may contain a password. */
  readonly proxy: string;
  /** The status of its answer to CONNECT; null if it did not answer. */
  readonly status: number | null;
  readonly code: string;

  constructor(proxy: URL, status: number | null, code: string) {
    super(`the proxy ${proxy.host} did not connect`);
    this.proxy = proxy.host;
    this.status = status;
    this.code = code;
  }
}

/** Returns the proxy from HTTPS_PROXY for a URL, unless NO_PROXY names the host; null if there is none. */
export function proxyOf(url: URL): URL | null {
  const text = getProxyForUrl(url.href);
  if (text === '') return null;
  const proxy = URL.canParse(text) ? new URL(text) : null;
  if (proxy !== null && /^https?:$/.test(proxy.protocol) && proxy.hostname !== '') return proxy;
  throw new ConfigurationError({
    message: 'HTTPS_PROXY is not the address of an http or https proxy',
    hint: 'Set HTTPS_PROXY in the environment of this process to http://<host>:<port>, or remove it.',
  });
}

/**
 * Reaches an https host by CONNECT. The library passes a proxy's refusal on like a reply of the host. Here it is an
 * error; otherwise the proxy's page, and its clock, would be taken for the org's.
 */
export class Tunnel extends HttpsProxyAgent<string> {
  override async connect(
    request: ClientRequest,
    options: Parameters<HttpsProxyAgent<string>['connect']>[1],
  ): Promise<Socket> {
    let status: number | null = null;
    request.once('proxyConnect', (answer: { readonly statusCode: number }) => {
      status = answer.statusCode;
    });
    let socket: Socket;
    try {
      socket = await super.connect(request, options);
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? String(error.code) : 'no answer';
      throw new ProxyRefusal(this.proxy, status, code);
    }
    if (status === 200) return socket;
    socket.destroy();
    throw new ProxyRefusal(this.proxy, status, 'refused');
  }
}
