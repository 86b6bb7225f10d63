// npm runs this after `npm ci` and before `npm pack`. Builds if there is no build, or an old one.
import { buildIfStale } from './prepare.mjs';

buildIfStale();
