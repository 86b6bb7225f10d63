// What npm runs after `npm ci` and before `npm pack`: a build where there is none, or an old one.
import { buildIfStale } from './prepare.mjs';

buildIfStale();
