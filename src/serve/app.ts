import { OpenAPIHono, type z } from '@hono/zod-openapi';
import type { Context } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { cors } from 'hono/cors';
import { createMiddleware } from 'hono/factory';
import { secureHeaders } from 'hono/secure-headers';
import type { JwtSettings } from '../config/serve.ts';
import type { Hit } from '../index/port/reader.ts';
import type { Answers } from './answers.ts';
import { explainRoute, meRoute, recordRoute, searchRoute, statusRoute } from './api/routes.ts';
import { ACT_AS } from './credentials/act-as.ts';
import { type Accepted, authenticate, type PresentedSession } from './credentials/authenticate.ts';
import { writtenKind } from './credentials/caller.ts';
import type { FailureLog } from './failure-log.ts';
import type { RequestRate } from './limits.ts';
import { checkLocal } from './local-only.ts';
import { presentedSession } from './login/presented-session.ts';
import { addLogin, type Login } from './login/routes.ts';
import { mcpOverHttp } from './mcp/http.ts';
import { addMcp } from './mcp/routes.ts';
import { addPage, type PageSettings } from './page/routes.ts';
import { RequestProblem } from './problem.ts';
import { problemOf } from './problems-of.ts';
import { replyProblem } from './reply.ts';
import type { CallerVariables } from './request-caller.ts';
import { MOST_BODY_BYTES } from './request-limits.ts';
import { watchReplies } from './watch-replies.ts';

/** What clients of the API and of MCP send. */
const CORS_HEADERS = ['Authorization', 'Content-Type', ACT_AS, 'Mcp-Protocol-Version', 'Mcp-Session-Id'];

const MEDIA_TYPE = /^application\/json(?:\s*;|$)/i;

const HEADERS = {
  // It would also bind other hosts of the domain. That is for the proxy to decide.
  strictTransportSecurity: false,
  referrerPolicy: 'no-referrer',
  xFrameOptions: 'DENY',
};

export interface AppOptions {
  readonly answers: Answers;
  readonly failures: FailureLog;
  readonly rate: RequestRate;
  readonly accepted: Accepted;
  /** How employees log in. Null: nobody does. */
  readonly login: Login | null;
  /** The identity provider's settings, and the server's own address, which clients of MCP ask for. */
  readonly jwt: JwtSettings | null;
  readonly url: string | null;
  /** Other sites whose pages may ask. */
  readonly origins: readonly string[];
  readonly page: PageSettings;
  readonly version: string;
  /** Called after each reply, with the pattern of its address and the status. */
  readonly onReplied: ((route: string, status: number) => void) | null;
}

/** Returns the HTTP API and the tools of MCP. Both know who asks only by a verified credential. */
export function createApp(options: AppOptions): OpenAPIHono<CallerVariables> {
  const { answers, failures, rate, accepted, login, jwt, url, origins, page, version, onReplied } = options;
  const app = new OpenAPIHono<CallerVariables>({
    defaultHook: (result) => {
      if (!result.success) throw requestProblem(result.error.issues);
    },
  });
  app.onError((error, context) => {
    const problem = problemOf(error);
    failures.note(problem);
    return replyProblem(context, problem);
  });
  app.notFound((context) =>
    replyProblem(context, new RequestProblem('not_found', 'There is no such path. See /openapi.json.')),
  );
  if (onReplied !== null) app.use(watchReplies(onReplied));
  app.use(secureHeaders(HEADERS), withPolicy);
  if (accepted.isOpen) app.use(onlyLocal);
  app.get('/healthz', (context) => context.text('alive\n'));
  app.get('/readyz', async (context) => {
    const why = await answers.notReady();
    return why === null ? context.text('ready\n') : context.text(`${why}\n`, 503);
  });

  const knowing = (sessionOf: (context: Context) => PresentedSession | null) =>
    createMiddleware<CallerVariables>(async (context, next) => {
      const { req } = context;
      context.header('Cache-Control', 'no-store');
      const [authorization, actAs] = [req.header('authorization'), req.header(ACT_AS)];
      const caller = await authenticate({ authorization, actAs, session: sessionOf(context) }, accepted);
      await rate.count(caller);
      context.set('caller', caller);
      await next();
    });
  if (origins.length > 0) for (const path of ['/v1/*', '/mcp', '/openapi.json']) app.use(path, allowing(origins));
  app.use(
    '/v1/*',
    knowing((context) => (login === null ? null : presentedSession(context, login))),
  );
  addApi(app, answers, { version, sessionName: login?.cookies.sessionName ?? null });
  if (login !== null) addLogin(app, login);
  addPage(app, page);
  // Assistants have tokens. A session is for the pages of this server.
  addMcp(app, {
    fetch: mcpOverHttp(answers, failures, version),
    knowingCaller: knowing(() => null),
    jwt,
    url,
    origins,
  });
  return app;
}

function addApi(
  app: OpenAPIHono<CallerVariables>,
  answers: Answers,
  { version, sessionName }: { readonly version: string; readonly sessionName: string | null },
): void {
  app.use('/v1/search', bodyLimit({ maxSize: MOST_BODY_BYTES, onError: refuseBody }), onlyJson);
  app.openapi(searchRoute, async (context) => {
    const { fields, ...question } = context.req.valid('json');
    const { hits, ...found } = await answers.search(context.get('caller'), question);
    return context.json({ ...found, hits: fields ? hits : hits.map(withoutFields) }, 200);
  });
  app.openapi(recordRoute, async (context) => {
    const { id } = context.req.valid('param');
    return context.json(await answers.record(context.get('caller'), id), 200);
  });
  app.openapi(explainRoute, async (context) => {
    const { id } = context.req.valid('param');
    return context.json(await answers.explain(context.get('caller'), id), 200);
  });
  app.openapi(statusRoute, async (context) => context.json(await answers.status(context.get('caller')), 200));
  app.openapi(meRoute, (context) => {
    const { user, permissions, kind } = context.get('caller');
    const named = user === null ? null : { kind: writtenKind(user.kind), name: user.name };
    return context.json({ user: named, permissions, caller: kind }, 200);
  });
  app.openAPIRegistry.registerComponent('securitySchemes', 'bearer', {
    type: 'http',
    scheme: 'bearer',
    description:
      'A JWT of the identity provider, which names the user; or a service token, with the user in the header Act-As.',
  });
  if (sessionName !== null)
    app.openAPIRegistry.registerComponent('securitySchemes', 'session', {
      type: 'apiKey',
      in: 'cookie',
      name: sessionName,
      description: 'The session of a person who logged in at /login. It is for the pages of this server.',
    });
  app.doc31('/openapi.json', {
    openapi: '3.1.0',
    info: { title: 'salesforce-connector', version, description: 'Searches a Salesforce org as one of its users.' },
    security: [{ bearer: [] }, ...(sessionName === null ? [] : [{ session: [] }])],
  });
}

function withoutFields({ fields: _, ...hit }: Hit): Omit<Hit, 'fields'> {
  return hit;
}

/** Replies are data. Only the page has a policy of its own. */
const withPolicy = createMiddleware(async (context, next) => {
  await next();
  if (!context.res.headers.has('Content-Security-Policy'))
    context.header('Content-Security-Policy', "default-src 'none'; frame-ancestors 'none'");
});

/** Lets pages of these sites ask, without cookies. */
const allowing = (origins: readonly string[]) =>
  cors({ origin: [...origins], allowMethods: ['GET', 'POST'], allowHeaders: CORS_HEADERS, maxAge: 600 });

const onlyLocal = createMiddleware(async ({ req }, next) => {
  checkLocal({ host: req.header('host'), origin: req.header('origin') });
  await next();
});

const onlyJson = createMiddleware(async ({ req }, next) => {
  if (req.method === 'POST' && !MEDIA_TYPE.test(req.header('content-type') ?? ''))
    throw new RequestProblem('not_json', 'The body must be JSON. Send Content-Type: application/json.');
  await next();
});

function refuseBody(): never {
  throw new RequestProblem('body_too_large', `The body is larger than ${MOST_BODY_BYTES} bytes.`);
}

function requestProblem(issues: readonly z.core.$ZodIssue[]): RequestProblem {
  const errors = issues.map(({ path, message }) => ({ path: path.join('.'), message }));
  return new RequestProblem('bad_request', 'The request has wrong values. See `errors`, and /openapi.json.', {
    errors,
  });
}
