import { createHash, createHmac } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

/** AWS Signature Version 4 as its specification says, for a server that checks it. It shares no code with the client. */

export interface Account {
  readonly accessKey: string;
  readonly secretKey: string;
  readonly sessionToken: string | null;
  readonly region: string;
  readonly service: string;
}

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
const hmac = (key: string | Buffer, text: string) => createHmac('sha256', key).update(text).digest();

const AUTHORIZATION =
  /^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\d{8})\/([^/]+)\/([^/]+)\/aws4_request, SignedHeaders=([^,]+), Signature=([0-9a-f]{64})$/;

/** What the specification escapes: everything except letters, digits and `-._~`. */
const escaped = (text: string) =>
  encodeURIComponent(text).replace(/[!'()*]/g, (letter) => `%${letter.charCodeAt(0).toString(16).toUpperCase()}`);

/** Returns what is wrong with the signature of a request. Null: it is right. */
export function wrongSignature(request: IncomingMessage, body: string, account: Account): string | null {
  const { authorization = '', ...headers } = request.headers;
  const found = AUTHORIZATION.exec(authorization);
  if (found === null) return 'there is no signature';
  const [, accessKey, day = '', region, service, names = '', signature] = found;
  if (accessKey !== account.accessKey) return 'another access key';
  if (region !== account.region || service !== account.service) return 'another region or service';
  if (account.sessionToken !== null && headers['x-amz-security-token'] !== account.sessionToken)
    return 'another session';
  const time = String(headers['x-amz-date']);
  if (!/^\d{8}T\d{6}Z$/.test(time) || !time.startsWith(day)) return 'another day';
  if (headers['x-amz-content-sha256'] !== sha256(body)) return 'another body';
  const signed = names.split(';');
  const demanded = ['host', 'x-amz-date', ...(account.sessionToken === null ? [] : ['x-amz-security-token'])];
  if (demanded.some((name) => !signed.includes(name))) return 'a header is not signed';
  const { pathname, search } = new URL(`http://server${request.url}`);
  const path = pathname
    .split('/')
    // Each part is escaped in the request, and again in the signature.
    .map(escaped)
    .join('/');
  const query = [...new URLSearchParams(search)]
    .map(([name, value]) => `${escaped(name)}=${escaped(value)}`)
    .sort()
    .join('&');
  const lines = signed.map((name) => `${name}:${String(headers[name]).trim().replace(/ +/g, ' ')}\n`);
  const canonical = [request.method, path, query, lines.join(''), names, sha256(body)].join('\n');
  const scope = `${day}/${region}/${service}/aws4_request`;
  const toSign = ['AWS4-HMAC-SHA256', time, scope, sha256(canonical)].join('\n');
  const key = [account.region, account.service, 'aws4_request'].reduce<Buffer>(
    hmac,
    hmac(`AWS4${account.secretKey}`, day),
  );
  return hmac(key, toSign).toString('hex') === signature ? null : 'another signature';
}
