import { type Context, Hono } from 'hono';
import type { Log, LogFields } from '../../worker/log/log.ts';
import { type Caller, userText } from '../credentials/caller.ts';
import type { Sessions } from '../credentials/sessions.ts';
import { originRefused, RequestProblem } from '../problem.ts';
import { showProblem } from '../reply.ts';
import type { CallerVariables } from '../request-caller.ts';
import { LOGIN_SECONDS, type LoginCookies } from './cookies.ts';
import type { LoginProvider } from './login-provider.ts';
import { mayBeForged } from './presented-session.ts';
import { providerProblem } from './provider-problem.ts';
import { returnAddress } from './return-address.ts';

/** How employees log in to the pages of this server. */
export interface Login {
  readonly provider: LoginProvider;
  readonly sessions: Sessions;
  readonly cookies: LoginCookies;
  /** The address by which browsers reach the server, without a slash at the end. */
  readonly url: string;
  readonly log: Log;
}

/** Adds /login, /login/callback and /logout: the authorization code flow of OpenID Connect, with PKCE. */
export function addLogin(app: Hono<CallerVariables>, login: Login): void {
  const routes = new Hono();
  routes.onError((error, context) => showProblem(context, failed(error, login.log)));
  routes.use('/login/*', async (context, next) => {
    context.header('Cache-Control', 'no-store');
    await next();
  });
  routes.get('/login', (context) => begin(context, login));
  routes.get('/login/callback', (context) => finish(context, login));
  routes.post('/logout', (context) => end(context, login));
  app.route('/', routes);
}

async function begin(context: Context, { provider, cookies, url }: Login): Promise<Response> {
  const to = context.req.query('to') ?? '/';
  returnAddress(to, url);
  const { address, begun } = await provider.begin();
  cookies.keepLogin(context, { ...begun, to });
  return context.redirect(address, 303);
}

async function finish(context: Context, { provider, sessions, cookies, url, log }: Login): Promise<Response> {
  const kept = cookies.takeLogin(context, context.req.query('state') ?? '');
  if (kept === null) throw unknownLogin(url);
  const address = returnAddress(kept.to, url);
  const caller = await provider.finish(new URL(context.req.url).search, kept);
  const before = cookies.session(context);
  if (before !== null) sessions.end(before);
  cookies.keepSession(context, sessions.begin(caller));
  log.info('logged_in', `login of ${nameOf(caller)}`, fieldsOf(caller));
  return context.redirect(address, 303);
}

function end(context: Context, { sessions, cookies, url, log }: Login): Response {
  if (mayBeForged(context, url)) throw originRefused();
  const token = cookies.session(context);
  const caller = token === null ? null : sessions.end(token);
  if (caller !== null) log.info('logged_out', `logout of ${nameOf(caller)}`, fieldsOf(caller));
  cookies.dropSession(context);
  return context.body(null, 204);
}

function nameOf({ user }: Caller): string {
  return user === null ? 'nobody' : userText(user);
}

/** What the log keeps of a caller. */
function fieldsOf(caller: Caller): LogFields {
  return { as: nameOf(caller), permissions: caller.permissions.join(' ') };
}

/** Returns the problem for the person. The log gets what concerns the identity provider. */
function failed(error: unknown, log: Log): RequestProblem {
  if (error instanceof RequestProblem && error.code !== 'login_refused') return error;
  const { problem, why } = providerProblem(error);
  const fields = { code: problem.code, why };
  if (problem.status >= 500) log.error('login_failed', `nobody can log in: ${why}`, fields);
  else log.warn('login_failed', `a login failed: ${why}`, fields);
  return problem;
}

function unknownLogin(url: string): RequestProblem {
  return new RequestProblem(
    'login_failed',
    `This browser has not begun this login, has ended it already, or began it more than ${LOGIN_SECONDS / 60} minutes ago. Log in again at ${url}/login.`,
  );
}
