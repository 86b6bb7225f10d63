import { Option } from 'commander';
import { LOG_FORMATS, LOG_LEVELS } from '../worker/log/settings.ts';

/** The option for the lowest level of a log's lines. */
export function logLevelOption(): Option {
  return new Option('--log-level <level>', 'the lowest level that is logged')
    .choices(LOG_LEVELS)
    .env('SALESFORCE_CONNECTOR_LOG_LEVEL')
    .default('info');
}

/** The option for the form of a log's lines. */
export function logFormatOption(): Option {
  return new Option('--log-format <format>', 'the log format')
    .choices(LOG_FORMATS)
    .env('SALESFORCE_CONNECTOR_LOG_FORMAT')
    .default('text');
}
