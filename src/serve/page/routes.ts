import type { Context, Hono } from 'hono';
import type { Person } from '../people.ts';
import { RequestProblem } from '../problem.ts';
import type { CallerVariables } from '../request-caller.ts';
import { type PageFile, readPageFiles } from './files.ts';

/** What the page must know before anybody is logged in. */
export interface PageSettings {
  readonly isOpen: boolean;
  readonly hasLogin: boolean;
  readonly people: readonly Person[];
}

/** The page loads nothing from elsewhere, runs no script but its own, and is in no frame. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  'img-src data:',
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** Adds the search page at `/`. */
export function addPage(app: Hono<CallerVariables>, settings: PageSettings): void {
  const files = readPageFiles();
  app.get('/', (context) => reply(context, files.get('index.html')));
  app.get('/page/settings.json', (context) => {
    context.header('Cache-Control', 'no-store');
    return context.json(settings);
  });
  app.get('/page/:name', (context) => reply(context, files.get(context.req.param('name'))));
}

function reply(context: Context, file: PageFile | undefined): Response {
  if (file === undefined) throw new RequestProblem('not_found', 'The page has no such file.');
  const { content, type, etag } = file;
  // Asked again each time, so that a new version of the program is seen at once.
  const headers = { 'Content-Type': type, 'Cache-Control': 'no-cache', ETag: etag, 'Content-Security-Policy': POLICY };
  if (context.req.header('if-none-match') === etag) return context.body(null, 304, headers);
  return context.body(content, 200, headers);
}
