import { ApiError, errorReply } from '../reply.ts';
import type { Answer, FaultsAt } from './names.ts';

const HTML = { 'Content-Type': 'text/html;charset=UTF-8' };

function page(status: number, title: string): Answer {
  return {
    status,
    body: `<html><head><title>${title}</title></head><body>${title}</body></html>`,
    headers: HTML,
    raw: true,
  };
}

function refusal(status: number, errorCode: string, message: string): Answer {
  const { body } = errorReply(new ApiError(status, errorCode, message));
  return { status, body, raw: false };
}

/** Salesforce's answers. The texts are from its documentation and from the issue threads of its clients. */
export const ANSWERS: Readonly<Record<Exclude<FaultsAt<'instead'>, 'reset'>, Answer>> = {
  'limit-total': refusal(403, 'REQUEST_LIMIT_EXCEEDED', 'TotalRequests Limit exceeded.'),
  'limit-concurrent': refusal(
    403,
    'REQUEST_LIMIT_EXCEEDED',
    'ConcurrentRequests (Concurrent API Requests) Limit exceeded.',
  ),
  'limit-long-running': refusal(403, 'REQUEST_LIMIT_EXCEEDED', 'ConcurrentPerOrgLongTxn Limit exceeded.'),
  'unknown-exception': refusal(
    500,
    'UNKNOWN_EXCEPTION',
    'An unexpected error occurred. Please include this ErrorId if you contact support: 1234567890-12345 (-1234567890)',
  ),
  'unavailable-json': refusal(503, 'SERVER_UNAVAILABLE', 'The REST API is temporarily unavailable'),
  'unavailable-html': page(503, 'Down for maintenance'),
  'page-420': page(420, 'Enhance Your Calm'),
  'empty-406': { status: 406, raw: false },
};
