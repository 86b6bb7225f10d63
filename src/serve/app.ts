import { OpenAPIHono, type z } from '@hono/zod-openapi';
import { bodyLimit } from 'hono/body-limit';
import { createMiddleware } from 'hono/factory';
import { secureHeaders } from 'hono/secure-headers';
import type { JwtSettings } from '../config/serve.ts';
import type { Answers } from './answers.ts';
import { explainRoute, recordRoute, searchRoute, statusRoute } from './api/routes.ts';
import { ACT_AS } from './credentials/act-as.ts';
import { type Accepted, authenticate } from './credentials/authenticate.ts';
import { checkLocal } from './local-only.ts';
import { mcpOverHttp } from './mcp/http.ts';
import { addMcp } from './mcp/routes.ts';
import { addPage, type PageSettings } from './page/routes.ts';
import { RequestProblem } from './problem.ts';
import { problemOf } from './problems-of.ts';
import { replyProblem } from './reply.ts';
import type { CallerVariables } from './request-caller.ts';

/** No search needs more. */
const MOST_BODY_BYTES = 65_536;

const MEDIA_TYPE = /^application\/json(?:\s*;|$)/i;

const HEADERS = {
  referrerPolicy: 'no-referrer',
  xFrameOptions: 'DENY',
};

export interface AppOptions {
  readonly answers: Answers;
  readonly accepted: Accepted;
  /** The identity provider's settings, and the server's own address, which clients of MCP ask for. */
  readonly jwt: JwtSettings | null;
  readonly url: string | null;
  readonly page: PageSettings;
  readonly version: string;
}

/** Returns the HTTP API and the tools of MCP. Both know who asks only by a verified credential. */
export function createApp({ answers, accepted, jwt, url, page, version }: AppOptions): OpenAPIHono<CallerVariables> {
  const app = new OpenAPIHono<CallerVariables>({
    defaultHook: (result) => {
      if (!result.success) throw requestProblem(result.error.issues);
    },
  });
  app.onError((error, context) => replyProblem(context, problemOf(error)));
  app.notFound((context) =>
    replyProblem(context, new RequestProblem('not_found', 'There is no such address. /openapi.json lists all.')),
  );
  app.use(secureHeaders(HEADERS), withPolicy);
  if (accepted.isOpen) app.use(onlyLocal);
  app.get('/healthz', (context) => context.text('alive\n'));
  app.get('/readyz', async (context) => {
    const why = await answers.notReady();
    return why === null ? context.text('ready\n') : context.text(`${why}\n`, 503);
  });

  const knowingCaller = createMiddleware<CallerVariables>(async (context, next) => {
    const { req } = context;
    context.header('Cache-Control', 'no-store');
    const headers = { authorization: req.header('authorization'), actAs: req.header(ACT_AS) };
    context.set('caller', await authenticate(headers, accepted));
    await next();
  });
  app.use('/v1/*', knowingCaller);
  addApi(app, answers, version);
  addPage(app, page);
  addMcp(app, { fetch: mcpOverHttp(answers, version), knowingCaller, jwt, url });
  return app;
}

function addApi(app: OpenAPIHono<CallerVariables>, answers: Answers, version: string): void {
  app.use('/v1/search', bodyLimit({ maxSize: MOST_BODY_BYTES, onError: refuseBody }), onlyJson);
  app.openapi(searchRoute, async (context) => {
    const question = context.req.valid('json');
    return context.json(await answers.search(context.get('caller'), question), 200);
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
  app.openAPIRegistry.registerComponent('securitySchemes', 'bearer', {
    type: 'http',
    scheme: 'bearer',
    description:
      'A JWT of the identity provider, which names the user; or a service token, with the user in the header Act-As.',
  });
  app.doc31('/openapi.json', {
    openapi: '3.1.0',
    info: { title: 'salesforce-connector', version, description: 'Searches a Salesforce org as one of its users.' },
    security: [{ bearer: [] }],
  });
}

/** Replies are data. Only the page has a policy of its own. */
const withPolicy = createMiddleware(async (context, next) => {
  await next();
  if (!context.res.headers.has('Content-Security-Policy'))
    context.header('Content-Security-Policy', "default-src 'none'; frame-ancestors 'none'");
});

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
