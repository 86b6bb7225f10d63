import type { Context, Hono, MiddlewareHandler } from 'hono';
import type { JwtSettings } from '../../config/serve.ts';
import { PERMISSIONS } from '../credentials/caller.ts';
import { SCOPE } from '../credentials/claims.ts';
import { checkLocal } from '../local-only.ts';
import { RequestProblem } from '../problem.ts';
import type { CallerVariables } from '../request-caller.ts';
import type { McpFetch } from './http.ts';

/** Where clients of MCP learn which identity provider gives tokens (RFC 9728). */
const METADATA = '/.well-known/oauth-protected-resource/mcp';

export interface McpOptions {
  readonly fetch: McpFetch;
  readonly knowingCaller: MiddlewareHandler<CallerVariables>;
  /** The identity provider. Null: only service tokens count. */
  readonly jwt: JwtSettings | null;
  /** The address by which clients reach the server. Null: only this machine reaches it. */
  readonly url: string | null;
  /** Other sites whose pages may ask. */
  readonly origins: readonly string[];
}

/** Adds /mcp, with the same credentials as the API. */
export function addMcp(app: Hono<CallerVariables>, { fetch, knowingCaller, jwt, url, origins }: McpOptions): void {
  app.get(METADATA, (context) => {
    if (jwt === null) throw new RequestProblem('not_found', 'Only a server with serve.jwt has this address.');
    return context.json({
      resource: `${baseOf(context, url)}/mcp`,
      authorization_servers: [jwt.issuer],
      bearer_methods_supported: ['header'],
      scopes_supported: PERMISSIONS.map((permission) => `${SCOPE}${permission}`),
    });
  });
  app.use('/mcp', async (context, next) => {
    checkOrigin(context, url === null ? origins : [new URL(url).origin, ...origins]);
    await next();
    if (context.res.status === 401 && jwt !== null)
      context.header('WWW-Authenticate', `Bearer resource_metadata="${baseOf(context, url)}${METADATA}"`);
  });
  app.use('/mcp', knowingCaller);
  app.all('/mcp', (context) => fetch(context.req.raw, context.get('caller')));
}

/** A page of another site must not use the tools (MCP, "Security Warning" of Streamable HTTP). */
function checkOrigin(context: Context, allowed: readonly string[]): void {
  const origin = context.req.header('origin');
  if (origin === undefined || allowed.includes(origin)) return;
  checkLocal({ host: context.req.header('host'), origin });
}

function baseOf(context: Context, url: string | null): string {
  return url ?? `http://${context.req.header('host')}`;
}
